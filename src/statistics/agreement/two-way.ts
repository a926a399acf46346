import { sumOf } from "../descriptive/moments.js";
import { completeColumns } from "../missing.js";

/** Mean squares of cases × readers without repetition. */
export interface TwoWay {
  /** Cases and readers. */
  readonly n: number;
  readonly k: number;
  readonly betweenCases: number;
  readonly betweenReaders: number;
  readonly residual: number;
  /** Within cases: readers and residual together. */
  readonly withinCases: number;
  /** Cases left out for a missing value. */
  readonly missing: number;
}

/** From readers[reader][case]; cases with a missing value are left out. NaN where n or k is below two. */
export function twoWayAnova(readers: readonly (readonly number[])[]): TwoWay {
  const { values, missing } = completeColumns(readers);
  const [k, n] = [values.length, values[0]?.length ?? 0];
  const mean = (list: readonly number[]) => sumOf(list) / list.length;
  const grand = mean(values.flat());
  const caseMeans = Array.from({ length: n }, (_, i) => mean(values.map((reader) => reader[i])));
  const readerMeans = values.map(mean);
  const cases = k * sumOf(caseMeans.map((m) => (m - grand) ** 2));
  const ofReaders = n * sumOf(readerMeans.map((m) => (m - grand) ** 2));
  const rest = sumOf(
    values.flatMap((reader, j) => reader.map((v, i) => (v - caseMeans[i] - readerMeans[j] + grand) ** 2)),
  );
  // What rounding leaves of an exact fit is nothing.
  const size = sumOf(values.flat().map((v) => v * v)) * 1e-28;
  const clean = (squares: number) => (squares <= size ? 0 : squares);
  return {
    n,
    k,
    missing,
    betweenCases: clean(cases) / (n - 1),
    betweenReaders: clean(ofReaders) / (k - 1),
    residual: clean(rest) / ((n - 1) * (k - 1)),
    withinCases: (clean(ofReaders) + clean(rest)) / (n * (k - 1)),
  };
}
