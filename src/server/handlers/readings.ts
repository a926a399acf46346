/**
 * Reader studies: a reader's side. Nothing here answers with the name of a case, an arm or another reader, and whether
 * something may be seen is decided before any file is looked at, so that neither answer nor its time tells what there is.
 */
import { asMarrowError, MarrowError, type ErrorCode } from "../../base/errors.js";
import type { readerStudyRoutes } from "../../reading/contract/index.js";
import type { ReaderStudy, ReadingRow } from "../../reading/reader-studies/reader-studies.js";
import { requireWhole } from "../../reading/reader-studies/require-whole.js";
import { shownMask } from "../../reading/reader-studies/shown-masks.js";
import { lockStudy } from "../lock-study.js";
import { layersOf, maskKey, openingOf } from "../reading-opening.js";
import type { Room } from "../room.js";
import { saveSheet, suggestion } from "./scoring.js";
import type { Call, Handlers } from "./types.js";

type Names = Exclude<
  keyof typeof readerStudyRoutes,
  "readerStudies" | "createReaderStudy" | "lockReaderStudy"
>;

export const readingHandlers: Handlers<Names> = {
  myReaderStudies: ({ room, user }) => ({ studies: room.readerStudies.allOf(user.name) }),
  nextReading: async (call) => {
    const { room, user, params, address } = call;
    const reading = room.readerStudies.next(params.id, user.name);
    const details = { reading: reading.id, case: reading.case_id, arm: reading.arm };
    const study = room.readerStudies.study(params.id);
    const opened = await silently(room, () => openingOf(room, study, reading));
    room.audit.note({
      user: user.name,
      address,
      action: "open-reading",
      subject: study.protocol.name,
      details,
    });
    return opened;
  },
  readingImageMeta: async (call) => {
    const { reading } = mine(call);
    const { room, params } = call;
    return silently(room, async () => (await room.images.payload(reading.case_id, params.channel)).meta);
  },
  readingImageVoxels: async (call) => {
    const { reading } = mine(call);
    const { room, params } = call;
    const { bytes } = await silently(room, () => room.images.payload(reading.case_id, params.channel));
    return { bytes, headers: unkept };
  },
  readingMask: async (call) => {
    const { reading, study } = mine(call);
    const { room, params } = call;
    const layer = layersOf(study, reading).find((name) => name === params.layer);
    if (layer === undefined) throw new MarrowError("READING_LAYER");
    return silently(room, async () => {
      if (layer === "own") {
        const { mask, version } = await room.masks.current(maskKey(reading));
        return { bytes: mask.data, headers: { ...unkept, "x-marrow-version": String(version) } };
      }
      const { data } = await shownMask(room.desk, study.protocol.name, layer, reading.case_id);
      return { bytes: data, headers: { ...unkept, "x-marrow-version": "0" } };
    });
  },
  readingStroke: async (call) => {
    const { reading, study } = mine(call);
    const { room, user, body } = call;
    if (!study.protocol.tasks.segmentation) throw new MarrowError("READING_LAYER");
    const answer = await silently(room, () => room.drawing.stroke(reading.case_id, user.name, body));
    room.readingTime.noteStroke(reading.id);
    room.folding.note(maskKey(reading));
    return answer;
  },
  readingClock: (call) => {
    const { reading } = mine(call);
    const { event, pageMs } = call.body;
    return { seconds: call.room.readingTime.note(reading.id, event, pageMs) / 1000 };
  },
  readingScore: (call) => {
    const { reading, study } = mine(call);
    return call.room.scores.find(scoreKey(reading, study));
  },
  saveReadingScore: async (call) => {
    const { reading, study } = mine(call);
    const { room, user, body, address } = call;
    const saved = await silently(room, () => saveSheet(room, scoreKey(reading, study), body));
    const details = { reading: reading.id, version: saved.version, isDone: saved.isDone };
    room.audit.note({
      user: user.name,
      address,
      action: "save-score",
      subject: study.protocol.name,
      details,
    });
    return saved;
  },
  suggestReadingScore: async (call) => {
    const { reading, study } = mine(call);
    const { room, body } = call;
    const { template } = scoreKey(reading, study);
    const isAllowed =
      study.protocol.tasks.scoring?.suggestions === true && layersOf(study, reading).includes("model");
    if (!isAllowed)
      throw new MarrowError("SCORE_SUGGESTION", { found: "the protocol does not show them here" });
    return silently(room, async () => {
      const mask = await shownMask(room.desk, study.protocol.name, "model", reading.case_id);
      return suggestion(room, reading.case_id, await room.templates.of(template), body.sheet, mask);
    });
  },
  finishReading: async (call) => {
    const { reading, study } = mine(call);
    const { room, user, body, address } = call;
    const { config } = await room.desk.study();
    const { tasks } = study.protocol;
    const isScored = tasks.scoring !== null && (await room.scores.find(scoreKey(reading, study))).isDone;
    requireWhole(tasks, body, config.labels, isScored);
    if (study.protocol.tasks.segmentation) await silently(room, () => closeMask(room, reading));
    const ms = room.readingTime.stop(reading.id, body.pageMs);
    room.readerStudies.finish(reading, body);
    const details = { reading: reading.id, case: reading.case_id, arm: reading.arm, ms };
    room.audit.note({
      user: user.name,
      address,
      action: "finish-reading",
      subject: study.protocol.name,
      details,
    });
    if (room.readerStudies.isFinished(study.id)) await lockQuietly(room, study, { user: user.name, address });
    return room.readerStudies.mine(study.id, user.name);
  },
};

