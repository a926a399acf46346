import { fisherF } from "../distributions/continuous.js";
import { estimate, missingNote, notes, notTestable, testResult, type TestResult } from "../result.js";
import { twoWayAnova, type TwoWay } from "./two-way.js";

/** Numerator and degrees of freedom of a form: what F compares, and how a bound of F becomes one of the ICC. */
interface Form {
  readonly title: string;
  readonly error: (a: TwoWay) => number;
  readonly errorDf: (a: TwoWay) => number;
  readonly value: (a: TwoWay) => number;
  readonly interval: (a: TwoWay, level: number) => [number, number];
}

const oneWayError = { error: (a: TwoWay) => a.withinCases, errorDf: (a: TwoWay) => a.n * (a.k - 1) };
const twoWayError = { error: (a: TwoWay) => a.residual, errorDf: (a: TwoWay) => (a.n - 1) * (a.k - 1) };
const single = (f: number, k: number) => (f - 1) / (f + k - 1);
const average = (f: number) => 1 - 1 / f;

/** The six forms of Shrout & Fleiss, and McGraw & Wong's names. */
export const iccForms = {
  "ICC(1,1)": {
    title: "one-way random, single reader",
    ...oneWayError,
    value: (a) => single(a.betweenCases / a.withinCases, a.k),
    interval: (a, level) => boundsOfF(a, oneWayError, level).map((f) => single(f, a.k)) as [number, number],
  },
  "ICC(2,1)": {
    title: "two-way random, absolute agreement, single reader",
    ...twoWayError,
    value: absoluteAgreement,
    interval: absoluteInterval,
  },
  "ICC(3,1)": {
    title: "two-way mixed, consistency, single reader",
    ...twoWayError,
    value: (a) => single(a.betweenCases / a.residual, a.k),
    interval: (a, level) => boundsOfF(a, twoWayError, level).map((f) => single(f, a.k)) as [number, number],
  },
  "ICC(1,k)": {
    title: "one-way random, mean of the readers",
    ...oneWayError,
    value: (a) => average(a.betweenCases / a.withinCases),
    interval: (a, level) => boundsOfF(a, oneWayError, level).map(average) as [number, number],
  },
  "ICC(2,k)": {
    title: "two-way random, absolute agreement, mean of the readers",
    ...twoWayError,
    value: (a) => (a.betweenCases - a.residual) / (a.betweenCases + (a.betweenReaders - a.residual) / a.n),
    interval: (a, level) =>
      absoluteInterval(a, level).map((r) => (a.k * r) / (1 + (a.k - 1) * r)) as [number, number],
  },
  "ICC(3,k)": {
    title: "two-way mixed, consistency, mean of the readers",
    ...twoWayError,
    value: (a) => average(a.betweenCases / a.residual),
    interval: (a, level) => boundsOfF(a, twoWayError, level).map(average) as [number, number],
  },
} as const satisfies Record<string, Form>;

export type IccForm = keyof typeof iccForms;

/**
 * Intraclass correlation in one form, from readers[reader][case], with the F test of ICC = 0. Cases with a missing value
 * are left out and counted. Fewer than two cases or readers, or no spread at all: not estimable; perfect agreement has
 * the value 1 and no interval.
 * Source: Shrout & Fleiss, Psychol Bull 86:420 (1979); McGraw & Wong, Psychol Methods 1:30 (1996), tables 4 and 7.
 *
 * @example icc([[9, 6, 8], [2, 1, 4]], "ICC(3,1)")
 */
export function icc(
  readers: readonly (readonly number[])[],
  form: IccForm,
  { name = form, level = 0.95 }: { name?: string; level?: number } = {},
): TestResult {
  const anova = twoWayAnova(readers);
  const row: Form = iccForms[form];
  const about = {
    name,
    symbol: "F",
    n: [anova.n],
    method: `${form}: ${row.title}, ${anova.k} readers (F test)`,
  };
  if (anova.n < 2 || anova.k < 2) return notTestable(about, "fewer than two complete cases or readers");
  const error = row.error(anova);
  if (error === 0 && anova.betweenCases === 0 && anova.betweenReaders === 0)
    return notTestable(about, "all ratings are equal");
  if (error === 0 && anova.betweenCases === 0) return notTestable(about, "the cases do not differ");
  const isPerfect = error === 0 && anova.withinCases === 0;
  const [low, high] = error === 0 ? [null, null] : row.interval(anova, level);
  const value = isPerfect ? 1 : error === 0 && form.startsWith("ICC(3") ? 1 : row.value(anova);
  const note = notes(error === 0 && "no interval: the error variance is zero");
  const method = `${row.title}, interval from the F distribution`;
  const effect = estimate({ name: form, value, low, high, level, n: anova.n, method, note });
  const statistic = anova.betweenCases / error;
  const df = [anova.n - 1, row.errorDf(anova)];
  const p = fisherF(df[0], df[1]).upper(statistic);
  return testResult({
    ...about,
    statistic,
    df,
    p,
    effect,
    note: missingNote(anova.missing, "incomplete case"),
  });
}

/** Observed F divided and multiplied by its critical values. */
function boundsOfF(
  a: TwoWay,
  { error, errorDf }: Pick<Form, "error" | "errorDf">,
  level: number,
): [number, number] {
  const f = a.betweenCases / error(a);
  const [d1, d2, tail] = [a.n - 1, errorDf(a), (1 + level) / 2];
  return [f / fisherF(d1, d2).quantile(tail), f * fisherF(d2, d1).quantile(tail)];
}

function absoluteAgreement({ betweenCases: b, betweenReaders: j, residual: e, n, k }: TwoWay): number {
  return (b - e) / (b + (k - 1) * e + (k * (j - e)) / n);
}

/** Satterthwaite's approximation of the degrees of freedom (Fleiss & Shrout, Psychometrika 43:259, 1978). */
function absoluteInterval(a: TwoWay, level: number): [number, number] {
  const { betweenCases: b, betweenReaders: j, residual: e, n, k } = a;
  const r = absoluteAgreement(a);
  const ratio = j / e;
  const rest = n * (1 + (k - 1) * r) - k * r;
  const df = ((k - 1) * (n - 1) * (k * r * ratio + rest) ** 2) / ((n - 1) * (k * r * ratio) ** 2 + rest ** 2);
  const tail = (1 + level) / 2;
  const [upper, lower] = [fisherF(n - 1, df).quantile(tail), fisherF(df, n - 1).quantile(tail)];
  const readers = k * j + (k * n - k - n) * e;
  return [
    (n * (b - upper * e)) / (upper * readers + n * b),
    (n * (lower * b - e)) / (readers + n * lower * b),
  ];
}
