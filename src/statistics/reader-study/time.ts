import { median } from "../descriptive/median.js";
import { quartilesOf } from "../descriptive/moments.js";
import { completeValues } from "../missing.js";
import type { Estimate, TestResult } from "../result.js";
import { wilcoxonSignedRank } from "../tests/wilcoxon.js";
import { hasAny, pairedByPatient, valueOf, type Series } from "./readings.js";
import { title } from "./segmentation.js";

/** Seconds per case. */
export interface TimeRow {
  readonly reader: string;
  readonly arm: string;
  readonly median: Estimate;
  readonly q1: number;
  readonly q3: number;
}

export function timeRows(series: readonly Series[], level = 0.95): TimeRow[] {
  return series
    .filter((one) => hasAny(one, "seconds"))
    .map(({ reader, arm, readings }) => {
      const { values } = completeValues(readings.map((reading) => valueOf(reading, "seconds")));
      const [q1, , q3] = quartilesOf(values);
      return { reader, arm, median: median(values, { name: "median seconds", level }), q1, q3 };
    });
}

/** Wilcoxon signed rank test of the time per case between two series; undefined where times were not taken. */
export function compareTime(first: Series, second: Series): TestResult | undefined {
  if (!hasAny(first, "seconds") || !hasAny(second, "seconds")) return undefined;
  const [a, b] = pairedByPatient(first, second, "seconds");
  return wilcoxonSignedRank(a, b, { name: `Seconds: ${title(first)} − ${title(second)}` });
}
