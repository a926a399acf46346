/** Paper 1's Table 4 (the classifier on each set), Fig. 5 (ROC with readers' points), and calibration. */
import { auc } from "../../../statistics/diagnostic/auc.js";
import { binaryMeasures, binaryReport, countDecisions } from "../../../statistics/diagnostic/binary.js";
import { calibration } from "../../../statistics/diagnostic/calibration.js";
import { rocCurve } from "../../../statistics/diagnostic/roc.js";
import { analyseReaderStudy } from "../../../statistics/reader-study/analyse.js";
import { formatCell, type Cell, type Table } from "../../table.js";
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
  const measures = Object.values(binaryMeasures).map(({ title }) => title);
  const notes = new Set<string>();
  const rows = scored.map(({ name, set, truth, probability, threshold }): Cell[] => {
    const decision = probability.map((value) => Number(value >= threshold));
    const report = Object.values(binaryReport(countDecisions(truth, decision)));
    const area = auc(truth, probability);
    const { brier, ece } = calibration(truth, probability);
    const estimates = [area, ...report, brier, ece];
    for (const one of estimates)
      if (one.value === null) notes.add(`${one.name}, ${sets[set].title}: ${one.note}.`);
    return [`${name}, ${sets[set].title}`, area.n, ...estimates];
  });
  const thresholds = classifications.map(
    ({ name, threshold, positive, negative }) =>
      `${name}: ${positive} (against ${negative}) from ${threshold} on`,
  );
  const titles = ["Classifier and set", "n", "AUC", ...measures, "Cohen’s κ", "Brier score", "ECE"];
  return {
    title: "Classification",
    columns: titles.map((title) => (title === "n" ? { title, digits: 0 } : { title })),
    rows,
    notes: [
      `95 % intervals: AUC DeLong; shares Clopper–Pearson; κ large-sample; Brier score and expected calibration error (ECE) bootstrap. Thresholds: ${thresholds.join("; ")}.`,
      ...notes,
    ],
  };
}

async function rocFigure({ readings }: StudyData, scored: readonly Scored[]) {
  const curves = scored.map(({ name, set, truth, probability }) => {
    const area = formatCell({ ...auc(truth, probability), digits: 3 });
    return { name: `${name}, ${sets[set].title}: ${area}`, curve: rocCurve(truth, probability) };
  });
  const { operatingPoints } = analyseReaderStudy(readings.filter(({ reader }) => reader !== modelReader));
  const readers = operatingPoints.flatMap(({ reader, arm, sensitivity, specificity }): ReaderPoint[] =>
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
