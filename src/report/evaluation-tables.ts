/** What `marrow evaluate` and `marrow agreement` show, as tables. */
import type { AgreementRow } from "../statistics/agreement.js";
import type { CaseScore, Evaluation, SummaryRow } from "../statistics/evaluation.js";
import { metricTitles, surfaceMetrics, type MetricName } from "../statistics/metrics.js";
import { summarise } from "../statistics/summary.js";
import { percentile } from "../volume/intensity.js";
import type { Cell, Column, Table } from "./table.js";

const counts = ["TP", "FP", "FN"] as const;

/** Millimetres are shown with two digits, shares with three; CSV has them all. */
const digitsOf = (metric: MetricName) =>
  metric === "hausdorff95" || metric === "averageSurfaceDistance" ? 2 : 3;
const metricColumn = (metric: MetricName): Column => ({
  title: metricTitles[metric].title,
  digits: digitsOf(metric),
});
const whole = (title: string): Column => ({ title, digits: 0 });

/** One row for each case and label, with the voxel counts. */
export function caseTable({ cases, labels, metrics }: Evaluation): Table {
  const folds = cases.some(({ fold }) => fold !== undefined);
  const columns = [
    { title: "Case" },
    ...(folds ? [{ title: "Fold" }] : []),
    { title: "Label" },
    ...metrics.map(metricColumn),
    ...[...counts, "TN"].map(whole),
  ];
  const rows = cases.flatMap((one) =>
    one.labels.map(({ counts: { tp, fp, fn, tn }, metrics: values }, n): Cell[] => [
      one.id,
      ...foldCell(one, folds),
      labels[n].name,
      ...metrics.map((metric) => values[metric] ?? NaN),
      ...[tp, fp, fn, tn],
    ]),
  );
  return {
    title: "Every case",
    columns,
    rows,
    notes: ["Counts are voxels. –: in neither mask. ∞: in one mask alone."],
  };
}

const foldCell = ({ fold }: CaseScore, folds: boolean) => (folds ? [String(fold ?? "")] : []);

/** Mean ± SD of each measure: a row for each label, and for the mean over labels. */
export function labelTable(evaluation: Evaluation): Table {
  return summaryTable("Mean ± SD over all cases", evaluation, ["all"]);
}

/** The same for each fold; undefined where the cases have none. */
export function foldTable(evaluation: Evaluation): Table | undefined {
  const folds = [...new Set(evaluation.summaries.map(({ group }) => group))].filter(
    (group) => group !== "all",
  );
  return folds.length === 0 ? undefined : summaryTable("Mean ± SD of each fold", evaluation, folds);
}

function summaryTable(
  title: string,
  { metrics, summaries, cases }: Evaluation,
  groups: readonly string[],
): Table {
  const byFold = groups[0] !== "all";
  const columns = [
    ...(byFold ? [{ title: "Fold" }] : []),
    { title: "Label" },
    whole("Cases"),
    ...metrics.map(metricColumn),
  ];
  const rows = groups.flatMap((group) => {
    const own = summaries.filter((row) => row.group === group);
    const size = byFold ? cases.filter(({ fold }) => String(fold) === group).length : cases.length;
    return [...new Set(own.map((row) => row.label))].map((label): Cell[] => [
      ...(byFold ? [group] : []),
      label,
      size,
      ...metrics.map((metric) => meanCell(own, label, metric)),
    ]);
  });
  return { title, columns, rows, notes: leftOut(summaries, groups) };
}

function meanCell(rows: readonly SummaryRow[], label: string, metric: MetricName): Cell {
  const found = rows.find((row) => row.label === label && row.metric === metric);
  return found === undefined
    ? NaN
    : { mean: found.summary.mean, sd: found.summary.sd, digits: digitsOf(metric) };
}

