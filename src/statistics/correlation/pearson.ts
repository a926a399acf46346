import { momentsOf, sumOf } from "../descriptive/moments.js";
import { twoSidedT } from "../distributions/continuous.js";
import { completeColumns } from "../missing.js";
import { missingNote, notTestable, testResult, type TestResult } from "../result.js";
import type { TestOptions } from "../tests/options.js";
import { correlationEstimate, fisherError } from "./fisher-z.js";

/**
 * Pearson's correlation: t test of r = 0 with n − 2 degrees of freedom, interval by Fisher's z (four pairs or more).
 * Incomplete pairs are left out and counted; fewer than three pairs, or a constant variable: not estimable.
 *
 * @example pearson([1, 2, 3, 4], [1, 3, 2, 4]).effect // value 0.8
 */
export function pearson(
  x: readonly number[],
  y: readonly number[],
  { name = "Pearson correlation", level = 0.95 }: TestOptions = {},
): TestResult {
  const { values, missing } = completeColumns([x, y]);
  const n = values[0].length;
  const about = { name, symbol: "t", n: [n], method: "Pearson correlation (two-sided t test)" };
  if (n < 3) return notTestable(about, "fewer than three pairs");
  const r = pearsonR(values[0], values[1]);
  if (Number.isNaN(r)) return notTestable(about, "a variable is constant");
  const method = "Pearson's r, interval by Fisher's z";
  const effect = correlationEstimate({ name: "r", n, level, method }, r, fisherError(n));
  return testResult({
    ...about,
    ...correlationT(r, n - 2),
    effect,
    note: missingNote(missing, "incomplete pair"),
  });
}

/** Coefficient alone; NaN for a constant variable. */
export function pearsonR(x: readonly number[], y: readonly number[]): number {
  const [a, b] = [momentsOf(x), momentsOf(y)];
  // What rounding leaves of equal values is no spread.
  const flat = [a, b].some(({ squares, mean, n }) => !(squares > n * (1e-15 * mean) ** 2));
  const product = sumOf(x.map((value, n) => (value - a.mean) * (y[n] - b.mean)));
  return flat ? NaN : Math.max(-1, Math.min(1, product / Math.sqrt(a.squares * b.squares)));
}

/** t = r √(df / (1 − r²)); a perfect correlation has p = 0. */
export function correlationT(r: number, df: number): { statistic: number; df: number[]; p: number } {
  const statistic = r * Math.sqrt(df / ((1 - r) * (1 + r)));
  return { statistic, df: [df], p: Math.abs(r) === 1 ? 0 : twoSidedT(statistic, df) };
}
