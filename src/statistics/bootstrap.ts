import { Random } from "../base/random.js";
import { percentiles } from "../volume/intensity.js";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  readonly level?: number;
  readonly resamples?: number;
  readonly seed?: number;
}

/**
 * Percentile bootstrap interval of the mean: cases are drawn with replacement `resamples` (10 000) times; the interval
 * ends are the (1 ± level)/2 percentiles (numpy's linear definition) of the resampled means. Cases of one patient should
 * be averaged first. The same seed and values give the same interval on every machine. Fewer than two values: NaN.
 * Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
 *
 * @example bootstrapInterval([1, 2, 3, 4]) // { low: 2 - …, high: 3 + … }
 */
export function bootstrapInterval(values: readonly number[], options: BootstrapOptions = {}): Interval {
  const { level = 0.95, resamples = 10_000, seed = 1 } = options;
  if (values.length < 2) return { low: NaN, high: NaN };
  const random = new Random(seed, "bootstrap");
  const means = Float64Array.from({ length: resamples }, () => resampledMean(values, random));
  const [low, high] = percentiles(means, [50 - 50 * level, 50 + 50 * level]);
  return { low, high };
}

function resampledMean(values: readonly number[], random: Random): number {
  let sum = 0;
  for (let n = 0; n < values.length; n++) sum += values[random.integer(values.length)];
  return sum / values.length;
}
