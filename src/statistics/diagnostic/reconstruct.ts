import { binaryMeasures, type BinaryCounts, type BinaryMeasure } from "./binary.js";

/** Percentages as a paper prints them, e.g. { sensitivity: 91.89 }. */
export type PrintedMeasures = Readonly<Partial<Record<BinaryMeasure, number>>>;

/**
 * All 2 × 2 tables of so many diseased and other cases whose measures, in percent and rounded to `digits`, are the
 * printed ones: one where a paper's numbers go together, none where they do not.
 *
 * @example reconstruct({ sensitivity: 91.89, specificity: 52.38 }, 37, 21) // [{ tp: 34, fn: 3, fp: 10, tn: 11 }]
 */
export function reconstruct(
  printed: PrintedMeasures,
  diseased: number,
  healthy: number,
  digits = 2,
): BinaryCounts[] {
  const wanted = Object.entries(printed) as [BinaryMeasure, number][];
  // A last digit may have been rounded either way from a half.
  const slack = 0.5 * 10 ** -digits + 1e-9;
  const fits = (counts: BinaryCounts) =>
    wanted.every(([measure, percent]) => {
      const [successes, n] = binaryMeasures[measure].of(counts);
      return Math.abs((100 * successes) / n - percent) <= slack;
    });
  const upTo = (n: number) => Array.from({ length: n + 1 }, (_, k) => k);
  return upTo(diseased)
    .flatMap((tp) => upTo(healthy).map((tn) => ({ tp, fn: diseased - tp, fp: healthy - tn, tn })))
    .filter(fits);
}
