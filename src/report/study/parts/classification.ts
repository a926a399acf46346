/** Paper 1's Table 4 (the classifier on each set), Fig. 5 (ROC with readers' points), and calibration. */
import { auc } from "../../../statistics/diagnostic/auc.js";
import { binaryMeasures, binaryReport, countDecisions } from "../../../statistics/diagnostic/binary.js";
import { calibration } from "../../../statistics/diagnostic/calibration.js";
import { rocCurve } from "../../../statistics/diagnostic/roc.js";
import { diagnosisRows, operatingPoints } from "../../../statistics/reader-study/diagnosis.js";
import { seriesOf } from "../../../statistics/reader-study/readings.js";
import type { Estimate } from "../../../statistics/result.js";
import { tableOf, text, value, whole } from "../../table/columns.js";
import { formatCell, type Table } from "../../table.js";
import { figureBlock, missingBlock, tableBlock, type Block } from "../blocks.js";
import { rocChart, type ReaderPoint } from "../charts/roc-chart.js";
import { classificationFolder, type Classification } from "../classification.js";
import { modelReader } from "../readings.js";
import { setNames, sets, type SetName } from "../sets.js";
import type { StudyData } from "../study-data.js";

interface Scored {
  readonly name: string;
  readonly set: SetName;
  readonly truth: readonly number[];
  readonly probability: readonly number[];
  readonly threshold: number;
}

export async function classification(data: StudyData): Promise<Block[]> {
  const { classifications, folder } = data;
  if (classifications.length === 0)
    return [
      missingBlock(
        `Classification (Table 4): there is no ${classificationFolder}/*/classification.json.`,
        `marrow classify ${folder}`,
      ),
    ];
  const scored = classifications.flatMap(scoredSets);
  return [
    tableBlock("classification", classificationTable(scored, classifications)),
    figureBlock(await rocFigure(data, scored)),
  ];
}

/** Cases of each set with a truth. */
function scoredSets({ name, threshold, cases }: Classification): Scored[] {
  return setNames.flatMap((set) => {
    const own = cases.filter((one) => one.set === set);
    if (own.length === 0) return [];
    const truth = own.map((one) => one.truth ?? NaN);
    return [{ name, set, threshold, truth, probability: own.map((one) => one.probability) }];
  });
}

/** One row for each classifier and set. */
export function classificationTable(
  scored: readonly Scored[],
  classifications: readonly Classification[],
): Table {
  const rows = scored.map((one) => ({ name: nameOf(one), estimates: estimatesOf(one) }));
  const thresholds = classifications.map(
    ({ name, threshold, positive, negative }) =>
      `${name}: ${positive} (against ${negative}) from ${threshold} on`,
  );
  const absent = rows.flatMap(({ name, estimates }) =>
    estimates.flatMap((one) => (one.value === null ? [`${one.name}, ${name}: ${one.note}.`] : [])),
  );
  return tableOf(
    "Classification",
    rows,
    [
      text("Classifier and set", ({ name }) => name),
      whole("n", ({ estimates: [area] }) => area.n),
      ...titles.map((title, n) => value<Row>(title, ({ estimates }) => estimates[n])),
    ],
    [
      `95 % intervals: AUC DeLong; shares Clopper–Pearson; κ large-sample; Brier score and expected calibration error (ECE) bootstrap. Thresholds: ${thresholds.join("; ")}.`,
      ...new Set(absent),
    ],
  );
}

interface Row {
  readonly name: string;
  /** In the order of `titles`. */
  readonly estimates: readonly Estimate[];
}

const shares = Object.values(binaryMeasures).map(({ title }) => title);
const titles = ["AUC", ...shares, "Cohen’s κ", "Brier score", "ECE"];

function estimatesOf({ truth, probability, threshold }: Scored): Estimate[] {
  const decision = probability.map((one) => Number(one >= threshold));
  const { brier, ece } = calibration(truth, probability);
  const report: Estimate[] = Object.values(binaryReport(countDecisions(truth, decision)));
  return [auc(truth, probability), ...report, brier, ece];
}

const nameOf = ({ name, set }: Scored) => `${name}, ${sets[set].title}`;

async function rocFigure({ readings }: StudyData, scored: readonly Scored[]) {
  const curves = scored.map((one) => ({
    name: `${nameOf(one)}: ${formatCell(auc(one.truth, one.probability))}`,
    curve: rocCurve(one.truth, one.probability),
  }));
  const ofReaders = seriesOf(readings.filter(({ reader }) => reader !== modelReader));
  const readers = operatingPoints(diagnosisRows(ofReaders, {})).flatMap(
    ({ reader, arm, sensitivity, specificity }): ReaderPoint[] =>
      sensitivity.value === null || specificity.value === null
        ? []
        : [{ reader, arm, sensitivity: sensitivity.value, specificity: specificity.value }],
  );
  const n = scored.map(({ set, truth }) => `${sets[set].title} n = ${truth.filter(Number.isFinite).length}`);
  const caption =
    `ROC curves of the classifier (${n.join("; ")}), AUC with DeLong's 95 % interval` +
    `${readers.length > 0 ? "; points: readers without and with the model" : ""}. Dashed: chance.`;
  return rocChart({ name: "roc", title: "ROC curves", caption }, curves, readers);
}
