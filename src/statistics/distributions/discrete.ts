/** Binomial and hypergeometric distributions. */
import { incompleteBeta } from "./beta.js";
import { binomialDensity } from "./gamma.js";

export interface DiscreteDistribution {
  /** P(X = k) */
  readonly mass: (k: number) => number;
  /** P(X ≤ k) */
  readonly cdf: (k: number) => number;
  /** P(X ≥ k) */
  readonly atLeast: (k: number) => number;
}

/** Successes in n independent trials of probability p. */
export function binomial(n: number, p: number): DiscreteDistribution {
  const parts = (k: number) => incompleteBeta(p, 1 - p, k, n - k + 1);
  const atLeast = (k: number) => (k <= 0 ? 1 : k > n ? 0 : parts(k).lower);
  const cdf = (k: number) => (k < 0 ? 0 : k >= n ? 1 : parts(Math.floor(k) + 1).upper);
  return { mass: (k) => (k < 0 || k > n ? 0 : binomialDensity(k, n, p, 1 - p)), cdf, atLeast };
}

/** Marked ones among `drawn` taken without replacement from `marked` marked and `plain` plain ones. */
export function hypergeometric(marked: number, plain: number, drawn: number): DiscreteDistribution {
  const all = marked + plain;
  const [p, q] = [drawn / all, (all - drawn) / all];
  const [least, most] = [Math.max(0, drawn - plain), Math.min(marked, drawn)];
  const mass = (k: number) =>
    k < least || k > most
      ? 0
      : all === 0
        ? 1
        : (binomialDensity(k, marked, p, q) * binomialDensity(drawn - k, plain, p, q)) /
          binomialDensity(drawn, all, p, q);
  const sum = (from: number, to: number) => {
    let total = 0;
    for (let k = Math.max(from, least); k <= Math.min(to, most); k++) total += mass(k);
    return Math.min(1, total);
  };
  return { mass, cdf: (k) => sum(least, k), atLeast: (k) => sum(k, most) };
}
