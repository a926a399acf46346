/** Paper 1's Table 3 (model, readers, assisted readers: segmentation) and Table 5 (diagnosis), and all that a reader study gives. */
import { analyseReaderStudy, type ReaderStudy } from "../../../statistics/reader-study/analyse.js";
import { binaryMeasures, type BinaryMeasure } from "../../../statistics/diagnostic/binary.js";
import type { DiagnosisRow } from "../../../statistics/reader-study/diagnosis.js";
import type { SegmentationMeasure } from "../../../statistics/reader-study/segmentation.js";
import type { TestResult } from "../../../statistics/result.js";
import { readerColumns, readerStudyTables } from "../../reader-study-tables.js";
import { meanSd, pValue, tableOf, value, whole } from "../../table/columns.js";
import type { Table } from "../../table.js";
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
  const rows = unique(segmentation).map(({ reader, arm }) => {
    const own = segmentation.filter((row) => row.reader === reader && row.arm === arm);
    const of = (measure: SegmentationMeasure) => own.find((row) => row.measure === measure);
    return { reader, arm, of, tests: comparisons(segmentationTests, "Dice", reader, arm) };
  });
  return tableOf(
    "Segmentation by the model and by readers without and with it",
    rows,
    [
      ...readerColumns(),
      whole("n", ({ of }) => of("dice")?.mean.n ?? 0),
      meanSd("Dice, mean ± SD", ({ of }) => ({
        mean: of("dice")?.mean.value ?? NaN,
        sd: of("dice")?.sd ?? NaN,
      })),
      value("Dice (95 % CI)", ({ of }) => of("dice")?.mean ?? null),
      value("Precision (95 % CI)", ({ of }) => of("precision")?.mean ?? null),
      value("Recall (95 % CI)", ({ of }) => of("recall")?.mean ?? null),
      pValue("p against the model", ({ tests }) => tests.model?.p),
      pValue("p against the other arm", ({ tests }) => tests.arm?.p),
    ],
    [
      "n: readings with a value. Intervals: percentile bootstrap of patients, 10 000 resamples. p: Wilcoxon signed rank tests of Dice, paired by patient, not corrected (corrected ones below).",
    ],
  );
}

/** One row for each reader and arm, the model's decisions included. */
export function diagnosisTable({ diagnosis, diagnosisTests }: ReaderStudy): Table {
  const measures = Object.keys(binaryMeasures) as BinaryMeasure[];
  return tableOf(
    "Diagnosis by readers without and with the model",
    diagnosis,
    [
      ...readerColumns(),
      whole("n", ({ report }) => report.accuracy.n),
      ...measures.map((measure) =>
        value<DiagnosisRow>(binaryMeasures[measure].title, ({ report }) => report[measure]),
      ),
      value("Cohen’s κ", ({ report }) => report.kappa),
      pValue(
        "p against the other arm",
        ({ reader, arm }) => comparisons(diagnosisTests, "Accuracy", reader, arm).arm?.p,
      ),
    ],
    [
      "95 % intervals: Clopper–Pearson; of κ: large-sample. p: McNemar's exact test of being right, the same cases in both arms.",
    ],
  );
}

function unique(rows: ReaderStudy["segmentation"]): { reader: string; arm: string }[] {
  const keys = new Map(rows.map(({ reader, arm }) => [`${reader}\u0000${arm}`, { reader, arm }]));
  return [...keys.values()];
}

/** Tests against the model, and against the same reader's first arm; undefined where there is none. */
function comparisons(tests: readonly TestResult[], measure: string, reader: string, arm: string) {
  const own = tests.filter(
    ({ name }) => name.startsWith(`${measure}: `) && name.endsWith(`${reader} (${arm})`),
  );
  const against = (other: string) => own.find(({ name }) => name.startsWith(`${measure}: ${other} (`));
  return { model: against(modelReader), arm: against(reader) };
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
