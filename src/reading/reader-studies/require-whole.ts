/** Whether a reading has everything that its protocol asks for. */
import { MarrowError } from "../../base/errors.js";
import { lesionLabels, type NamedValue } from "../../quantify/scene.js";
import type { Protocol, ReadingAnswer } from "../contract/index.js";

/** Throws READING_INCOMPLETE. Feedback is needed once for each label that is a finding. */
export function requireWhole(
  { diagnosis, scoring, feedback }: Protocol["tasks"],
  answer: ReadingAnswer,
  labels: readonly NamedValue[],
  isScored: boolean,
): void {
  const missing = [
    diagnosis && !answer.diagnosis && "the diagnosis",
    !diagnosis && answer.diagnosis && "no diagnosis, since none is asked for",
    scoring && !isScored && "a finished score",
    feedback
      ? feedbackFault(answer.feedback ?? [], labels)
      : answer.feedback && "no feedback, since none is asked for",
  ].filter((text) => typeof text === "string");
  if (missing.length > 0) throw new MarrowError("READING_INCOMPLETE", { expected: missing.join(", ") });
}

function feedbackFault(
  given: NonNullable<ReadingAnswer["feedback"]>,
  labels: readonly NamedValue[],
): string | undefined {
  const wanted = lesionLabels(labels).map(({ name }) => name);
  const names = given.map(({ label }) => label);
  if (wanted.length !== names.length || wanted.some((name) => !names.includes(name)))
    return `feedback once on each of ${wanted.join(", ")}`;
  const wrong = given.find(({ present, marked, outlined }) => (present && marked) !== (outlined !== null));
  return wrong && `an outline for ${wrong.label} where it is present and found, and only there`;
}
