/** Scores by patient: what tables, tests and box plots of networks and readers stand on. */
import { overlapMetrics } from "../../statistics/metrics.js";
import { meanOf, meanOfDefined } from "../../statistics/summary.js";
import { pairedT } from "../../statistics/tests/t-test.js";
import { wilcoxonSignedRank } from "../../statistics/tests/wilcoxon.js";
import type { Study } from "../../study/types.js";
import type { RunResult, ScoredCase, Scores } from "./runs.js";
import { setNames, type SetName } from "./sets.js";

export type Measure = "dice" | "precision" | "recall";

/** Name under which the mean over the labels of a case stands, where there are several. */
export const meanLabel = "mean of labels";

/** The labels that a table shows: each, and their mean where there are several. */
export const shownLabels = ({ labels }: Scores) => (labels.length > 1 ? [...labels, meanLabel] : labels);

/** A measure of one case; NaN where the label is in neither mask. */
export function measureOf(
  { counts }: ScoredCase,
  labels: readonly string[],
  label: string,
  measure: Measure,
) {
  const values = counts.map((one) => overlapMetrics[measure].compute(one));
  return label === meanLabel ? meanOfDefined(values) : (values[labels.indexOf(label)] ?? NaN);
}

/**
 * A measure of each patient, the patient's examinations averaged, so that a patient counts once in every mean, test and
 * resample. Examinations without a value (label in neither mask) are left out; a patient without any has NaN.
 */
export function byPatient(
  { labels, cases }: Scores,
  study: Study,
  label: string,
  measure: Measure,
): Map<string, number> {
  const values = new Map<string, number[]>();
  for (const one of cases) {
    const subject = study.cases.find(({ id }) => id === one.id)?.subject ?? one.id;
    values.set(subject, [...(values.get(subject) ?? []), measureOf(one, labels, label, measure)]);
  }
  return new Map([...values].map(([subject, own]) => [subject, meanOfDefined(own)]));
}

/** Paired t and signed rank test of `first − second`, over the patients that both have. */
export function pairedTests(first: ReadonlyMap<string, number>, second: ReadonlyMap<string, number>) {
  const shared = [...first.keys()].filter((patient) => second.has(patient));
  const [a, b] = [first, second].map((values) => shared.map((patient) => values.get(patient) ?? NaN));
  return { t: pairedT(a, b), rank: wilcoxonSignedRank(a, b) };
}

/** Finite values alone. */
export const finite = (values: Iterable<number>) => [...values].filter(Number.isFinite);

/** The network with the largest mean Dice (mean of labels) on a set; undefined where none has a value. */
export function bestRun(runs: readonly RunResult[], set: SetName, study: Study): RunResult | undefined {
  const ranked = runs
    .filter((run) => run.set === set)
    .map((run) => ({ run, dice: meanDice(run, study) }))
    .filter(({ dice }) => Number.isFinite(dice));
  return ranked.sort((a, b) => b.dice - a.dice)[0]?.run;
}

export function meanDice(run: Scores, study: Study): number {
  return meanOf(finite(byPatient(run, study, shownLabels(run).at(-1) ?? "", "dice").values()));
}

/** The network that a report shows: the best of the cross-validation, else of a test set. */
export function chosenRun(runs: readonly RunResult[], study: Study): RunResult | undefined {
  return setNames.map((set) => bestRun(runs, set, study)).find((run) => run !== undefined);
}

/** The chosen network's cases of every set together, each case once. */
export function everyCase(runs: readonly RunResult[], { name, labels }: RunResult): Scores {
  const cases = runs.filter((run) => run.name === name).flatMap((run) => run.cases);
  return { labels, cases: cases.filter((one, n) => cases.findIndex(({ id }) => id === one.id) === n) };
}
