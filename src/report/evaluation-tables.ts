/** What `marrow evaluate` and `marrow agreement` show, as tables. */
import type { AgreementRow } from "../statistics/agreement.js";
import type { CaseScore, Evaluation, NamedLabel, SummaryRow } from "../statistics/evaluation.js";
import { metricTitles, surfaceMetrics, type MetricName } from "../statistics/metrics.js";
import type { LabelScore } from "../statistics/score.js";
import { patientOf } from "../statistics/patient-of.js";
import { summarise, type Summary } from "../statistics/summary.js";
import { percentile } from "../volume/intensity.js";
import { meanSd, number, tableOf, text, value, whole } from "./table/columns.js";
import type { Table } from "./table.js";

/** Millimetres are shown with two digits, shares with three; CSV has them all. */
const digitsOf = (metric: MetricName) =>
  metric === "hausdorff95" || metric === "averageSurfaceDistance" ? 2 : 3;

interface Scored {
  readonly one: CaseScore;
  readonly label: NamedLabel;
  readonly score: LabelScore;
}

const scoredLabels = ({ cases, labels }: Evaluation): Scored[] =>
  cases.flatMap((one) => one.labels.map((score, n) => ({ one, score, label: labels[n] })));

/** One row for each case and label, with the voxel counts. */
export function caseTable(evaluation: Evaluation): Table {
  const { cases, metrics } = evaluation;
  return tableOf(
    "Every case",
    scoredLabels(evaluation),
    [
      text("Case", ({ one }) => one.id),
      cases.some(({ fold }) => fold !== undefined) && text("Fold", ({ one }) => String(one.fold ?? "")),
      text("Label", ({ label }) => label.name),
      ...metrics.map((metric) =>
        number<Scored>(
          metricTitles[metric].title,
          ({ score }) => score.metrics[metric] ?? null,
          digitsOf(metric),
        ),
      ),
      whole("TP", ({ score }) => score.counts.tp),
      whole("FP", ({ score }) => score.counts.fp),
      whole("FN", ({ score }) => score.counts.fn),
      whole("TN", ({ score }) => score.counts.tn),
    ],
    ["Counts are voxels. –: in neither mask. ∞: in one mask alone."],
  );
}

/** Mean ± SD of each measure: a row for each label, and for the mean over labels. */
export function labelTable(evaluation: Evaluation): Table {
  return summaryTable("Mean ± SD over all cases", evaluation, ["all"]);
}

/** The same for each fold; undefined where the cases have none. */
export function foldTable(evaluation: Evaluation): Table | undefined {
  const groups = new Set(evaluation.summaries.map(({ group }) => group));
  groups.delete("all");
  return groups.size === 0 ? undefined : summaryTable("Mean ± SD of each fold", evaluation, [...groups]);
}

interface Summarised {
  readonly group: string;
  readonly label: string;
  readonly size: number;
  readonly of: (metric: MetricName) => Summary | undefined;
}

function summaryTable(title: string, evaluation: Evaluation, groups: readonly string[]): Table {
  const { metrics, summaries, cases } = evaluation;
  const byFold = groups[0] !== "all";
  const rows = groups.flatMap((group): Summarised[] => {
    const own = summaries.filter((row) => row.group === group);
    const size = byFold ? cases.filter(({ fold }) => String(fold) === group).length : cases.length;
    return [...new Set(own.map((row) => row.label))].map((label) => ({
      ...{ group, label, size },
      of: (metric) => own.find((row) => row.label === label && row.metric === metric)?.summary,
    }));
  });
  return tableOf(
    title,
    rows,
    [
      byFold && text("Fold", ({ group }) => group),
      text("Label", ({ label }) => label),
      whole("Cases", ({ size }) => size),
      ...metrics.map((metric) =>
        meanSd<Summarised>(metricTitles[metric].title, ({ of }) => meanOf(of(metric)), digitsOf(metric)),
      ),
    ],
    leftOut(summaries, groups),
  );
}

