import { binomial } from "../distributions/discrete.js";
import { completeValues } from "../missing.js";
import { estimate, missingNote, notEstimable, notes, type Estimate } from "../result.js";
import { quartilesOf } from "./moments.js";

/**
 * Median with the exact interval between two order statistics, by the binomial distribution. Missing values are left out
 * and counted; no value: not estimable; fewer than six: no 95 % interval.
 * Source: Thompson, Ann Math Stat 7:122 (1936).
 *
 * @example median([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) // 5.5, 2 to 9
 */
export function median(
  values: readonly number[],
  { name = "median", level = 0.95 }: { readonly name?: string; readonly level?: number } = {},
): Estimate {
  const { values: kept, missing } = completeValues(values);
  const n = kept.length;
  const about = { name, n, level, method: "median, exact interval by order statistics" };
  if (n === 0) return notEstimable(about, "there are no values");
  const sorted = [...kept].sort((a, b) => a - b);
  const { cdf } = binomial(n, 0.5);
  let rank = 0;
  while (cdf(rank) <= (1 - level) / 2) rank++;
  const [low, high] = rank === 0 ? [null, null] : [sorted[rank - 1], sorted[n - rank]];
  const note = notes(missingNote(missing), rank === 0 && `no interval: too few values for ${100 * level} %`);
  return estimate({ ...about, value: quartilesOf(kept)[1], low, high, note });
}
