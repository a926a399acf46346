import { binomialDensity, nonzero } from "./gamma.js";

/**
 * Regularised incomplete beta function I_x(a, b) and its complement, a, b > 0; `y` is 1 − x, given apart so that neither
 * tail loses digits. Continued fraction of Abramowitz & Stegun 26.5.8 by Lentz's method.
 */
export function incompleteBeta(x: number, y: number, a: number, b: number): { lower: number; upper: number } {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (y <= 0) return { lower: 1, upper: 0 };
  if (x > (a + 1) / (a + b + 2)) {
    const upper = leftPart(y, x, b, a);
    return { lower: 1 - upper, upper };
  }
  const lower = leftPart(x, y, a, b);
  return { lower, upper: 1 - lower };
}

function leftPart(x: number, y: number, a: number, b: number): number {
  const front = (binomialDensity(a, a + b, x, y) * b) / (a + b);
  return Math.min(1, front * betaFraction(x, a, b));
}

function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / nonzero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < 1e6; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let change = 1;
    for (const term of [even, odd]) {
      d = 1 / nonzero(1 + term * d);
      c = nonzero(1 + term / c);
      change = d * c;
      value *= change;
    }
    // Written so that NaN ends the loop too.
    if (!(Math.abs(change - 1) >= 1e-16)) break;
  }
  return value;
}