const meanOf = (summary: Summary | undefined) =>
  summary === undefined ? null : { mean: summary.mean, sd: summary.sd };

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
export const intervalTable = ({ summaries }: Evaluation): Table =>
  tableOf(
    "Intervals",
    summaries,
    [
      text("Group", ({ group }) => group),
      text("Label", ({ label }) => label),
      text("Measure", ({ metric }) => metricTitles[metric].title),
      whole("n", ({ summary }) => summary.n),
      number("Mean", ({ summary }) => summary.mean),
      number("SD", ({ summary }) => summary.sd),
      number("95 % low", ({ summary }) => summary.low),
      number("95 % high", ({ summary }) => summary.high),
      number("Minimum", ({ summary }) => summary.minimum),
      number("Maximum", ({ summary }) => summary.maximum),
      whole("In neither mask", ({ summary }) => summary.undefined),
      whole("In one mask alone", ({ summary }) => summary.infinite),
    ],
    [
      "Intervals of the mean: percentile bootstrap, 10 000 resamples of patients (with all their cases and slices), seed 1.",
    ],
  );

/** One row for each slice that holds a label; undefined without `slices`. Slices are numbered from 1. */
export function sliceTable(evaluation: Evaluation): Table | undefined {
  if (!evaluation.metrics.includes("sliceDice")) return undefined;
  const slices = scoredLabels(evaluation).flatMap(({ one, label, score }) =>
    (score.slices ?? []).map((slice) => ({ ...slice, id: one.id, label: label.name })),
  );
  const shown = slices.filter(({ dice }) => !Number.isNaN(dice));
  return tableOf("Every slice", shown, [
    text("Case", ({ id }) => id),
    text("Label", ({ label }) => label),
    whole("Slice", ({ slice }) => slice + 1),
    number("2-D Dice", ({ dice }) => dice),
    whole("TP", ({ counts }) => counts.tp),
    whole("FP", ({ counts }) => counts.fp),
    whole("FN", ({ counts }) => counts.fn),
  ]);
}

/** Every pair of readers on every case. */
export const agreementTable = (rows: readonly AgreementRow[]): Table =>
  tableOf("Agreement of readers", rows, [
    text("Case", (row) => row.case),
    text("Label", ({ label }) => String(label)),
    text("First", ({ first }) => first),
    text("Second", ({ second }) => second),
    number("Dice", ({ dice }) => dice, 4),
    number("Volume similarity", ({ volumeSimilarity }) => volumeSimilarity, 4),
    whole("First voxels", ({ firstVoxels }) => firstVoxels),
    whole("Second voxels", ({ secondVoxels }) => secondVoxels),
  ]);

interface PairSummary {
  readonly rows: readonly AgreementRow[];
  readonly dice: Summary;
  readonly volumeSimilarity: Summary;
}

/** Mean ± SD, interval of the mean and median over the cases, one row for each pair and label. */
export function agreementSummary(rows: readonly AgreementRow[]): Table {
  const keyOf = (row: AgreementRow) => [row.first, row.second, row.label].join("\u0000");
  const pairs = [...new Set(rows.map(keyOf))].map((key): PairSummary => {
    const own = rows.filter((row) => keyOf(row) === key);
    const of = (measure: "dice" | "volumeSimilarity") =>
      summarise(
        own.map((row) => row[measure]),
        own.map((row) => patientOf(row.case)),
      );
    return { rows: own, dice: of("dice"), volumeSimilarity: of("volumeSimilarity") };
  });
  const columnsOf = (title: string, measure: "dice" | "volumeSimilarity") => [
    meanSd<PairSummary>(title, (pair) => meanOf(pair[measure])),
    value<PairSummary>(`${title}, mean (95 % CI)`, (pair) => intervalOf(pair[measure])),
    number<PairSummary>(`${title} median`, (pair) =>
      percentile(
        pair.rows.map((row) => row[measure]),
        50,
      ),
    ),
  ];
  return tableOf(
    "Agreement over cases (mean ± SD)",
    pairs,
    [
      text("First", ({ rows: [{ first }] }) => first),
      text("Second", ({ rows: [{ second }] }) => second),
      text("Label", ({ rows: [{ label }] }) => String(label)),
      whole("Cases", (pair) => pair.rows.length),
      ...columnsOf("Dice", "dice"),
      ...columnsOf("Volume similarity", "volumeSimilarity"),
    ],
    ["Intervals of the mean: percentile bootstrap of patients, 10 000 resamples, seed 1."],
  );
}

const intervalOf = ({ mean, low, high }: Summary) => ({ value: mean, low, high });
