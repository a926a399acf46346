import { momentsOf } from "../descriptive/moments.js";
import { clusterBootstrap, clustersOf, type BootstrapOptions } from "../resampling/bootstrap.js";
import { estimate, missingNote, notes, type Estimate, type TestResult } from "../result.js";
import { wilcoxonSignedRank } from "../tests/wilcoxon.js";
import { hasAny, pairedByPatient, patientOf, valueOf, type Series } from "./readings.js";

export const segmentationMeasures = { dice: "Dice", precision: "Precision", recall: "Recall" } as const;
export type SegmentationMeasure = keyof typeof segmentationMeasures;

export interface SegmentationRow {
  readonly reader: string;
  readonly arm: string;
  readonly measure: SegmentationMeasure;
  readonly mean: Estimate;
  /** Standard deviation over cases; null for fewer than two. */
  readonly sd: number | null;
}

/** Mean of each measure that was recorded, with a bootstrap interval over patients (paper 1, Table 3). */
export function segmentationRows(series: readonly Series[], options: BootstrapOptions): SegmentationRow[] {
  const measures = Object.keys(segmentationMeasures) as SegmentationMeasure[];
  return series.flatMap((one) =>
    measures.filter((measure) => hasAny(one, measure)).map((measure) => rowOf(one, measure, options)),
  );
}

function rowOf(one: Series, measure: SegmentationMeasure, options: BootstrapOptions): SegmentationRow {
  const kept = one.readings.filter((reading) => Number.isFinite(valueOf(reading, measure)));
  const values = kept.map((reading) => valueOf(reading, measure));
  const statistic = (rows: readonly number[]) => rows.reduce((sum, n) => sum + values[n], 0) / rows.length;
  const result = clusterBootstrap(
    segmentationMeasures[measure],
    clustersOf(kept.map(patientOf)),
    statistic,
    options,
  );
  const left = missingNote(one.readings.length - kept.length, "reading without a value");
  const { sd } = momentsOf(values);
  return {
    reader: one.reader,
    arm: one.arm,
    measure,
    mean: estimate({ ...result, note: notes(result.note, left) }),
    sd: Number.isFinite(sd) ? sd : null,
  };
}

/** Wilcoxon signed rank test of a measure between two series, over patients with both. */
export function compareSegmentation(first: Series, second: Series, measure: SegmentationMeasure): TestResult {
  const [a, b] = pairedByPatient(first, second, measure);
  return wilcoxonSignedRank(a, b, {
    name: `${segmentationMeasures[measure]}: ${title(first)} − ${title(second)}`,
  });
}

export const title = ({ reader, arm }: Series) => `${reader} (${arm})`;
