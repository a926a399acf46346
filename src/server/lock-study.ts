/** The end of a reader study: its tables, and what was not finished out of the way. */
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { readerMaskFile, readingPlaces } from "../reading/places.js";
import { exportStudy } from "../reading/reader-studies/export.js";
import { armFolder, type ReaderStudy } from "../reading/reader-studies/reader-studies.js";
import { writeScores } from "../reading/scoring/score-files.js";
import type { Room } from "./room.js";

/** Locks a study once its tables are written; its cases are shown to its readers again. Throws FILE_UNWRITABLE, DISK_FULL. */
export async function lockStudy(
  room: Room,
  study: ReaderStudy,
  by: { readonly user: string; readonly address: string },
): Promise<void> {
  const { readerStudies, desk, scores, audit } = room;
  const locked = new Date(readerStudies.clock.now()).toISOString();
  await setUnfinishedAside(room, study);
  const readings = readerStudies.readings(study.id);
  const files = await exportStudy(desk.dir, { ...study, state: "locked", locked }, readings);
  readerStudies.lock(study.id);
  const { scoring } = study.protocol.tasks;
  if (scoring) {
    const template = await room.templates.of(scoring.template);
    await writeScores(desk.dir, template, await scores.finished(template.name));
  }
  const details = { files: files.length };
  audit.note({ ...by, action: "lock-reader-study", subject: study.protocol.name, details });
}

/** Masks of readings that were not finished must not be taken for readings: they are kept beside what agreements replace. */
async function setUnfinishedAside({ readerStudies, masks, desk }: Room, study: ReaderStudy): Promise<void> {
  for (const { state, case_id, reader, arm } of readerStudies.readings(study.id)) {
    const key = { case: case_id, reader: armFolder(reader, arm) };
    if (state !== "open" || !masks.wasOpened(key)) continue;
    desk.store.run(
      "UPDATE drawing_sessions SET closed = 1 WHERE case_id = ? AND reader = ?",
      key.case,
      key.reader,
    );
    await masks.fold(key);
    const file = readerMaskFile(desk.dir, key.case, key.reader);
    if (!existsSync(file)) continue;
    const kept = join(desk.dir, readingPlaces.replaced, key.reader, basename(file));
    await mkdir(dirname(kept), { recursive: true });
    await rename(file, kept);
  }
}
