import { percentiles } from "../../volume/intensity.js";

/** Sum with compensation (Neumaier 1974), so that the order of values hardly matters. */
export function sumOf(values: readonly number[]): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

export interface Moments {
  readonly n: number;
  readonly mean: number;
  /** Sum of squared deviations from the mean. */
  readonly squares: number;
  /** Sample variance and standard deviation (n − 1); NaN for fewer than two values. */
  readonly variance: number;
  readonly sd: number;
}

/** Moments of finite values, in two passes. No value: NaN. For use inside; results turn NaN into null. */
export function momentsOf(values: readonly number[]): Moments {
  const n = values.length;
  const mean = sumOf(values) / n;
  const squares = sumOf(values.map((value) => (value - mean) ** 2));
  const variance = n < 2 ? NaN : squares / (n - 1);
  return { n, mean, squares, variance, sd: Math.sqrt(variance) };
}

/** First quartile, median and third quartile by linear interpolation (R's type 7, numpy's default). */
export function quartilesOf(values: readonly number[]): [number, number, number] {
  const [q1, median, q3] = percentiles(values, [25, 50, 75]);
  return [q1, median, q3];
}

/** True where there is no spread at all, or none. */
export function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}
