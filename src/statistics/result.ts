/**
 * The two forms in which every statistic is told, so that one table prints any of them. Nothing is ever NaN: what cannot
 * be computed is `null`, and `note` says why.
 */
export interface Estimate {
  /** What is estimated, e.g. `AUC`. */
  readonly name: string;
  /** null: not estimable, for the reason in `note`. */
  readonly value: number | null;
  /** Ends of the confidence interval; null: no interval, for the reason in `note`. */
  readonly low: number | null;
  readonly high: number | null;
  /** Confidence level of the interval, 0.95 unless another was asked for. */
  readonly level: number;
  /** Patients (or pairs, ratings) that were used. */
  readonly n: number;
  /** How the value and its interval were computed, in words. */
  readonly method: string;
  /** How ties, zeros and missing values were treated; why something is not estimable. Empty where there is nothing to say. */
  readonly note: string;
}

export interface TestResult {
  /** What is tested, e.g. `age by group`. */
  readonly name: string;
  /** The statistic's symbol, e.g. `U`; its value is null where it is not estimable or the test has none. */
  readonly symbol: string;
  readonly statistic: number | null;
  /** Degrees of freedom, in order; empty where the test has none. */
  readonly df: readonly number[];
  /** Two-sided p; null: not estimable, for the reason in `note`. */
  readonly p: number | null;
  /** Size of each group (or the number of pairs). */
  readonly n: readonly number[];
  /** The size of the effect with its interval; null where the test has none (Shapiro–Wilk). */
  readonly effect: Estimate | null;
  readonly method: string;
  readonly note: string;
}

/** Parts of a note that apply, joined by semicolons. */
export function notes(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== false && part !== "").join("; ");
}

/** `3 missing values left out`, or nothing for 0. */
export function missingNote(count: number, what = "missing value"): string {
  return count === 0 ? "" : `${count} ${what}${count === 1 ? "" : "s"} left out`;
}

type EstimateInput = Partial<Estimate> & Pick<Estimate, "name" | "value" | "n" | "method">;

/** An estimate; what is no finite number becomes null. */
export function estimate(input: EstimateInput): Estimate {
  const { low = null, high = null, level = 0.95, note = "", ...rest } = input;
  const value = finiteOrNull(rest.value);
  const bounded = value !== null;
  return {
    ...rest,
    value,
    low: bounded ? boundOrNull(low) : null,
    high: bounded ? boundOrNull(high) : null,
    level,
    note: notes(note, !bounded && !note.includes("not estimable") && "not estimable"),
  };
}

/** The estimate that says why there is none. */
export function notEstimable(
  about: Pick<Estimate, "name" | "n" | "method"> & { readonly level?: number },
  reason: string,
): Estimate {
  return estimate({ ...about, value: null, note: `not estimable: ${reason}` });
}

type TestInput = Partial<TestResult> &
  Pick<TestResult, "name" | "symbol" | "statistic" | "p" | "n" | "method">;

/** A test's result; what is no finite number becomes null. */
export function testResult(input: TestInput): TestResult {
  const { df = [], effect = null, note = "", ...rest } = input;
  const p = finiteOrNull(rest.p);
  return {
    ...rest,
    statistic: boundOrNull(rest.statistic),
    df,
    p: p === null ? null : Math.min(1, Math.max(0, p)),
    effect,
    note: notes(note, p === null && !note.includes("not estimable") && "p is not estimable"),
  };
}

/** The test that could not be made, and why. */
export function notTestable(
  about: Pick<TestResult, "name" | "symbol" | "n" | "method"> & { readonly effect?: Estimate | null },
  reason: string,
): TestResult {
  return testResult({ ...about, statistic: null, p: null, note: `not estimable: ${reason}` });
}

function finiteOrNull(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/** Infinity is a legitimate end of an interval (odds ratios); NaN is not. */
function boundOrNull(value: number | null): number | null {
  return value !== null && !Number.isNaN(value) ? value : null;
}
