import { cohenKappaTable } from "../agreement/cohen-kappa.js";
import { clusterBootstrap, clustersOf, type BootstrapOptions } from "../resampling/bootstrap.js";
import { estimate, missingNote, notes, type Estimate } from "../result.js";
import { proportion, type ProportionInterval } from "./proportion.js";

/** Cases by decision and truth. */
export interface BinaryCounts {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

/** Each measure as a share: successes of how many. */
export const binaryMeasures = {
  accuracy: { title: "Accuracy", of: ({ tp, tn, fp, fn }) => [tp + tn, tp + tn + fp + fn] },
  sensitivity: { title: "Sensitivity", of: ({ tp, fn }) => [tp, tp + fn] },
  specificity: { title: "Specificity", of: ({ tn, fp }) => [tn, tn + fp] },
  ppv: { title: "PPV", of: ({ tp, fp }) => [tp, tp + fp] },
  npv: { title: "NPV", of: ({ tn, fn }) => [tn, tn + fn] },
} as const satisfies Record<
  string,
  { title: string; of: (counts: BinaryCounts) => readonly [number, number] }
>;

export type BinaryMeasure = keyof typeof binaryMeasures;
export type BinaryReport = Readonly<Record<BinaryMeasure | "kappa", Estimate>>;

export interface BinaryOptions {
  readonly level?: number;
  readonly interval?: ProportionInterval;
}

/** Counts of decisions (1, 0) against truth (1, 0); pairs with anything else are left out and counted. */
export function countDecisions(
  truth: readonly number[],
  decision: readonly number[],
): BinaryCounts & { missing: number } {
  const count = (t: number, d: number) => truth.filter((value, n) => value === t && decision[n] === d).length;
  const counts = { tp: count(1, 1), fp: count(0, 1), fn: count(1, 0), tn: count(0, 0) };
  return { ...counts, missing: truth.length - counts.tp - counts.fp - counts.fn - counts.tn };
}

/**
 * Accuracy, sensitivity, specificity, PPV, NPV (Clopper–Pearson intervals unless others are asked for) and Cohen's κ with
 * the truth. A measure for which no case counts is not estimable. PPV and NPV hold for this share of diseased cases.
 *
 * @example binaryReport({ tp: 34, fp: 10, fn: 3, tn: 11 }).specificity.value // 0.5238
 */
export function binaryReport(
  counts: BinaryCounts,
  { level = 0.95, interval = "exact" }: BinaryOptions = {},
): BinaryReport {
  const measures = mapMeasures((measure) => {
    const [successes, n] = binaryMeasures[measure].of(counts);
    return proportion(binaryMeasures[measure].title, successes, n, { level, interval });
  });
  return { ...measures, kappa: kappaOf(counts, level) };
}

/**
 * The same with bootstrap intervals that resample patients: `patients` names the patient of each row, so that two hips
 * of one patient stay together.
 */
export function binaryBootstrap(
  truth: readonly number[],
  decision: readonly number[],
  patients: readonly (string | number)[] = truth.map((_, n) => n),
  options: BootstrapOptions = {},
): BinaryReport {
  const { missing } = countDecisions(truth, decision);
  const usable = truth.map((t, n) => isBinary(t) && isBinary(decision[n]));
  const clusters = clustersOf(patients)
    .map((rows) => rows.filter((n) => usable[n]))
    .filter((rows) => rows.length > 0);
  const countsOf = (rows: readonly number[]) =>
    countDecisions(
      rows.map((n) => truth[n]),
      rows.map((n) => decision[n]),
    );
  const interval = (name: string, statistic: (counts: BinaryCounts) => number) => {
    const result = clusterBootstrap(name, clusters, (rows) => statistic(countsOf(rows)), options);
    return estimate({ ...result, note: notes(result.note, missingNote(missing, "incomplete case")) });
  };
  const measures = mapMeasures((measure) =>
    interval(binaryMeasures[measure].title, (counts) => {
      const [successes, n] = binaryMeasures[measure].of(counts);
      return successes / n;
    }),
  );
  return { ...measures, kappa: interval("Cohen's κ", kappaValue) };
}

const isBinary = (value: number) => value === 0 || value === 1;

function mapMeasures(make: (measure: BinaryMeasure) => Estimate): Record<BinaryMeasure, Estimate> {
  const names = Object.keys(binaryMeasures) as BinaryMeasure[];
  return Object.fromEntries(names.map((measure) => [measure, make(measure)])) as Record<
    BinaryMeasure,
    Estimate
  >;
}

function kappaOf({ tp, fp, fn, tn }: BinaryCounts, level: number): Estimate {
  const { effect, method, note, n } = cohenKappaTable(
    [
      [tp, fp],
      [fn, tn],
    ],
    { level },
  );
  return effect
    ? estimate({ ...effect, name: "Cohen's κ" })
    : estimate({ name: "Cohen's κ", value: null, level, n: n[0], method, note });
}

function kappaValue({ tp, fp, fn, tn }: BinaryCounts): number {
  const n = tp + fp + fn + tn;
  const chance = ((tp + fp) * (tp + fn) + (fn + tn) * (fp + tn)) / (n * n);
  return ((tp + tn) / n - chance) / (1 - chance);
}
