/** A reading as it is opened: what its protocol shows, and the mask that is drawn on. */
import { lesionLabels } from "../quantify/scene.js";
import type { OpenReading } from "../reading/contract/index.js";
import { armFolder, type ReaderStudy, type ReadingRow } from "../reading/reader-studies/reader-studies.js";
import { shownMask } from "../reading/reader-studies/shown-masks.js";
import { readClassifications } from "../report/study/classification.js";
import { labelsOf } from "./label-colours.js";
import type { Room } from "./room.js";

const armOf = ({ protocol }: ReaderStudy, { arm }: ReadingRow) =>
  protocol.arms.find(({ name }) => name === arm);
const isAssisted = (study: ReaderStudy, reading: ReadingRow) => armOf(study, reading)?.assisted === true;
export const maskKey = ({ case_id, reader, arm }: ReadingRow) => ({
  case: case_id,
  reader: armFolder(reader, arm),
});

/** What may be seen in a reading besides the images. */
export function layersOf(study: ReaderStudy, reading: ReadingRow): OpenReading["layers"] {
  const { tasks, model } = study.protocol;
  if (tasks.feedback) return ["model", "reference"];
  const shown = isAssisted(study, reading) && model !== null ? (["model"] as const) : [];
  return [...(tasks.segmentation ? (["own"] as const) : []), ...shown];
}

/** What the reader is shown, with the mask open for drawing. */
export async function openingOf(room: Room, study: ReaderStudy, reading: ReadingRow): Promise<OpenReading> {
  const { config } = await room.desk.study();
  const { title, instructions, tasks, cases, arms } = study.protocol;
  const { diagnosis, scoring, segmentation, feedback } = tasks;
  const opened = segmentation ? await openMask(room, study, reading) : undefined;
  return {
    ...{ id: reading.id, title, instructions, number: reading.position, of: cases.length * arms.length },
    isAssisted: isAssisted(study, reading),
    tasks: {
      segmentation,
      feedback: feedback ? lesionLabels(config.labels).map(({ name }) => name) : [],
      diagnosis: diagnosis && { question: diagnosis.question },
      scoring: scoring && {
        template: await room.templates.of(scoring.template),
        suggestions: scoring.suggestions && layersOf(study, reading).includes("model"),
      },
    },
    ...{ channels: config.channels, labels: labelsOf(config.labels), layers: layersOf(study, reading) },
    probability: await probabilityOf(room, study, reading),
    seconds: room.readingTime.milliseconds(reading.id) / 1000,
    ...{ token: opened?.token ?? null, version: opened?.version ?? 0 },
  };
}

/** Readings whose first mask is being made: a second request at the same time must not make it again. */
const starting = new Set<string>();

/** In an assisted arm a reader begins with the model's mask and corrects it. */
async function openMask(room: Room, study: ReaderStudy, reading: ReadingRow) {
  const key = maskKey(reading);
  const isNew = !room.masks.exists(key) && !starting.has(reading.id);
  if (isNew && layersOf(study, reading).includes("model")) {
    starting.add(reading.id);
    try {
      await room.masks.start(key, await shownMask(room.desk, study.protocol.name, "model", reading.case_id));
    } finally {
      starting.delete(reading.id);
    }
  }
  return room.drawing.open(key, reading.reader);
}

async function probabilityOf(
  { desk }: Room,
  study: ReaderStudy,
  reading: ReadingRow,
): Promise<number | null> {
  const { classifier, tasks } = study.protocol;
  if (classifier === null || tasks.diagnosis === null || !isAssisted(study, reading)) return null;
  const found = (await readClassifications(desk.dir)).find(({ name }) => name === classifier);
  return found?.cases.find(({ id }) => id === reading.case_id)?.probability ?? null;
}
