import { chiSquare } from "../distributions/continuous.js";
import { noncentralChiSquareCdf } from "../distributions/noncentral.js";
import { findRoot } from "../distributions/root.js";

/**
 * Interval of E[χ²] = df + λ for an observed chi-square statistic, λ being the non-centrality for which the observed
 * value is the upper or lower (1 − level) / 2 point; 0 where no λ makes it so (M. Smithson, Confidence Intervals, 2003,
 * chapter 4). Divide by N (× the smaller dimension − 1) for φ², Cramér's V² or ε².
 */
export function noncentralityInterval(statistic: number, df: number, level: number): [number, number] {
  const tail = (1 - level) / 2;
  return [end(statistic, df, 1 - tail), end(statistic, df, tail)];
}

function end(statistic: number, df: number, probability: number): number {
  if (chiSquare(df).cdf(statistic) <= probability) return 0;
  const gap = (lambda: number) => noncentralChiSquareCdf(statistic, df, lambda) - probability;
  let high = Math.max(1, statistic);
  while (gap(high) > 0) high *= 2;
  return df + findRoot(gap, 0, high, 1e-9);
}
