/**
 * Gamma functions. Densities use Loader's saddle-point form (C. Loader, "Fast and accurate computation of binomial
 * probabilities", 2000), which keeps nearly all digits where differences of log-gammas lose them.
 */
const halfLogTwoPi = 0.9189385332046727;

/** Bernoulli coefficients B(2k) / (2k (2k − 1)) of Stirling's series (Abramowitz & Stegun 6.1.41). */
const stirlingSeries = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360360,
  1 / 156,
  -3617 / 122400,
];

/**
 * ln Γ(x + 1) − (x + ½) ln x + x − ½ ln 2π for x > 0: what Stirling's formula misses. Below 12 the recurrence
 * δ(x) = δ(x + 1) + (x + ½) ln(1 + 1/x) − 1 leads up to where the series holds.
 */
export function stirlingError(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x < 12) return stirlingError(x + 1) + (x + 0.5) * Math.log1p(1 / x) - 1;
  const inverse = 1 / (x * x);
  return stirlingSeries.reduceRight((sum, term) => sum * inverse + term, 0) / x;
}

/** ln Γ(x) for x > 0; absolute error about 1e-15 times its largest term. */
export function logGamma(x: number): number {
  if (x < 12) return logGamma(x + 1) - Math.log(x);
  return (x - 0.5) * Math.log(x) - x + halfLogTwoPi + stirlingError(x);
}

/** x ln(x / m) + m − x without cancellation near x = m (Loader's bd0). */
function deviance(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = (x - m) / (x + m);
  let sum = (x - m) * v;
  let power = 2 * x * v;
  for (let j = 1; j < 1000; j++) {
    power *= v * v;
    const next = sum + power / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/** λ^x e^−λ / Γ(x + 1) for real x ≥ 0. */
export function poissonDensity(x: number, lambda: number): number {
  if (lambda === 0) return x === 0 ? 1 : 0;
  if (x === 0) return Math.exp(-lambda);
  return Math.exp(-stirlingError(x) - deviance(x, lambda)) / Math.sqrt(2 * Math.PI * x);
}

/** Γ(n + 1) / (Γ(x + 1) Γ(n − x + 1)) p^x q^(n − x) for real 0 ≤ x ≤ n, with q = 1 − p given apart. */
export function binomialDensity(x: number, n: number, p: number, q: number): number {
  if (p === 0) return x === 0 ? 1 : 0;
  if (q === 0) return x === n ? 1 : 0;
  if (x === 0) return Math.exp(n * (p < 0.5 ? Math.log1p(-p) : Math.log(q)));
  if (x === n) return Math.exp(n * (q < 0.5 ? Math.log1p(-q) : Math.log(p)));
  const rest = n - x;
  const exponent =
    stirlingError(n) - stirlingError(x) - stirlingError(rest) - deviance(x, n * p) - deviance(rest, n * q);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * x * rest));
}

/** Regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 − P, a > 0, x ≥ 0; each exact in its own tail. */
export function incompleteGamma(a: number, x: number): { lower: number; upper: number } {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (x === Infinity) return { lower: 1, upper: 0 };
  const front = poissonDensity(a, x);
  if (x < a + 1) {
    const lower = front * gammaSeries(a, x);
    return { lower, upper: 1 - lower };
  }
  const upper = front * a * gammaFraction(a, x);
  return { lower: 1 - upper, upper };
}

/** 1 + x/(a+1) + x²/((a+1)(a+2)) + … */
function gammaSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** Legendre's continued fraction of Γ(a, x) x^−a e^x, by Lentz's method. */
function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < 1e6; n++) {
    const term = -n * (n - a);
    b += 2;
    d = 1 / nonzero(term * d + b);
    c = nonzero(b + term / c);
    value *= d * c;
    // Written so that NaN ends the loop too.
    if (!(Math.abs(d * c - 1) >= 1e-16)) break;
  }
  return value;
}

export const nonzero = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value);
