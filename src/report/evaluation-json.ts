import type { Evaluation } from "../statistics/evaluation.js";
import type { Failure } from "./failure-table.js";

/** What made the numbers; goes on top of evaluation.json. */
export type Provenance = Readonly<Record<string, unknown>>;

/** evaluation.json. JSON has no NaN and no Infinity: they become null and "Infinity". */
export function evaluationJson(
  evaluation: Evaluation,
  failures: readonly Failure[],
  made: Provenance,
): string {
  const document = { researchUseOnly: true, ...made, ...evaluation, failures };
  return `${JSON.stringify(document, (_, value: unknown) => (value === Infinity ? "Infinity" : value), 2)}\n`;
}
