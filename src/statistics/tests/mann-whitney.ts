import { isConstant } from "../descriptive/moments.js";
import { twoSidedNormal } from "../distributions/continuous.js";
import { completeValues } from "../missing.js";
import { missingNote, notes, notTestable, testResult, type TestResult } from "../result.js";
import { exactSize, shiftEstimate } from "./hodges-lehmann.js";
import { twoSidedExact, type RankTestOptions } from "./options.js";
import { rankSumDistribution } from "./rank-distributions.js";
import { rank } from "./ranks.js";

/**
 * Mann–Whitney U test (Wilcoxon rank sum) of two independent groups, two-sided. U counts the pairs in which the first
 * group's value is larger, ties as one half (R's W). Exact by permutation counting, ties included, while both groups are
 * below 50; otherwise normal with tie and continuity correction. The effect is the Hodges–Lehmann shift.
 * Missing (not finite) values are left out and counted. An empty group, or all values equal: not estimable.
 * Source: Mann & Whitney, Ann Math Stat 18:50 (1947); Lehmann, Nonparametrics (1975).
 *
 * @example mannWhitney([1, 2, 3], [4, 5, 6]).p // 0.1
 */
export function mannWhitney(
  first: readonly number[],
  second: readonly number[],
  options: RankTestOptions = {},
): TestResult {
  const { name = "Mann–Whitney U test", level = 0.95, correction = true } = options;
  const [a, b] = [completeValues(first), completeValues(second)];
  const [m, n] = [a.values.length, b.values.length];
  const all = [...a.values, ...b.values];
  const isExact = options.exact ?? Math.max(m, n) < exactSize;
  const kind = isExact ? "exact" : correction ? "normal, continuity-corrected" : "normal";
  const about = { name, symbol: "U", n: [m, n], method: `Mann–Whitney U test (${kind}, two-sided)` };
  if (m === 0 || n === 0) return notTestable(about, "a group has no values");
  const effect = shiftEstimate(a.values, b.values, level);
  if (isConstant(all)) return notTestable({ ...about, effect }, "all values are equal");
  const { ranks, ties, tieTerm } = rank(all);
  const rankSum = ranks.slice(0, m).reduce((sum, r) => sum + r, 0);
  const u = rankSum - (m * (m + 1)) / 2;
  const p = isExact ? exactP(ranks, m, rankSum) : normalP(u, m, n, tieTerm, correction);
  const note = notes(missingNote(a.missing + b.missing), ties.length > 0 && "ties share mean ranks");
  return testResult({ ...about, statistic: u, p, effect, note });
}

function exactP(ranks: readonly number[], size: number, rankSum: number): number {
  const { atMost, atLeast } = rankSumDistribution(ranks, size);
  return twoSidedExact(atMost(rankSum), atLeast(rankSum));
}

function normalP(u: number, m: number, n: number, tieTerm: number, correction: boolean): number {
  const all = m + n;
  const variance = ((m * n) / 12) * (all + 1 - tieTerm / (all * (all - 1)));
  const distance = Math.abs(u - (m * n) / 2) - (correction ? 0.5 : 0);
  return twoSidedNormal(Math.max(0, distance) / Math.sqrt(variance));
}
