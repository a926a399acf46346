/** A reader study as tables: the papers' Tables 3 and 5, operating points, times, order, all readers together. */
import type { ReaderStudy } from "../statistics/reader-study/analyse.js";
import type { Estimate } from "../statistics/result.js";
import { segmentationMeasures } from "../statistics/reader-study/segmentation.js";
import { estimateTable, testTable } from "./statistics-tables.js";
import { meanSd, tableOf, text, value, whole, type ColumnOf } from "./table/columns.js";
import type { Table } from "./table.js";

/** Tables of what was recorded; parts without data are left out. */
export function readerStudyTables(study: ReaderStudy): Table[] {
  return [
    segmentation(study),
    testTable("Segmentation, compared", study.segmentationTests),
    diagnosis(study),
    testTable("Diagnosis, compared", study.diagnosisTests),
    roc(study),
    points(study),
    time(study),
    testTable("Time, compared", study.timeTests),
    order(study),
    ...allReaders(study),
  ].filter((table) => table.rows.length > 0);
}

/** Who read in which arm: the first columns of every table. */
export const readerColumns = <
  Row extends { readonly reader: string; readonly arm: string },
>(): ColumnOf<Row>[] => [text("Reader", ({ reader }) => reader), text("Arm", ({ arm }) => arm)];

const methodNote = (estimates: readonly Estimate[]) =>
  [...new Set(estimates.map(({ method }) => method))].map((method) => `Intervals: ${method}.`);

const segmentation = ({ segmentation: rows }: ReaderStudy): Table =>
  tableOf(
    "Segmentation",
    rows,
    [
      ...readerColumns(),
      text("Measure", ({ measure }) => segmentationMeasures[measure]),
      meanSd("Mean ± SD", ({ mean, sd }) => ({ mean: mean.value ?? NaN, sd: sd ?? NaN })),
      value("Mean (95 % CI)", ({ mean }) => mean),
      whole("n", ({ mean }) => mean.n),
      text("Note", ({ mean }) => mean.note),
    ],
    methodNote(rows.map(({ mean }) => mean)),
  );

function diagnosis({ diagnosis: rows }: ReaderStudy): Table {
  const estimates = rows.flatMap(({ reader, arm, report }) =>
    Object.values(report).map((estimate: Estimate) => ({ head: [reader, arm], estimate })),
  );
  return estimateTable("Diagnosis", estimates, { heading: ["Reader", "Arm"] });
}

function roc({ roc: rows }: ReaderStudy): Table {
  const estimates = rows.map(({ reader, arm, auc }) => ({ head: [reader, arm], estimate: auc }));
  return estimateTable("Area under the ROC curve", estimates, { heading: ["Reader", "Arm"] });
}

const points = ({ operatingPoints: rows }: ReaderStudy): Table =>
  tableOf(
    "Operating points",
    rows,
    [
      ...readerColumns(),
      value("1 − specificity (95 % CI)", ({ specificity }) => complement(specificity)),
      whole("n without", ({ specificity }) => specificity.n),
      value("Sensitivity (95 % CI)", ({ sensitivity }) => sensitivity),
      whole("n with", ({ sensitivity }) => sensitivity.n),
    ],
    methodNote(rows.map(({ sensitivity }) => sensitivity)),
  );

function complement({ value: share, low, high }: Estimate) {
  const rest = (one: number | null) => (one === null ? null : 1 - one);
  return { value: rest(share), low: rest(high), high: rest(low) };
}

const time = ({ time: rows }: ReaderStudy): Table =>
  tableOf(
    "Time per case",
    rows,
    [
      ...readerColumns(),
      value("Median (s, 95 % CI)", ({ median }) => median, 0),
      whole("Quartile 1", ({ q1 }) => q1),
      whole("Quartile 3", ({ q3 }) => q3),
      whole("n", ({ median }) => median.n),
    ],
    methodNote(rows.map(({ median }) => median)),
  );

const order = ({ order: rows }: ReaderStudy): Table =>
  tableOf("Order and wash-out", rows, [
    text("Reader", ({ reader }) => reader),
    text("Arms", ({ arms }) => arms.join(", ")),
    whole("Cases", ({ cases }) => cases),
    whole("Dated", ({ dated }) => dated),
    whole("Shortest gap (d)", ({ shortestDays }) => shortestDays),
    whole("Median gap (d)", ({ medianDays }) => medianDays),
    whole("First arm first", ({ firstArmFirst }) => firstArmFirst),
    text("Concern", ({ concern }) => concern),
  ]);

function allReaders({ mrmc }: ReaderStudy): Table[] {
  const means = mrmc.flatMap(({ merit, result }) =>
    result.means.map((estimate) => ({ head: [merit], estimate })),
  );
  return [
    testTable(
      "All readers together, compared",
      mrmc.map(({ result }) => result.overall),
    ),
    estimateTable("All readers together", means, { heading: ["Figure of merit"] }),
  ];
}
