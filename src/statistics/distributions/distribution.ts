import { findRoot } from "./root.js";

/** A continuous distribution; `cdf` and `upper` (1 − cdf) are each exact in their own tail. */
export interface Distribution {
  readonly cdf: (x: number) => number;
  readonly upper: (x: number) => number;
  /** The x with cdf(x) = p, for 0 ≤ p ≤ 1. */
  readonly quantile: (p: number) => number;
}

/** Quantile of a distribution on (0, ∞). The search runs over ln x, so that tiny quantiles keep their digits. */
export function positiveQuantile(cdf: Tail, upper: Tail, p: number): number {
  if (p <= 0) return p === 0 ? 0 : NaN;
  if (p >= 1) return p === 1 ? Infinity : NaN;
  const gap = gapTo(cdf, upper, p);
  const onLog = (t: number) => gap(Math.exp(t));
  const [low, high] = bracket(onLog, -1, 1);
  return Math.exp(findRoot(onLog, low, high));
}

/** Quantile of a distribution on the whole line. */
export function realQuantile(cdf: Tail, upper: Tail, p: number): number {
  if (p <= 0) return p === 0 ? -Infinity : NaN;
  if (p >= 1) return p === 1 ? Infinity : NaN;
  const gap = gapTo(cdf, upper, p);
  const [low, high] = bracket(gap, -1, 1);
  return findRoot(gap, low, high);
}

/** Quantile of a distribution on (0, 1). */
export function unitQuantile(cdf: Tail, upper: Tail, p: number): number {
  if (p <= 0) return p === 0 ? 0 : NaN;
  if (p >= 1) return p === 1 ? 1 : NaN;
  const gap = gapTo(cdf, upper, p);
  if (gap(0.5) < 0) return findRoot(gap, 0.5, 1);
  const onLog = (t: number) => gap(Math.exp(t));
  const [low] = bracket(onLog, -1, Math.log(0.5));
  return Math.exp(findRoot(onLog, low, Math.log(0.5)));
}

type Tail = (x: number) => number;

/** Rises through 0 at the quantile; computed in the smaller tail. */
function gapTo(cdf: Tail, upper: Tail, p: number): Tail {
  return p <= 0.5 ? (x) => cdf(x) - p : (x) => 1 - p - upper(x);
}

function bracket(rising: Tail, low: number, high: number): [number, number] {
  while (rising(low) > 0) low *= 2;
  while (rising(high) < 0) high = high > 0 ? high * 2 : high + 1;
  return [low, high];
}