/** Bytes of a reading are not kept by the browser, and carry no mark by which two readings could be told to be of one case. */
const unkept = { "cache-control": "no-store" };

/** The caller's own open reading. Throws READING_UNKNOWN, READING_LOCKED. */
function mine<Name extends Names>({
  room,
  user,
  params,
}: Call<Name>): { reading: ReadingRow; study: ReaderStudy } {
  const reading = room.readerStudies.openReading(params.id, user.name);
  return { reading, study: room.readerStudies.study(reading.study) };
}

/** Throws READING_LAYER where the study scores nothing. */
function scoreKey({ case_id, reader, id }: ReadingRow, { protocol: { tasks } }: ReaderStudy) {
  if (!tasks.scoring) throw new MarrowError("READING_LAYER", { found: "nothing is scored in this study" });
  return { case: case_id, reader, template: tasks.scoring.template, reading: id };
}

/** Opened, looked at, nothing found: an empty mask is a reading too. No session draws on it any more. */
async function closeMask({ masks, desk }: Room, reading: ReadingRow): Promise<void> {
  const key = maskKey(reading);
  desk.store.run(
    "UPDATE drawing_sessions SET closed = 1 WHERE case_id = ? AND reader = ?",
    key.case,
    key.reader,
  );
  if (!masks.exists(key)) await masks.start(key, (await masks.current(key)).mask);
  await masks.fold(key);
}

/** The last reading counts whether or not the tables can be written now; the administrator can lock again. */
async function lockQuietly(
  room: Room,
  study: ReaderStudy,
  by: { user: string; address: string },
): Promise<void> {
  if (room.readerStudies.study(study.id).state === "locked") return;
  await lockStudy(room, study, by).catch((error: unknown) =>
    room.log(`reader study: ${asMarrowError(error).message}`),
  );
}

/** Codes that say nothing about the case; whatever else goes wrong is told as one fault without details. */
const harmless: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...([
    "DRAW_STROKE",
    "DRAW_SESSION",
    "DRAW_SEQUENCE",
    "DRAW_CONFLICT",
    "CASE_CHANNEL",
    "DISK_FULL",
  ] as const),
  ...(["SCORE_SHEET", "SCORE_CONFLICT", "SCORE_PLANE", "SCORE_SUGGESTION", "READING_INCOMPLETE"] as const),
]);

async function silently<T>(room: Room, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const known = asMarrowError(error);
    if (harmless.has(known.code)) throw error;
    room.log(`reader study: ${known.message}`);
    throw new MarrowError("READING_FAULT");
  }
}
