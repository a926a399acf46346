import { bootstrapInterval, type Interval } from "./bootstrap.js";

export interface Summary extends Interval {
  /** Finite values that were averaged. */
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation (n − 1); NaN for fewer than two values. */
  readonly sd: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Values left out as NaN (label in neither mask). */
  readonly undefined: number;
  /** Distances left out as Infinity (label in one mask alone): read the mean together with this number. */
  readonly infinite: number;
}

/**
 * Mean, sample standard deviation and 95 % bootstrap interval of the mean (see `bootstrapInterval`) of the finite values,
 * with how many were left out. `patients` names each value's patient, where a patient has several: they are resampled
 * together. No finite value at all: everything NaN, n = 0.
 *
 * @example summarise([1, 2, NaN]) // { n: 2, mean: 1.5, sd: 0.7071…, undefined: 1, infinite: 0, … }
 */
export function summarise(values: readonly number[], patients?: readonly string[]): Summary {
  const finite = values.filter(Number.isFinite);
  const whose = patients?.filter((_, n) => Number.isFinite(values[n]));
  const n = finite.length;
  const mean = meanOf(finite);
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    n,
    mean,
    sd: n < 2 ? NaN : Math.sqrt(squares / (n - 1)),
    minimum: n === 0 ? NaN : Math.min(...finite),
    maximum: n === 0 ? NaN : Math.max(...finite),
    ...bootstrapInterval(finite, whose && { patients: whose }),
    undefined: values.filter(Number.isNaN).length,
    infinite: values.filter((value) => value === Infinity).length,
  };
}

/** Arithmetic mean; NaN for no values. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Arithmetic mean of the values that are not NaN; NaN for none. Infinity stays Infinity. */
export function meanOfDefined(values: readonly number[]): number {
  return meanOf(values.filter((value) => !Number.isNaN(value)));
}
