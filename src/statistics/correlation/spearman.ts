import { completeColumns } from "../missing.js";
import { missingNote, notes, notTestable, testResult, type TestResult } from "../result.js";
import { twoSidedExact, type RankTestOptions } from "../tests/options.js";
import { rank } from "../tests/ranks.js";
import { correlationEstimate } from "./fisher-z.js";
import { correlationT, pearsonR } from "./pearson.js";

/** 9! = 362 880 orders are counted; beyond that the t approximation is used. */
const exactLimit = 9;

/**
 * Spearman's rank correlation: Pearson's r of the midranks. Up to nine pairs p is exact, by counting all orders, ties
 * included; beyond, t with n − 2 degrees of freedom. Interval by Fisher's z with Bonett & Wright's standard error
 * √((1 + ρ²/2) / (n − 3)) (Psychometrika 65:23, 2000).
 * Incomplete pairs are left out and counted; fewer than three pairs, or a constant variable: not estimable.
 *
 * @example spearman([1, 2, 3, 4, 5], [2, 1, 4, 3, 5]).effect // value 0.8
 */
export function spearman(
  x: readonly number[],
  y: readonly number[],
  { name = "Spearman correlation", level = 0.95, exact }: RankTestOptions = {},
): TestResult {
  const { values, missing } = completeColumns([x, y]);
  const n = values[0].length;
  const isExact = exact ?? n <= exactLimit;
  const method = `Spearman rank correlation (${isExact ? "exact" : "t approximation"}, two-sided)`;
  const about = { name, symbol: isExact ? "" : "t", n: [n], method };
  if (n < 3) return notTestable(about, "fewer than three pairs");
  const [a, b] = values.map(rank);
  const rho = pearsonR(a.ranks, b.ranks);
  if (Number.isNaN(rho)) return notTestable(about, "a variable is constant");
  const error = n > 3 ? Math.sqrt((1 + rho ** 2 / 2) / (n - 3)) : NaN;
  const estimateMethod = "Spearman's ρ, interval by Fisher's z (Bonett & Wright 2000)";
  const effect = correlationEstimate({ name: "ρ", n, level, method: estimateMethod }, rho, error);
  const ties = a.ties.length + b.ties.length > 0;
  const note = notes(missingNote(missing, "incomplete pair"), ties && "ties share mean ranks");
  const test = isExact ? { statistic: null, p: exactP(a.ranks, b.ranks) } : correlationT(rho, n - 2);
  return testResult({ ...about, ...test, effect, note });
}

/** Share of all orders of y whose Σ rank(x)·rank(y) is as extreme, twice the smaller tail. */
function exactP(x: readonly number[], y: readonly number[]): number {
  const observed = x.reduce((sum, r, n) => sum + r * y[n], 0);
  const used = y.map(() => false);
  let [total, below, above] = [0, 0, 0];
  const place = (n: number, sum: number) => {
    if (n === x.length) {
      total++;
      if (sum <= observed + 1e-9) below++;
      if (sum >= observed - 1e-9) above++;
      return;
    }
    for (let k = 0; k < y.length; k++) {
      if (used[k]) continue;
      used[k] = true;
      place(n + 1, sum + x[n] * y[k]);
      used[k] = false;
    }
  };
  place(0, 0);
  return twoSidedExact(below / total, above / total);
}