/** Says what the means leave out, so that nobody takes a mean of the easy cases for the mean of all. */
function leftOut(rows: readonly SummaryRow[], groups: readonly string[]): string[] {
  const own = rows.filter(({ group }) => groups.includes(group));
  const name = ({ group, label, metric }: SummaryRow) =>
    `${metricTitles[metric].title} of ${label}${group === "all" ? "" : ` in fold ${group}`}`;
  return own
    .filter(({ metric, summary }) => metric in surfaceMetrics && summary.infinite > 0)
    .map((row) => `${name(row)}: ${row.summary.infinite} infinite left out (label in one mask alone).`);
}

/** Every summary in full: n, mean, SD, 95 % interval, extremes and what was left out. */
export function intervalTable({ summaries }: Evaluation): Table {
  const columns: Column[] = [
    ...["Group", "Label", "Measure"].map((title) => ({ title })),
    whole("n"),
    ...["Mean", "SD", "95 % low", "95 % high", "Minimum", "Maximum"].map((title) => ({ title })),
    whole("In neither mask"),
    whole("In one mask alone"),
  ];
  const rows = summaries.map(({ group, label, metric, summary: s }): Cell[] => [
    ...[group, label, metricTitles[metric].title],
    ...[s.n, s.mean, s.sd, s.low, s.high, s.minimum, s.maximum, s.undefined, s.infinite],
  ]);
  const notes = [
    "Intervals of the mean: percentile bootstrap, 10 000 resamples of cases (of slices for 2-D Dice), seed 1.",
  ];
  return { title: "Intervals", columns, rows, notes };
}

/** One row for each slice that holds a label; undefined without `slices`. Slices are numbered from 1. */
export function sliceTable({ cases, labels, metrics }: Evaluation): Table | undefined {
  if (!metrics.includes("sliceDice")) return undefined;
  const columns = [
    { title: "Case" },
    { title: "Label" },
    whole("Slice"),
    { title: "2-D Dice" },
    ...counts.map(whole),
  ];
  const rows = cases.flatMap(({ id, labels: scores }) =>
    scores.flatMap(({ slices = [] }, n) =>
      slices
        .filter((slice) => !Number.isNaN(slice.dice))
        .map(({ slice, dice, counts: { tp, fp, fn } }): Cell[] => [
          id,
          labels[n].name,
          slice + 1,
          dice,
          tp,
          fp,
          fn,
        ]),
    ),
  );
  return { title: "Every slice", columns, rows };
}

/** Every pair of readers on every case. */
export function agreementTable(rows: readonly AgreementRow[]): Table {
  const columns = [
    ...["Case", "Label", "First", "Second"].map((title) => ({ title })),
    ...["Dice", "Volume similarity"].map((title) => ({ title, digits: 4 })),
    ...["First voxels", "Second voxels"].map(whole),
  ];
  const cells = rows.map((row): Cell[] => [
    ...[row.case, String(row.label), row.first, row.second],
    ...[row.dice, row.volumeSimilarity, row.firstVoxels, row.secondVoxels],
  ]);
  return { title: "Agreement of readers", columns, rows: cells };
}

/** Mean ± SD and median over the cases, one row for each pair and label. */
export function agreementSummary(rows: readonly AgreementRow[]): Table {
  const keyOf = (row: AgreementRow) => [row.first, row.second, row.label].join("\u0000");
  const cells = [...new Set(rows.map(keyOf))].map((key): Cell[] => {
    const group = rows.filter((row) => keyOf(row) === key);
    const [{ first, second, label }] = group;
    const values = [group.map((row) => row.dice), group.map((row) => row.volumeSimilarity)];
    return [
      first,
      second,
      String(label),
      group.length,
      ...values.flatMap((v) => [meanSd(v), percentile(v, 50)]),
    ];
  });
  const titles = ["Dice", "Dice median", "Volume similarity", "Volume similarity median"];
  const names = ["First", "Second", "Label"].map((title) => ({ title }));
  const columns = [...names, whole("Cases"), ...titles.map((title) => ({ title }))];
  return { title: "Agreement over cases (mean ± SD)", columns, rows: cells };
}

function meanSd(values: readonly number[]): Cell {
  const { mean, sd } = summarise(values);
  return { mean, sd };
}
