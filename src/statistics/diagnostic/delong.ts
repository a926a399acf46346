import { momentsOf, sumOf } from "../descriptive/moments.js";
import { rank } from "../tests/ranks.js";

/** AUC and, for each case, the share of the other group it beats (DeLong's structural components). */
export interface Placements {
  readonly auc: number;
  readonly positive: readonly number[];
  readonly negative: readonly number[];
}

/** By midranks, in n log n (Sun & Xu, IEEE Signal Process Lett 21:1389, 2014). Ties count one half. */
export function placements(positive: readonly number[], negative: readonly number[]): Placements {
  const [m, n] = [positive.length, negative.length];
  const all = rank([...positive, ...negative]).ranks;
  const [own, others] = [rank(positive).ranks, rank(negative).ranks];
  const ofPositive = positive.map((_, k) => (all[k] - own[k]) / n);
  const ofNegative = negative.map((_, k) => 1 - (all[m + k] - others[k]) / m);
  return { auc: sumOf(ofPositive) / m, positive: ofPositive, negative: ofNegative };
}

/**
 * Covariance of two AUCs on the same cases. Source: DeLong, DeLong & Clarke-Pearson, Biometrics 44:837 (1988).
 * NaN where a group has fewer than two cases.
 */
export function delongCovariance(a: Placements, b: Placements): number {
  return (
    covariance(a.positive, b.positive) / a.positive.length +
    covariance(a.negative, b.negative) / a.negative.length
  );
}

function covariance(x: readonly number[], y: readonly number[]): number {
  const [a, b] = [momentsOf(x).mean, momentsOf(y).mean];
  return sumOf(x.map((value, n) => (value - a) * (y[n] - b))) / (x.length - 1);
}
