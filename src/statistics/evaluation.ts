import type { Mask } from "../volume/volume.js";
import { patientOf } from "./patient-of.js";
import { metricTitles, type MetricName, type MetricValues } from "./metrics.js";
import { scoreMask, type LabelScore, type ScoreOptions } from "./score.js";
import { meanOfDefined, summarise, type Summary } from "./summary.js";

export interface NamedLabel {
  readonly value: number;
  readonly name: string;
}

export interface CaseIdentity {
  readonly id: string;
  readonly fold?: string | number;
}

export interface CaseScore extends CaseIdentity {
  readonly labels: readonly LabelScore[];
  /** Each measure averaged over the labels, those with NaN left out. */
  readonly mean: MetricValues;
}

export interface SummaryRow {
  /** `all`, or a fold's name. */
  readonly group: string;
  /** A label's name, or `mean` for the mean over the labels of each case. */
  readonly label: string;
  readonly metric: MetricName;
  readonly summary: Summary;
}

export interface Evaluation {
  readonly labels: readonly NamedLabel[];
  /** Measures that were computed, in the order of the columns. */
  readonly metrics: readonly MetricName[];
  readonly cases: readonly CaseScore[];
  readonly summaries: readonly SummaryRow[];
}

/** Scores one case. Throws GRID_MISMATCH. */
export function scoreCase(
  { id, fold, prediction, reference }: CaseIdentity & { prediction: Mask; reference: Mask },
  labels: readonly NamedLabel[],
  options: ScoreOptions = {},
): CaseScore {
  const values = labels.map((label) => label.value);
  const scores = scoreMask(prediction, reference, values, options);
  const mean = Object.fromEntries(
    metricsOf(scores).map((metric) => [
      metric,
      meanOfDefined(scores.map((score) => score.metrics[metric] ?? NaN)),
    ]),
  );
  return { id, ...(fold === undefined ? {} : { fold }), labels: scores, mean };
}

/**
 * Puts scored cases together: mean ± SD and 95 % bootstrap interval of each measure over all cases and over each fold's,
 * for each label and, where there are several, for the mean over labels. `sliceDice` is averaged over the slices of all
 * cases pooled, everything else over cases; intervals resample patients, with all their cases and slices. No cases: no
 * summaries.
 */
export function collect(cases: readonly CaseScore[], labels: readonly NamedLabel[]): Evaluation {
  const metrics = metricsOf(cases[0]?.labels ?? []);
  const folds = [...new Set(cases.flatMap(({ fold }) => (fold === undefined ? [] : [String(fold)])))].sort(
    byNumber,
  );
  const groups = cases.length === 0 ? [] : ["all", ...folds];
  const summaries = groups.flatMap((group) => {
    const members = group === "all" ? cases : cases.filter(({ fold }) => String(fold) === group);
    return summariseGroup(group, members, labels, metrics);
  });
  return { labels, metrics, cases, summaries };
}

/** Both steps for masks that are all in memory. Throws GRID_MISMATCH. */
export function evaluate(
  cases: readonly (CaseIdentity & { prediction: Mask; reference: Mask })[],
  labels: readonly NamedLabel[],
  options: ScoreOptions = {},
): Evaluation {
  return collect(
    cases.map((one) => scoreCase(one, labels, options)),
    labels,
  );
}

function summariseGroup(
  group: string,
  cases: readonly CaseScore[],
  labels: readonly NamedLabel[],
  metrics: readonly MetricName[],
): SummaryRow[] {
  const rows = (label: string, of: ValuesOf) =>
    metrics.map((metric): SummaryRow => {
      const own = cases.map((one) => of(one, metric));
      const patients = own.flatMap((values, n) => values.map(() => patientOf(cases[n].id)));
      return { group, label, metric, summary: summarise(own.flat(), patients) };
    });
  const ofLabels = labels.flatMap(({ name }, n) => rows(name, ofLabel(n)));
  if (labels.length < 2) return ofLabels;
  return [...ofLabels, ...rows("mean", ({ mean }, metric) => [mean[metric] ?? NaN])];
}

/** A case's values of a measure: one, or one for each slice. */
type ValuesOf = (one: CaseScore, metric: MetricName) => readonly number[];

const ofLabel =
  (label: number): ValuesOf =>
  ({ labels }, metric) => {
    const { slices = [], metrics } = labels[label];
    return metric === "sliceDice" ? slices.map(({ dice }) => dice) : [metrics[metric] ?? NaN];
  };

function metricsOf(scores: readonly LabelScore[]): MetricName[] {
  const present = scores[0]?.metrics ?? {};
  return (Object.keys(metricTitles) as MetricName[]).filter((metric) => metric in present);
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
