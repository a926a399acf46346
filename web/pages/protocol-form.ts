/** The protocol of a new reader study. */
import { templateNames, type Protocol } from "../../src/reading/contract/index.js";
import { call } from "../api/client.js";
import { dropDown, textField, tick } from "../ui/controls.js";
import { h } from "../ui/element.js";
import { attempt } from "../ui/notice.js";
import type { PageContext } from "./page.js";

const kinds = [
  { value: "assisted", text: "Without and with the model" },
  { value: "alone", text: "One arm without the model" },
  { value: "feedback", text: "Feedback of experts on the model" },
] as const;
type Kind = (typeof kinds)[number]["value"];

const orders = [
  { value: "balanced", text: "Half of the cases in either arm first" },
  { value: "first-arm-first", text: "All without the model first, as in paper 1" },
] as const;

export async function protocolForm(
  { study }: PageContext,
  onMade: () => Promise<void>,
): Promise<HTMLElement> {
  const { cases } = await call("cases");
  const fields = fieldsOf(study);
  const chosenCases = tickList(
    "Cases",
    cases.map((entry) => entry.case),
    true,
  );
  const people = study.readers.filter(({ role }) => role !== "administrator").map(({ name }) => name);
  const chosenReaders = tickList("Readers", people, false);
  const make = async () => {
    await call("createReaderStudy", {
      body: { ...fields.read(), cases: chosenCases.read(), readers: chosenReaders.read() },
    });
    form.reset();
    details.open = false;
    await onMade();
  };
  const form = h(
    "form",
    {
      class: "protocol",
      onsubmit: (event: SubmitEvent) => {
        event.preventDefault();
        attempt(make);
      },
    },
    fields.elements,
    chosenReaders.element,
    chosenCases.element,
    h(
      "p",
      { class: "hint" },
      "Once it is created, its readers see these cases in the study alone until it is locked.",
    ),
    h("button", { type: "submit", class: "primary" }, "Create the reader study"),
  );
  const details = h("details", { class: "card" }, h("summary", {}, "New reader study"), form);
  return details;
}

function fieldsOf(study: PageContext["study"]) {
  const name = textField("Short name (for files)", {
    required: true,
    pattern: "[A-Za-z0-9][A-Za-z0-9_\\-]{0,63}",
  });
  const title = textField("Title that readers see", { required: true, maxlength: 200 });
  const instructions = h("textarea", { rows: 2, maxlength: 2000, id: "study-instructions" });
  let kind: Kind = "assisted";
  const what = dropDown("Design", kinds, kind, (value) => {
    kind = value;
    show();
  });
  const models = [
    ...study.segmentations.map((one) => ({ value: `segmentation.${one}`, text: one })),
    ...study.runs.map((one) => ({ value: `run.${one}`, text: `${one} (cross-validation)` })),
    { value: "", text: "None" },
  ];
  const model = dropDown("Model", models, models[0].value, () => undefined);
  const classifier = textField("Classification whose probability is shown (optional)", {
    pattern: "[A-Za-z0-9][A-Za-z0-9_\\-]{0,63}",
  });
  const order = dropDown("Order", orders, "balanced", () => undefined);
  const washOut = textField("Wash-out, days", {
    type: "number",
    min: 0,
    max: 3650,
    value: "28",
    required: true,
  });
  const seed = textField("Seed of the random orders", {
    type: "number",
    min: 0,
    max: 2147483647,
    value: String(newSeed()),
    required: true,
  });
  let segmentation = true;
  const drawn = tick("Segmentation", true, (isIn) => (segmentation = isIn));
  const question = textField("Question of the diagnosis (empty: none)", { maxlength: 200 });
  const column = textField("Column of participants.tsv with the truth", { value: "diagnosis" });
  const positive = textField("Value that means yes", { value: "axSpA" });
  const templates = [{ value: "", text: "None" }, ...templateNames.map((value) => ({ value, text: value }))];
  const template = dropDown("Score", templates, "", () => undefined);
  let suggestions = false;
  const suggested = tick(
    "Show the model's suggested points in the arm with the model",
    false,
    (isIn) => (suggestions = isIn),
  );
  const tasks = h(
    "fieldset",
    {},
    h("legend", {}, "Tasks"),
    drawn,
    h("div", { class: "row" }, question.element, column.element, positive.element),
    h("div", { class: "row" }, template.element, suggested),
  );
  const twoArms = h("div", { class: "row" }, order.element, washOut.element);
  const shown = h("div", { class: "row" }, model.element, classifier.element);
  const show = () => {
    tasks.hidden = kind === "feedback";
    twoArms.hidden = kind !== "assisted";
    shown.hidden = kind === "alone";
  };
  show();
  const read = (): Omit<Protocol, "cases" | "readers"> => ({
    ...{ name: name.input.value, title: title.input.value, instructions: instructions.value.trim() },
    tasks: {
      segmentation: kind !== "feedback" && segmentation,
      diagnosis:
        kind === "feedback" || question.input.value.trim() === ""
          ? null
          : {
              question: question.input.value.trim(),
              column: column.input.value,
              positive: positive.input.value,
            },
      scoring:
        kind === "feedback" || template.list.value === ""
          ? null
          : { template: template.list.value as (typeof templateNames)[number], suggestions },
      feedback: kind === "feedback",
    },
    arms: arms[kind].map((arm) => ({ ...arm })),
    order: order.list.value as Protocol["order"],
    washOutDays: kind === "assisted" ? Number(washOut.input.value) : 0,
    seed: Number(seed.input.value),
    model: kind === "alone" || model.list.value === "" ? null : model.list.value,
    classifier: kind !== "assisted" || classifier.input.value === "" ? null : classifier.input.value,
  });
  const lead = h("div", { class: "row" }, name.element, title.element, what.element, seed.element);
  const words = h(
    "div",
    { class: "field" },
    h("label", { for: "study-instructions" }, "Instructions"),
    instructions,
  );
  return { elements: [lead, words, shown, twoArms, tasks], read };
}

const arms: Readonly<Record<Kind, Protocol["arms"]>> = {
  assisted: [
    { name: "without", assisted: false },
    { name: "with", assisted: true },
  ],
  alone: [{ name: "without", assisted: false }],
  feedback: [{ name: "feedback", assisted: true }],
};

const newSeed = () => crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;

/** Boxes to tick, one for each name, with one for all. */
function tickList(title: string, names: readonly string[], isAll: boolean) {
  const chosen = new Set(isAll ? names : []);
  const list = h("div", { class: "tick-list" });
  const show = () =>
    list.replaceChildren(
      ...names.map((name) =>
        tick(name, chosen.has(name), (isIn) => void (isIn ? chosen.add(name) : chosen.delete(name))),
      ),
    );
  const every = tick(`All ${names.length}`, isAll, (isIn) => {
    for (const name of names) if (isIn) chosen.add(name);
    if (!isIn) chosen.clear();
    show();
  });
  show();
  const element = h("fieldset", {}, h("legend", {}, title), names.length > 1 && every, list);
  return { element, read: () => names.filter((name) => chosen.has(name)) };
}
