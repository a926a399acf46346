import { normalMultiplier, twoSidedNormal } from "../distributions/continuous.js";
import { estimate, missingNote, notes, notTestable, testResult, type TestResult } from "../result.js";
import type { TestOptions } from "../tests/options.js";
import { tabulate } from "./rating-table.js";

export const kappaWeights = {
  none: { title: "unweighted", weight: (distance: number) => (distance === 0 ? 1 : 0) },
  linear: { title: "linear weights", weight: (distance: number, span: number) => 1 - distance / span },
  quadratic: {
    title: "quadratic weights",
    weight: (distance: number, span: number) => 1 - (distance / span) ** 2,
  },
} as const;

export interface KappaOptions extends TestOptions {
  readonly weights?: keyof typeof kappaWeights;
}

/**
 * Cohen's κ of two readers from a square table of counts, categories in order; weights by the distance of categories in
 * that order. Interval and test (κ = 0) by the large-sample variances of Fleiss, Cohen & Everitt (Psychol Bull 72:323,
 * 1969). No rating, or both readers always in one category: not estimable.
 * Source: Cohen, Educ Psychol Meas 20:37 (1960), Psychol Bull 70:213 (1968).
 *
 * @example cohenKappaTable([[20, 5], [10, 15]]).effect // value 0.4, 0.151 to 0.649
 */
export function cohenKappaTable(
  counts: readonly (readonly number[])[],
  { name = "Cohen's κ", level = 0.95, weights = "none" }: KappaOptions = {},
): TestResult {
  const n = counts.flat().reduce((sum, count) => sum + count, 0);
  const method = `Cohen's κ, ${kappaWeights[weights].title} (large-sample z test and interval)`;
  const about = { name, symbol: "z", n: [n], method };
  if (n === 0) return notTestable(about, "there are no ratings");
  const { kappa, variance, nullVariance } = moments(counts, n, weights);
  if (Number.isNaN(kappa)) return notTestable(about, "both readers used one and the same category");
  const margin = normalMultiplier(level) * Math.sqrt(Math.max(0, variance));
  const [low, high] = [Math.max(-1, kappa - margin), Math.min(1, kappa + margin)];
  const reason = kappa === 1 ? "agreement is perfect" : variance > 1e-15 ? undefined : "its variance is zero";
  const effect = estimate({
    name: weights === "none" ? "κ" : "weighted κ",
    value: kappa,
    low: reason === undefined ? low : null,
    high: reason === undefined ? high : null,
    level,
    n,
    method: "interval by the variance of Fleiss, Cohen & Everitt (1969)",
    note: notes(reason !== undefined && `no interval: ${reason}`),
  });
  if (!(nullVariance > 1e-15)) return notTestable({ ...about, effect }, "its variance is zero under chance");
  const statistic = kappa / Math.sqrt(nullVariance);
  return testResult({ ...about, statistic, p: twoSidedNormal(statistic), effect });
}

/** The same from two lists of ratings; pairs with a missing one are left out and counted. */
export function cohenKappa(
  first: readonly (string | number)[],
  second: readonly (string | number)[],
  options: KappaOptions & { readonly categories?: readonly (string | number)[] } = {},
): TestResult {
  const { counts, categories, missing } = tabulate(first, second, options.categories);
  const result = cohenKappaTable(counts, options);
  const weighted =
    (options.weights ?? "none") !== "none" && `categories in the order ${categories.join(", ")}`;
  return { ...result, note: notes(result.note, weighted, missingNote(missing, "incomplete pair")) };
}

function moments(counts: readonly (readonly number[])[], n: number, weights: keyof typeof kappaWeights) {
  const { weight } = kappaWeights[weights];
  const size = counts.length;
  const shares = counts.map((row) => row.map((count) => count / n));
  const rows = shares.map((row) => row.reduce((sum, share) => sum + share, 0));
  const columns = shares.map((_, j) => shares.reduce((sum, row) => sum + row[j], 0));
  const w = (i: number, j: number) => (size === 1 ? 1 : weight(Math.abs(i - j), size - 1));
  const over = (f: (i: number, j: number) => number) =>
    shares.reduce((sum, row, i) => sum + row.reduce((part, _, j) => part + f(i, j), 0), 0);
  const observed = over((i, j) => w(i, j) * shares[i][j]);
  const chance = over((i, j) => w(i, j) * rows[i] * columns[j]);
  const free = 1 - chance;
  // Chance agreement of 1 up to rounding: no κ.
  if (free < 1e-12) return { kappa: NaN, variance: NaN, nullVariance: NaN };
  const kappa = (observed - chance) / free;
  const rowMeans = rows.map((_, i) => columns.reduce((sum, share, j) => sum + w(i, j) * share, 0));
  const columnMeans = columns.map((_, j) => rows.reduce((sum, share, i) => sum + w(i, j) * share, 0));
  const mean = (i: number, j: number) => rowMeans[i] + columnMeans[j];
  const spread = over((i, j) => shares[i][j] * (w(i, j) - mean(i, j) * (1 - kappa)) ** 2);
  const nullSpread = over((i, j) => rows[i] * columns[j] * (w(i, j) - mean(i, j)) ** 2);
  const scale = n * free ** 2;
  return {
    kappa,
    variance: (spread - (kappa - chance * (1 - kappa)) ** 2) / scale,
    nullVariance: (nullSpread - chance ** 2) / scale,
  };
}
