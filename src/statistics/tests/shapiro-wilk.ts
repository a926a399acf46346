import { momentsOf } from "../descriptive/moments.js";
import { normal } from "../distributions/continuous.js";
import { completeValues } from "../missing.js";
import { missingNote, notTestable, testResult, type TestResult } from "../result.js";
import type { TestOptions } from "./options.js";

/** Polynomials of Royston's Algorithm AS R94, lowest power first. */
const last = [0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056];
const lastButOne = [0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633];
const small = {
  gamma: [-2.273, 0.459],
  mean: [0.544, -0.39978, 0.025054, -6.714e-4],
  logSd: [1.3822, -0.77857, 0.062767, -0.0020322],
};
const large = { mean: [-1.5861, -0.31082, -0.083751, 0.0038915], logSd: [-0.4803, -0.082676, 0.0030302] };

/**
 * Shapiro–Wilk test of normality. 3 to 5000 values; fewer, more, or no spread: not estimable. Missing values are left
 * out and counted. The test has no effect size of its own: read W, which is 1 for a straight normal plot.
 * Source: Royston, Algorithm AS R94, Applied Statistics 44:547 (1995).
 *
 * @example shapiroWilk([1, 2, 3, 4, 10]).statistic // 0.8368
 */
export function shapiroWilk(
  values: readonly number[],
  { name = "Shapiro–Wilk test" }: TestOptions = {},
): TestResult {
  const { values: kept, missing } = completeValues(values);
  const n = kept.length;
  const about = { name, symbol: "W", n: [n], method: "Shapiro–Wilk test of normality (Royston 1995)" };
  if (n < 3) return notTestable(about, "fewer than three values");
  if (n > 5000) return notTestable(about, "more than 5000 values");
  const sorted = [...kept].sort((a, b) => a - b);
  const { squares } = momentsOf(kept);
  if (sorted[0] === sorted[n - 1] || squares === 0) return notTestable(about, "all values are equal");
  const weights = weightsOf(n);
  const slope = weights.reduce((sum, weight, i) => sum + weight * (sorted[n - 1 - i] - sorted[i]), 0);
  const w = Math.min(1, (slope * slope) / squares);
  return testResult({ ...about, statistic: w, p: pOf(w, n), note: missingNote(missing) });
}

/** The upper half of the coefficients, largest first; they are antisymmetric. */
function weightsOf(n: number): number[] {
  if (n === 3) return [Math.SQRT1_2];
  const scores = Array.from(
    { length: Math.floor(n / 2) },
    (_, i) => -normal.quantile((i + 0.625) / (n + 0.25)),
  );
  const squares = 2 * scores.reduce((sum, m) => sum + m * m, 0);
  const u = 1 / Math.sqrt(n);
  const first = polynomial(last, u) + scores[0] / Math.sqrt(squares);
  if (n <= 5) {
    const scale = Math.sqrt((squares - 2 * scores[0] ** 2) / (1 - 2 * first ** 2));
    return [first, ...scores.slice(1).map((m) => m / scale)];
  }
  const second = polynomial(lastButOne, u) + scores[1] / Math.sqrt(squares);
  const rest = squares - 2 * scores[0] ** 2 - 2 * scores[1] ** 2;
  const scale = Math.sqrt(rest / (1 - 2 * first ** 2 - 2 * second ** 2));
  return [first, second, ...scores.slice(2).map((m) => m / scale)];
}

function pOf(w: number, n: number): number {
  if (n === 3) return Math.max(0, (6 / Math.PI) * (Math.asin(Math.sqrt(w)) - Math.asin(Math.sqrt(0.75))));
  const y = Math.log1p(-w);
  if (n > 11) {
    const x = Math.log(n);
    return normal.upper((y - polynomial(large.mean, x)) / Math.exp(polynomial(large.logSd, x)));
  }
  const gamma = polynomial(small.gamma, n);
  if (y >= gamma) return 1e-99;
  return normal.upper(
    (-Math.log(gamma - y) - polynomial(small.mean, n)) / Math.exp(polynomial(small.logSd, n)),
  );
}

const polynomial = (coefficients: readonly number[], x: number) =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
