/** Readings of a reader study: a table, completed from the readers' masks and the chosen network's scores. */
import { join } from "node:path";
import { countLabels, type Counts } from "../../statistics/confusion.js";
import type { Reading } from "../../statistics/reader-study/readings.js";
import { readDelimited } from "../../study/delimited.js";
import { exists, filesBelow } from "../../study/files.js";
import { isImageFile, places } from "../../study/names.js";
import type { Case, Study } from "../../study/types.js";
import { readMask } from "../../volume/nifti.js";
import { maskId } from "../mask-files.js";
import { readingsOf } from "../statistics/reader-study.js";
import type { Scores } from "./runs.js";
import { measureOf, meanLabel, shownLabels } from "./scores.js";

/** Reader under which a network's own results stand. */
export const modelReader = "model";

/** One reader's masks in one arm, compared with the reference. */
export interface ReaderScores extends Scores {
  readonly reader: string;
  readonly arm: string;
}

export const readingsFile = join("derivatives", "marrow", "reader-study", "readings.tsv");

/** The table of readings; none where the study has no such file. Throws TABLE_INVALID. */
export async function readReadings(study: Study): Promise<Reading[]> {
  const file = join(study.dir, readingsFile);
  return (await exists(file)) ? readingsOf(await readDelimited(file), file) : [];
}

/**
 * Compares each reader's masks with the reference. Masks of an arm lie in `derivatives/annotations/<reader>-<arm>`, or, of a
 * reader with masks in one arm alone, in `<reader>`. A reader without a table of readings is named by the folder alone,
 * in `folders`. Throws GRID_MISMATCH and as `readMask` does.
 */
export async function scoreReaders(study: Study, readings: readonly Reading[]): Promise<ReaderScores[]> {
  const arms = new Map(readings.map(({ reader, arm }) => [`${reader}\u0000${arm}`, { reader, arm }]));
  const scored: ReaderScores[] = [];
  for (const { reader, arm } of arms.values()) {
    const masks = await masksOf(study, [`${reader}-${arm}`, reader]);
    if (masks.size > 0) scored.push({ reader, arm, ...(await scoreMasks(study, masks)) });
  }
  return scored;
}

/** Masks by case id in the first of these folders of annotations that exists. */
async function masksOf({ dir }: Study, names: readonly string[]): Promise<Map<string, string>> {
  for (const name of names) {
    const files = (await filesBelow(join(dir, places.annotations, name))).filter(isImageFile);
    if (files.length > 0) return new Map(files.map((file) => [maskId(file), file]));
  }
  return new Map();
}

/** Masks of cases compared with the reference. Throws GRID_MISMATCH and as `readMask` does. */
export async function scoreMasks(
  { cases, config }: Study,
  masks: ReadonlyMap<string, string>,
): Promise<Scores> {
  const scored = [];
  for (const one of cases) {
    const file = masks.get(one.id);
    if (file !== undefined && one.mask !== undefined)
      scored.push({ id: one.id, counts: await countsOf(file, one.mask, config.labels) });
  }
  return { labels: config.labels.map(({ name }) => name), cases: scored };
}

async function countsOf(
  file: string,
  reference: string,
  labels: Study["config"]["labels"],
): Promise<Counts[]> {
  const values = labels.map(({ value }) => value);
  return countLabels(await readMask(file), await readMask(reference), values);
}

/** Readings with Dice, precision and recall (mean of labels) filled in from masks where the table has none. */
export function completeReadings(
  readings: readonly Reading[],
  masks: readonly ReaderScores[],
  study: Study,
): Reading[] {
  return readings.map((reading) => {
    const own = masks.find(({ reader, arm }) => reader === reading.reader && arm === reading.arm);
    const { subject: patient } = caseOf(study, reading.case) ?? {};
    const scored = own?.cases.find(({ id }) => id === reading.case);
    return {
      ...(patient === undefined ? {} : { patient }),
      ...(own && scored ? measuresOf(own, scored) : {}),
      ...reading,
    };
  });
}

/** The network's own readings of the cases that readers read. */
export function modelReadings(scores: Scores, readings: readonly Reading[], study: Study): Reading[] {
  const read = new Set(readings.map((reading) => reading.case));
  return scores.cases
    .filter(({ id }) => read.has(id))
    .map((one) => ({
      ...{ reader: modelReader, case: one.id, arm: "alone" },
      patient: caseOf(study, one.id)?.subject ?? one.id,
      ...measuresOf(scores, one),
    }));
}

const caseOf = ({ cases }: Study, id: string): Case | undefined => cases.find((one) => one.id === id);

function measuresOf(scores: Scores, one: Scores["cases"][number]) {
  const label = shownLabels(scores).at(-1) ?? meanLabel;
  const of = (measure: "dice" | "precision" | "recall") => measureOf(one, scores.labels, label, measure);
  return { dice: of("dice"), precision: of("precision"), recall: of("recall") };
}
