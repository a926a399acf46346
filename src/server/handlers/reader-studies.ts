/** Reader studies: the administrator's side. */
import { MarrowError } from "../../base/errors.js";
import type { readerStudyRoutes } from "../../reading/contract/index.js";
import { checkProtocol } from "../../reading/reader-studies/check-protocol.js";
import { scheduleOf } from "../../reading/reader-studies/schedule.js";
import { copyShownMasks } from "../../reading/reader-studies/shown-masks.js";
import { lockStudy } from "../lock-study.js";
import type { Room } from "../room.js";
import { readingHandlers } from "./readings.js";
import type { Handlers } from "./types.js";

export const readerStudyHandlers: Handlers<keyof typeof readerStudyRoutes> = {
  ...readingHandlers,
  readerStudies: ({ room: { readerStudies } }) => ({
    studies: readerStudies.all().map((study) => readerStudies.entry(study)),
  }),
  createReaderStudy: async ({ room, user, body, address }) => {
    const { desk, readerStudies: studies, accounts } = room;
    await checkProtocol(body, { desk, studies, account: (name) => accounts.find(name) });
    await copyShownMasks(desk, body);
    const study = studies.insert(body, scheduleOf(body), user.name);
    for (const reader of body.readers) closeDrawing(room, reader, body.cases);
    room.audit.note({
      user: user.name,
      address,
      action: "create-reader-study",
      subject: body.name,
      details: body,
    });
    return studies.entry(study);
  },
  lockReaderStudy: async ({ room, user, params, body, address }) => {
    const { readerStudies } = room;
    const study = readerStudies.study(params.id);
    if (study.state === "locked") throw new MarrowError("READER_STUDY_LOCKED");
    if (!readerStudies.isFinished(study.id) && body.unfinished !== "drop")
      throw new MarrowError("READER_STUDY_UNFINISHED");
    await lockStudy(room, study, { user: user.name, address });
    return readerStudies.entry(readerStudies.study(study.id));
  },
};

/** Masks of these cases that a participant still has open elsewhere are drawn on no more. */
function closeDrawing({ desk }: Room, reader: string, cases: readonly string[]): void {
  for (const id of cases)
    desk.store.run("UPDATE drawing_sessions SET closed = 1 WHERE user = ? AND case_id = ?", reader, id);
}
