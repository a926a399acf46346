/** A reader study as tables: the papers' Tables 3 and 5, operating points, times, order, all readers together. */
import type { ReaderStudy } from "../statistics/reader-study/analyse.js";
import { segmentationMeasures } from "../statistics/reader-study/segmentation.js";
import { estimateTable, testTable } from "./statistics-tables.js";
import type { Cell, Table } from "./table.js";

/** Tables of what was recorded; parts without data are left out. */
export function readerStudyTables(study: ReaderStudy): Table[] {
  return [
    segmentation(study),
    tests("Segmentation, compared", study.segmentationTests),
    diagnosis(study),
    tests("Diagnosis, compared", study.diagnosisTests),
    roc(study),
    points(study),
    time(study),
    tests("Time, compared", study.timeTests),
    order(study),
    ...mrmc(study),
  ].filter((table) => table.rows.length > 0);
}

function segmentation({ segmentation: rows }: ReaderStudy): Table {
  const columns = ["Reader", "Arm", "Measure", "Mean ± SD", "Low", "High"].map((title) => ({ title }));
  const cells = rows.map(({ reader, arm, measure, mean, sd }): Cell[] => [
    reader,
    arm,
    segmentationMeasures[measure],
    { mean: mean.value ?? NaN, sd: sd ?? NaN },
    mean.low ?? NaN,
    mean.high ?? NaN,
    mean.n,
    mean.note,
  ]);
  const notes = rows.length === 0 ? [] : [`Intervals: ${rows[0].mean.method}.`];
  return {
    title: "Segmentation",
    columns: [...columns, { title: "n", digits: 0 }, { title: "Note" }],
    rows: cells,
    notes,
  };
}

function diagnosis({ diagnosis: rows }: ReaderStudy): Table {
  const flat = rows.flatMap(({ reader, arm, report }) =>
    Object.values(report).map((estimate) => ({ head: [reader, arm], estimate })),
  );
  const estimates = flat.map(({ estimate }) => estimate);
  return estimateTable("Diagnosis", estimates, {
    heads: flat.map(({ head }) => head),
    heading: ["Reader", "Arm"],
  });
}

function roc({ roc: rows }: ReaderStudy): Table {
  const heads = rows.map(({ reader, arm }) => [reader, arm]);
  return estimateTable(
    "Area under the ROC curve",
    rows.map((row) => row.auc),
    { heads, heading: ["Reader", "Arm"] },
  );
}

function points({ operatingPoints }: ReaderStudy): Table {
  const columns = ["Reader", "Arm", "1 − specificity", "Sensitivity"].map((title) => ({ title }));
  const rows = operatingPoints.map(({ reader, arm, sensitivity, specificity }): Cell[] => [
    reader,
    arm,
    specificity.value === null ? NaN : 1 - specificity.value,
    sensitivity.value ?? NaN,
  ]);
  return { title: "Operating points", columns, rows };
}

function time({ time: rows }: ReaderStudy): Table {
  const titles = ["Reader", "Arm", "Median (s)", "Low", "High", "Quartile 1", "Quartile 3", "n"];
  const cells = rows.map(({ reader, arm, median, q1, q3 }): Cell[] => [
    reader,
    arm,
    ...[median.value, median.low, median.high].map((value) => value ?? NaN),
    ...[q1, q3, median.n],
  ]);
  const notes = rows.length === 0 ? [] : [`Low and high: ${rows[0].median.method}.`];
  return {
    title: "Time per case",
    columns: titles.map((title) => ({ title, digits: 0 })),
    rows: cells,
    notes,
  };
}

function order({ order: rows }: ReaderStudy): Table {
  const titles = [
    "Reader",
    "Arms",
    "Cases",
    "Dated",
    "Shortest gap (d)",
    "Median gap (d)",
    "First arm first",
    "Concern",
  ];
  const cells = rows.map((row): Cell[] => [
    row.reader,
    row.arms.join(", "),
    row.cases,
    row.dated,
    row.shortestDays ?? NaN,
    row.medianDays ?? NaN,
    row.firstArmFirst ?? NaN,
    row.concern,
  ]);
  return { title: "Order and wash-out", columns: titles.map((title) => ({ title, digits: 0 })), rows: cells };
}

function mrmc({ mrmc: analyses }: ReaderStudy): Table[] {
  if (analyses.length === 0) return [];
  const means = analyses.flatMap(({ merit, result }) => result.means.map((mean) => ({ merit, mean })));
  return [
    testTable(
      "All readers together, compared",
      analyses.map(({ result }) => result.overall),
    ),
    estimateTable(
      "All readers together",
      means.map(({ mean }) => mean),
      {
        heads: means.map(({ merit }) => [merit]),
        heading: ["Figure of merit"],
      },
    ),
  ];
}

function tests(title: string, results: ReaderStudy["timeTests"]): Table {
  return testTable(title, results);
}
