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

interface MeanBootstrapOptions extends BootstrapOptions {
  /** Whose each value is. */
  readonly patients?: readonly string[];
}

/**
 * Percentile bootstrap interval of the mean: patients are drawn with replacement `resamples` (10 000) times, each with all
 * of its values (examinations, slices); the interval ends are the (1 ± level)/2 percentiles (numpy's linear definition) of
 * the resampled means. `patients` names each value's patient; without it every value is one of its own. The same seed and
 * values give the same interval on every machine. Fewer than two patients: NaN.
 * Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
 *
 * @example bootstrapInterval([1, 2, 3, 4]) // { low: 2 - …, high: 3 + … }
 */
export function bootstrapInterval(
  values: readonly number[],
  { level = 0.95, resamples = 10_000, seed = 1, patients }: MeanBootstrapOptions = {},
): Interval {
  const units = patients === undefined ? values.map((sum) => ({ sum, count: 1 })) : totals(values, patients);
  if (units.length < 2) return { low: NaN, high: NaN };
  const random = new Random(seed, "bootstrap");
  const means = Float64Array.from({ length: resamples }, () => resampledMean(units, random));
  const [low, high] = percentiles(means, [50 - 50 * level, 50 + 50 * level]);
  return { low, high };
}

/** The values of one patient. */
interface Unit {
  sum: number;
  count: number;
}

function totals(values: readonly number[], patients: readonly string[]): Unit[] {
  const units = new Map<string, Unit>();
  values.forEach((value, n) => {
    const unit = units.get(patients[n]) ?? { sum: 0, count: 0 };
    unit.sum += value;
    unit.count++;
    units.set(patients[n], unit);
  });
  return [...units.values()];
}

function resampledMean(units: readonly Unit[], random: Random): number {
  let [sum, count] = [0, 0];
  for (let n = 0; n < units.length; n++) {
    const unit = units[random.integer(units.length)];
    sum += unit.sum;
    count += unit.count;
  }
  return sum / count;
}
