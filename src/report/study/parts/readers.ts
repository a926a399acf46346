/** Paper 1's Table 3 (model, readers, assisted readers: segmentation) and Table 5 (diagnosis), and all that a reader study gives. */
import { analyseReaderStudy, type ReaderStudy } from "../../../statistics/reader-study/analyse.js";
import { binaryMeasures, type BinaryMeasure } from "../../../statistics/diagnostic/binary.js";
import { readerStudyTables } from "../../reader-study-tables.js";
import type { Cell, Table } from "../../table.js";
import { detailBlock, figureBlock, missingBlock, tableBlock, type Block } from "../blocks.js";
import { boxPlot } from "../charts/box-plot.js";
import { modelReader, readingsFile } from "../readings.js";
import type { StudyData } from "../study-data.js";

export async function readers(data: StudyData): Promise<Block[]> {
  const { readings, folder } = data;
  if (!readings.some(({ reader }) => reader !== modelReader))
    return [
      missingBlock(
        `Readers (Tables 3 and 5): there is no ${readingsFile}.`,
        `one reading a row: reader, case, arm and what was recorded; see docs/reference/report.md. Masks: ${folder}/derivatives/annotations/READER-ARM`,
      ),
    ];
  const study = analyseReaderStudy(readings, { model: modelReader });
  const tables = [segmentationTable(study), diagnosisTable(study)].filter(({ rows }) => rows.length > 0);
  const details = readerStudyTables(study).filter(({ title }) => !shownAbove.includes(title));
  return [
    ...tables.map((table) => tableBlock(`readers-${table.title.split(" ")[0].toLowerCase()}`, table)),
    ...(await boxes(data)),
    ...details.map((table) => detailBlock(`readers-${slug(table.title)}`, table)),
  ];
}

/** Tables of the reader study whose numbers the papers' tables hold already. */
const shownAbove = ["Segmentation", "Diagnosis"];

const slug = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

/** One row for each reader and arm. */
export function segmentationTable({ segmentation, segmentationTests }: ReaderStudy): Table {
  const series = unique(segmentation);
  const rows = series.map(({ reader, arm }): Cell[] => {
    const of = (measure: "dice" | "precision" | "recall") =>
      segmentation.find((row) => row.reader === reader && row.arm === arm && row.measure === measure);
    const dice = of("dice");
    return [
      ...[reader, arm, dice?.mean.n ?? 0],
      { mean: dice?.mean.value ?? NaN, sd: dice?.sd ?? NaN },
      ...(["dice", "precision", "recall"] as const).map((measure) => of(measure)?.mean ?? NaN),
      ...comparisons(segmentationTests, "Dice", reader, arm),
    ];
  });
  const titles = ["Reader", "Arm", "n", "Dice, mean ± SD", "Dice (95 % CI)", "Precision (95 % CI)"];
  return {
    title: "Segmentation by the model and by readers without and with it",
    columns: columnsOf([...titles, "Recall (95 % CI)", "p against the model", "p against the other arm"]),
    rows,
    notes: [
      "n: readings with a value. Intervals: percentile bootstrap of patients, 10 000 resamples. p: Wilcoxon signed rank tests of Dice, paired by patient, not corrected (corrected ones below).",
    ],
  };
}

/** One row for each reader and arm, the model's decisions included. */
export function diagnosisTable({ diagnosis, diagnosisTests }: ReaderStudy): Table {
  const measures = Object.keys(binaryMeasures) as BinaryMeasure[];
  const rows = diagnosis.map(({ reader, arm, report }): Cell[] => [
    ...[reader, arm, report.accuracy.n],
    ...measures.map((measure) => report[measure]),
    report.kappa,
    comparisons(diagnosisTests, "Accuracy", reader, arm)[1],
  ]);
  const titles = ["Reader", "Arm", "n", ...measures.map((measure) => binaryMeasures[measure].title)];
  return {
    title: "Diagnosis by readers without and with the model",
    columns: columnsOf([...titles, "Cohen’s κ", "p against the other arm"]),
    rows,
    notes: [
      "95 % intervals: Clopper–Pearson; of κ: large-sample. p: McNemar's exact test of being right, the same cases in both arms.",
    ],
  };
}

const columnsOf = (titles: readonly string[]) =>
  titles.map((title) => (title === "n" ? { title, digits: 0 } : { title }));

function unique(rows: ReaderStudy["segmentation"]): { reader: string; arm: string }[] {
  const keys = new Map(rows.map(({ reader, arm }) => [`${reader}\u0000${arm}`, { reader, arm }]));
  return [...keys.values()];
}

/** p against the model, and against the same reader's first arm. */
function comparisons(
  tests: ReaderStudy["segmentationTests"],
  measure: string,
  reader: string,
  arm: string,
): [Cell, Cell] {
  const title = `${reader} (${arm})`;
  const own = tests.filter(({ name }) => name.startsWith(`${measure}: `) && name.endsWith(title));
  const withModel = own.find(({ name }) => name.startsWith(`${measure}: ${modelReader} (`));
  const withArm = own.find(({ name }) => name.startsWith(`${measure}: ${reader} (`));
  return [withModel ? { p: withModel.p } : "", withArm ? { p: withArm.p } : ""];
}

async function boxes({ readings }: StudyData): Promise<Block[]> {
  const groups = new Map<string, number[]>();
  for (const { reader, arm, dice = NaN } of readings) {
    const name = `${reader} (${arm})`;
    groups.set(name, [...(groups.get(name) ?? []), dice]);
  }
  const shown = [...groups]
    .map(([name, values]) => ({ name, values: values.filter(Number.isFinite) }))
    .filter(({ values }) => values.length > 0);
  if (shown.length === 0) return [];
  const caption =
    `Dice of the model and of readers without and with it, n = ${Math.max(...shown.map(({ values }) => values.length))} readings each at most. ` +
    "Boxes: quartiles and median; whiskers: to the farthest value within 1.5 box lengths; dots: readings.";
  return [
    figureBlock(
      await boxPlot({ name: "dice-readers", title: "Dice of model and readers", caption }, shown, "Dice"),
    ),
  ];
}
