/** Non-central distributions, for power and for intervals of effect sizes. */
import { incompleteBeta } from "./beta.js";
import { chiSquare, normal } from "./continuous.js";
import { poissonDensity } from "./gamma.js";

/**
 * P(T ≤ t) of the non-central t distribution, by the series of R. Lenth (Algorithm AS 243, Applied Statistics 38:185,
 * 1989): Poisson weights times incomplete beta functions.
 */
export function noncentralTCdf(t: number, df: number, shift: number): number {
  if (t < 0) return 1 - noncentralTCdf(-t, df, -shift);
  const [x, y] = [(t * t) / (df + t * t), df / (df + t * t)];
  const half = (shift * shift) / 2;
  let sum = 0;
  for (let j = 0; j < 5000; j++) {
    const even = poissonDensity(j, half) * incompleteBeta(x, y, j + 0.5, df / 2).lower;
    const odd = poissonDensity(j + 0.5, half) * incompleteBeta(x, y, j + 1, df / 2).lower;
    sum += even + Math.sign(shift) * odd;
    if (j > half && even < 1e-16) break;
  }
  return normal.cdf(-shift) + sum / 2;
}

/** P(X ≤ x) of the non-central chi-square distribution: a Poisson mixture of central ones. */
export function noncentralChiSquareCdf(x: number, df: number, noncentrality: number): number {
  let sum = 0;
  for (let j = 0; j < 20000; j++) {
    const weight = poissonDensity(j, noncentrality / 2);
    sum += weight * chiSquare(df + 2 * j).cdf(x);
    if (j > noncentrality / 2 && weight < 1e-17) break;
  }
  return sum;
}
