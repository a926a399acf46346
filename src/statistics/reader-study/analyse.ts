import type { TestResult } from "../result.js";
import { mrmcAnalyses } from "./crossed.js";
import {
  compareDiagnosis,
  diagnosisRows,
  operatingPoints,
  rocRows,
  type DiagnosisOptions,
  type DiagnosisRow,
  type OperatingPoint,
  type RocRow,
} from "./diagnosis.js";
import { checkOrder, type OrderCheck } from "./order.js";
import { hasAny, seriesOf, type Reading, type Series } from "./readings.js";
import {
  compareSegmentation,
  segmentationMeasures,
  segmentationRows,
  type SegmentationMeasure,
  type SegmentationRow,
} from "./segmentation.js";
import { compareTime, timeRows, type TimeRow } from "./time.js";

export interface ReaderStudyOptions extends DiagnosisOptions {
  /** The reader name under which the model's own results stand; `model` unless given. */
  readonly model?: string;
  /** Days that should lie between a case's two readings; 28 unless given. */
  readonly washOutDays?: number;
}

export interface ReaderStudy {
  readonly arms: readonly string[];
  readonly readers: readonly string[];
  readonly cases: number;
  /** Table 3: Dice, precision and recall of each reader and arm, model included. */
  readonly segmentation: readonly SegmentationRow[];
  readonly segmentationTests: readonly TestResult[];
  /** Table 5: accuracy, sensitivity, specificity, PPV, NPV, κ. */
  readonly diagnosis: readonly DiagnosisRow[];
  readonly diagnosisTests: readonly TestResult[];
  /** Fig. 5: readers as points, and curves of whoever gave scores. */
  readonly operatingPoints: readonly OperatingPoint[];
  readonly roc: readonly RocRow[];
  readonly time: readonly TimeRow[];
  readonly timeTests: readonly TestResult[];
  readonly order: readonly OrderCheck[];
  /** All readers together (Obuchowski–Rockette, random readers and cases). */
  readonly mrmc: ReturnType<typeof mrmcAnalyses>;
}

/**
 * Analysis of a reader study: readers × cases × arms (e.g. without and with the model). Arms are compared in their order
 * of appearance within each reader, each reader's arms with the model, and all readers together. What was not recorded is
 * left out; what cannot be estimated says why. Readings of one patient are averaged before they are tested and resampled
 * together.
 */
export function analyseReaderStudy(
  readings: readonly Reading[],
  options: ReaderStudyOptions = {},
): ReaderStudy {
  const { model = "model", level = 0.95, washOutDays } = options;
  const series = seriesOf(readings);
  const [ofModel, ofReaders] = [series.filter(isOf(model)), series.filter((one) => !isOf(model)(one))];
  const readers = [...new Set(ofReaders.map(({ reader }) => reader))];
  const arms = [...new Set(ofReaders.map(({ arm }) => arm))];
  const pairs = readers.flatMap((reader) => pairsOf(ofReaders.filter(isOf(reader))));
  const withModel = ofModel.flatMap((one) => ofReaders.map((other) => [one, other] as const));
  const diagnosis = diagnosisRows(series, options);
  return {
    arms,
    readers,
    cases: new Set(readings.map((reading) => reading.case)).size,
    segmentation: segmentationRows(series, options),
    segmentationTests: [...withModel, ...pairs].flatMap(([a, b]) => segmentationTests(a, b)),
    diagnosis,
    diagnosisTests: pairs.flatMap(([a, b]) => compareDiagnosis(a, b)),
    operatingPoints: operatingPoints(diagnosis),
    roc: rocRows(series, level),
    time: timeRows(series, level),
    timeTests: pairs.flatMap(([a, b]) => compareTime(a, b) ?? []),
    order: pairs.map(([a, b]) => checkOrder(a, b, washOutDays)),
    mrmc: mrmcAnalyses(ofReaders, arms, { level }),
  };
}

const isOf = (name: string) => (series: Series) => series.reader === name;

function pairsOf(series: readonly Series[]): (readonly [Series, Series])[] {
  return series.flatMap((one, n) => series.slice(n + 1).map((other) => [one, other] as const));
}

function segmentationTests(first: Series, second: Series): TestResult[] {
  const measures = Object.keys(segmentationMeasures) as SegmentationMeasure[];
  return measures
    .filter((measure) => hasAny(first, measure) && hasAny(second, measure))
    .map((measure) => compareSegmentation(first, second, measure));
}
