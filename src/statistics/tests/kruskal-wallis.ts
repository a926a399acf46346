import { isConstant } from "../descriptive/moments.js";
import { chiSquare } from "../distributions/continuous.js";
import { completeValues } from "../missing.js";
import { estimate, missingNote, notes, notTestable, testResult, type TestResult } from "../result.js";
import { noncentralityInterval } from "./noncentrality.js";
import type { RankTestOptions } from "./options.js";
import { rank } from "./ranks.js";

/** More ways than this to share out the ranks, and p comes from the chi-square distribution. */
const exactLimit = 50_000;

/**
 * Kruskal–Wallis test of two or more independent groups, corrected for ties. Exact by counting every way to share out
 * the ranks while there are at most 50 000, otherwise chi-square. The effect is ε² = H / (N − 1), 0 to 1.
 * Missing values are left out and counted, empty groups too; fewer than two groups, or all values equal: not estimable.
 * Source: Kruskal & Wallis, JASA 47:583 (1952); ε²: Tomczak & Tomczak (2014).
 *
 * @example kruskalWallis([[1, 2], [3, 4], [5, 6]]).statistic // 4.5714
 */
export function kruskalWallis(
  groups: readonly (readonly number[])[],
  options: RankTestOptions = {},
): TestResult {
  const { name = "Kruskal–Wallis test", level = 0.95 } = options;
  const complete = groups.map(completeValues);
  const kept = complete.map(({ values }) => values).filter((values) => values.length > 0);
  const sizes = kept.map((values) => values.length);
  const all = kept.flat();
  const isExact = options.exact ?? arrangements(sizes) <= exactLimit;
  const method = `Kruskal–Wallis test (${isExact ? "exact" : "chi-square"}, corrected for ties)`;
  const about = { name, symbol: "H", n: complete.map(({ values }) => values.length), method };
  if (kept.length < 2) return notTestable(about, "fewer than two groups have values");
  if (isConstant(all)) return notTestable(about, "all values are equal");
  const { ranks, ties, tieTerm } = rank(all);
  const count = all.length;
  const scale = 1 - tieTerm / (count ** 3 - count);
  const h = (sumOfSquares(rankSums(ranks, sizes), sizes) * 12) / (count * (count + 1)) - 3 * (count + 1);
  const statistic = h / scale;
  const df = kept.length - 1;
  const [low, high] = noncentralityInterval(statistic, df, level).map((x) => Math.min(1, x / (count - 1)));
  const effect = estimate({
    name: "epsilon squared",
    value: statistic / (count - 1),
    low,
    high,
    level,
    n: count,
    method: "H / (N − 1), interval from the non-central chi-square distribution",
  });
  const missing = complete.reduce((sum, group) => sum + group.missing, 0);
  const note = notes(missingNote(missing), ties.length > 0 && "ties share mean ranks");
  const p = isExact ? exactP(ranks, sizes) : chiSquare(df).upper(statistic);
  return testResult({ ...about, statistic, df: [df], p, effect, note });
}

function rankSums(ranks: readonly number[], sizes: readonly number[]): number[] {
  let start = 0;
  return sizes.map((size) => ranks.slice(start, (start += size)).reduce((sum, r) => sum + r, 0));
}

const sumOfSquares = (sums: readonly number[], sizes: readonly number[]) =>
  sums.reduce((total, sum, n) => total + (sum * sum) / sizes[n], 0);

/** Number of ways to share out N ranks among groups of these sizes. */
function arrangements(sizes: readonly number[]): number {
  let ways = 1;
  let taken = 0;
  for (const size of sizes) for (let n = 1; n <= size; n++) ways *= ++taken / n;
  return ways;
}

/** Share of all ways whose statistic is at least the one observed. */
function exactP(ranks: readonly number[], sizes: readonly number[]): number {
  const observed = sumOfSquares(rankSums(ranks, sizes), sizes);
  const [left, sums] = [[...sizes], sizes.map(() => 0)];
  let [total, extreme] = [0, 0];
  const place = (n: number) => {
    if (n === ranks.length) {
      total++;
      if (sumOfSquares(sums, sizes) >= observed * (1 - 1e-12)) extreme++;
      return;
    }
    for (let group = 0; group < left.length; group++) {
      if (left[group] === 0) continue;
      left[group]--;
      sums[group] += ranks[n];
      place(n + 1);
      sums[group] -= ranks[n];
      left[group]++;
    }
  };
  place(0);
  return extreme / total;
}
