/** Where the reading room keeps its things, below the study folder. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { maskStem, parseBidsName, places } from "../study/names.js";

const marrow = join("derivatives", "marrow");

export const readingPlaces = {
  database: join(marrow, "reading.sqlite"),
  thumbnails: join(marrow, "thumbnails"),
  /** segmentations/<name>/<case>.nii.gz: what jobs made. */
  segmentations: join(marrow, "segmentations"),
  /** rounds/<n>/<reader>/<case>.nii.gz: frozen masks. */
  rounds: join(marrow, "rounds"),
  /** replaced/<reader>/<case>_<time>.nii.gz: masks before an agreement replaced them. */
  replaced: join(marrow, "replaced"),
  /** .incoming/<id>/: images that were sent and are not imported yet; hidden, so that nothing takes them for the study's. */
  incoming: join(marrow, ".incoming"),
  /** explanations/<run>/<case>_<method>.nii.gz: heat maps that jobs made. */
  explanations: join(marrow, "explanations"),
  /** jobs/<id>/: what a job makes before it is done, and its log. */
  jobs: join(marrow, "jobs"),
  /** Under which name server and workers meet in Redis. */
  queueName: join(marrow, "queue-name"),
  /** Version of the server that hands out tasks; workers of another one take none. */
  queueVersion: join(marrow, "queue-version"),
  /** scores/<template>.tsv and <template>/<reader>/<case>.json: finished sheets of scoring by eye. */
  scores: join(marrow, "scores"),
  /** reader-study/: tables of the reader study that was locked last, and <name>/ for each. */
  readerStudies: join(marrow, "reader-study"),
} as const;

/** Path of a reader's mask of a case: the file that is there, else where it will be. */
export function readerMaskFile(dir: string, caseId: string, reader: string): string {
  const entity = parseBidsName(`${caseId}_mask`);
  if (!entity) throw new TypeError(`no case id: ${caseId}`);
  const { subject, session } = entity;
  const stem = join(dir, maskStem(session === undefined ? { subject } : { subject, session }, reader));
  return existsSync(`${stem}.nii`) && !existsSync(`${stem}.nii.gz`) ? `${stem}.nii` : `${stem}.nii.gz`;
}

export const runsFolder = (dir: string) => join(dir, places.runs);
