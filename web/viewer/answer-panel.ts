/** What a reading asks besides drawing and scoring: the diagnosis with confidence, an expert's feedback, a comment. */
import {
  outlines,
  type Feedback,
  type OpenReading,
  type ReadingAnswer,
} from "../../src/reading/contract/index.js";
import { group } from "../ui/controls.js";
import { h } from "../ui/element.js";
import { labelTitle } from "./label-panel.js";

const confidences = ["1 guessed", "2 unsure", "3 fairly sure", "4 sure", "5 certain"] as const;

export interface AnswerPanel {
  readonly elements: readonly HTMLElement[];
  /** The answers so far, or what is still missing in words. */
  readonly read: () => Omit<ReadingAnswer, "pageMs"> | string;
}

export function answerPanel(reading: OpenReading): AnswerPanel {
  const { diagnosis, feedback } = reading.tasks;
  const asked = diagnosis ? diagnosisPart(diagnosis.question, reading.probability) : undefined;
  const rows = feedback.map(feedbackPart);
  const comment = h("textarea", { rows: 2, maxlength: 2000, id: "reading-comment" });
  const remark = group("Comment", h("label", { for: "reading-comment" }, "Comment (optional)"), comment);
  const read = () => {
    const said = asked?.read();
    const given = rows.map((row) => row.read());
    const missing = [said, ...given].find((one) => typeof one === "string");
    if (typeof missing === "string") return missing;
    return {
      ...(said && { diagnosis: said as NonNullable<ReadingAnswer["diagnosis"]> }),
      ...(rows.length > 0 && { feedback: given as Feedback[] }),
      comment: comment.value.trim(),
    };
  };
  return {
    elements: [...(asked ? [asked.element] : []), ...rows.map(({ element }) => element), remark],
    read,
  };
}

function diagnosisPart(question: string, probability: number | null) {
  const decision = choice(question, [
    ["yes", "Yes"],
    ["no", "No"],
  ]);
  const sure = choice(
    "How sure are you?",
    confidences.map((text, n) => [String(n + 1), text] as const),
  );
  const model =
    probability !== null &&
    h("p", { class: "model-says" }, `Model's probability of yes: ${Math.round(100 * probability)} %`);
  const read = (): NonNullable<ReadingAnswer["diagnosis"]> | string => {
    const [said, confidence] = [decision.value(), sure.value()];
    if (said === undefined) return `Answer: ${question}`;
    if (confidence === undefined) return "Say how sure you are of the diagnosis.";
    return { decision: said === "yes", confidence: Number(confidence) };
  };
  return { element: group("Diagnosis", model, decision.element, sure.element), read };
}

function feedbackPart(label: string) {
  const title = labelTitle(label);
  const present = choice(`Is there ${title.toLowerCase()}?`, [
    ["yes", "Yes"],
    ["no", "No"],
  ]);
  const found = choice("Did the model find it?", [
    ["yes", "Yes"],
    ["no", "No"],
  ]);
  const falsely = choice("Did the model mark it all the same?", [
    ["yes", "Yes"],
    ["no", "No"],
  ]);
  const outlined = choice(
    "How did it outline it?",
    outlines.map((value) => [value, value[0].toUpperCase() + value.slice(1)] as const),
  );
  const show = () => {
    found.element.hidden = present.value() !== "yes";
    falsely.element.hidden = present.value() !== "no";
    outlined.element.hidden = present.value() !== "yes" || found.value() !== "yes";
  };
  const element = group(title, present.element, found.element, falsely.element, outlined.element);
  element.addEventListener("change", show);
  show();
  const read = (): Feedback | string => {
    const isPresent = present.value();
    const marked = isPresent === "yes" ? found.value() : falsely.value();
    if (isPresent === undefined || marked === undefined)
      return `Answer the questions on ${title.toLowerCase()}.`;
    const isFound = isPresent === "yes" && marked === "yes";
    const outline = outlines.find((one) => one === outlined.value());
    if (isFound && outline === undefined) return `Say how the model outlined ${title.toLowerCase()}.`;
    return {
      label,
      present: isPresent === "yes",
      marked: marked === "yes",
      outlined: isFound ? (outline ?? null) : null,
    };
  };
  return { element, read };
}

let count = 0;

/** One of several, as a group of radio buttons. */
function choice(legend: string, choices: readonly (readonly [value: string, text: string])[]) {
  const name = `answer-${++count}`;
  const inputs = choices.map(([value]) => h("input", { type: "radio", name, value, id: `${name}-${value}` }));
  const element = h(
    "fieldset",
    { class: "choice" },
    h("legend", {}, legend),
    choices.map(([value, text], n) =>
      h("span", {}, inputs[n], h("label", { for: `${name}-${value}` }, text)),
    ),
  );
  return { element, value: () => inputs.find(({ checked }) => checked)?.value };
}
