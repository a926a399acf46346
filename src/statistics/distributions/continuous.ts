/** Continuous distributions from the incomplete gamma and beta functions; no closed form is approximated. */
import { incompleteBeta } from "./beta.js";
import { positiveQuantile, realQuantile, unitQuantile, type Distribution } from "./distribution.js";
import { incompleteGamma } from "./gamma.js";

/** erfc(x) = 2/√π ∫ₓ^∞ exp(−t²) dt. */
export function erfc(x: number): number {
  const { lower, upper } = incompleteGamma(0.5, x * x);
  return x >= 0 ? upper : 1 + lower;
}

/** erf(x) = 1 − erfc(x), exact near 0 too. */
export function erf(x: number): number {
  return Math.sign(x) * incompleteGamma(0.5, x * x).lower;
}

/** The standard normal distribution. */
export const normal: Distribution = {
  cdf: (z) => erfc(-z / Math.SQRT2) / 2,
  upper: (z) => erfc(z / Math.SQRT2) / 2,
  quantile: (p) => (p === 0.5 ? 0 : realQuantile(normal.cdf, normal.upper, p)),
};

/** φ(z) of the standard normal distribution. */
export function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/** Half width of a normal interval in standard errors: 1.959964 for 0.95. */
export function normalMultiplier(level: number): number {
  return normal.quantile((1 + level) / 2);
}

/** Student's t with `df` > 0 degrees of freedom, whole or not; infinite df is the normal distribution. */
export function studentT(df: number): Distribution {
  if (df === Infinity) return normal;
  const tail = (t: number) => incompleteBeta(df / (df + t * t), (t * t) / (df + t * t), df / 2, 0.5);
  const upper = (t: number) => (t >= 0 ? tail(t).lower / 2 : 0.5 + tail(t).upper / 2);
  const cdf = (t: number) => upper(-t);
  return { cdf, upper, quantile: (p) => (p === 0.5 ? 0 : realQuantile(cdf, upper, p)) };
}

/** Two-sided p of a t statistic. */
export function twoSidedT(t: number, df: number): number {
  return 2 * studentT(df).upper(Math.abs(t));
}

/** Two-sided p of a z statistic. */
export function twoSidedNormal(z: number): number {
  return 2 * normal.upper(Math.abs(z));
}

/** Fisher's F with d1 and d2 degrees of freedom. */
export function fisherF(d1: number, d2: number): Distribution {
  const parts = (f: number) => incompleteBeta((d1 * f) / (d1 * f + d2), d2 / (d1 * f + d2), d1 / 2, d2 / 2);
  const cdf = (f: number) => (f <= 0 ? 0 : f === Infinity ? 1 : parts(f).lower);
  const upper = (f: number) => (f <= 0 ? 1 : f === Infinity ? 0 : parts(f).upper);
  return { cdf, upper, quantile: (p) => positiveQuantile(cdf, upper, p) };
}

/** Chi-square with `df` > 0 degrees of freedom. */
export function chiSquare(df: number): Distribution {
  const cdf = (x: number) => incompleteGamma(df / 2, x / 2).lower;
  const upper = (x: number) => incompleteGamma(df / 2, x / 2).upper;
  return { cdf, upper, quantile: (p) => positiveQuantile(cdf, upper, p) };
}

/** Beta(a, b), a, b > 0. */
export function beta(a: number, b: number): Distribution {
  const cdf = (x: number) => incompleteBeta(x, 1 - x, a, b).lower;
  const upper = (x: number) => incompleteBeta(x, 1 - x, a, b).upper;
  return { cdf, upper, quantile: (p) => unitQuantile(cdf, upper, p) };
}
