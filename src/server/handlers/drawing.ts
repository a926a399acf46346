/** Drawing: open, stroke, close. */
import { MarrowError } from "../../base/errors.js";
import { mayUse, type drawingRoutes, type User } from "../../reading/contract/index.js";
import type { MaskKey } from "../../reading/reader-masks.js";
import type { Room } from "../room.js";
import type { Call, Handlers } from "./types.js";
import { maskFor, readerToDraw } from "./visibility.js";

export const drawingHandlers: Handlers<keyof typeof drawingRoutes> = {
  open: async (call) => {
    const { room, user, params, body, address } = call;
    const key = { case: params.case, reader: readerToDraw(user, body.reader) };
    await room.desk.caseOf(params.case);
    await refuseStranger(room, key.reader);
    if (body.from !== undefined) await startFrom(call, key, body.from);
    const opened = await room.drawing.open(key, user.name);
    const details = { reader: key.reader };
    room.audit.note({ user: user.name, address, action: "open-mask", subject: params.case, details });
    tellPresence(room, params.case);
    return opened;
  },
  stroke: async ({ room, user, params, body }) => {
    const key = room.drawing.keyOf(body.token, params.case, user.name);
    room.progress.refuseAgreed(params.case);
    if (user.name === key.reader) room.progress.step(key, "draw");
    const answer = await room.drawing.stroke(params.case, user.name, body);
    room.folding.note(key);
    const told = { case: params.case, reader: key.reader, version: answer.version, by: user.name };
    room.events.tell("stroke", told, (other) => mayFollow(other, key));
    return answer;
  },
  close: async ({ room, user, params, body }) => {
    const key = room.drawing.keyOf(body.token, params.case, user.name);
    room.drawing.close(body.token);
    await room.masks.fold(key);
    tellPresence(room, params.case);
    return { done: true };
  },
};

const mayFollow = (user: User, { reader }: MaskKey) => mayUse(user.role, "senior") || user.name === reader;

function tellPresence(room: Room, caseId: string): void {
  room.events.tell("presence", { case: caseId, open: room.drawing.present(caseId) });
}

/** A mask belongs to an account, or to somebody whose masks were imported; the reference is drawn on by nobody. */
async function refuseStranger(room: Room, reader: string): Promise<void> {
  const { config } = await room.desk.study();
  if (reader === config.reader)
    throw new MarrowError("MASK_HIDDEN", { found: "the consensus is not drawn on" });
  if (room.accounts.find(reader) === undefined) throw new MarrowError("ACCOUNT_UNKNOWN", { found: reader });
}

/** The reader's mask begins as a copy. Throws MASK_EXISTS where there is one already. */
async function startFrom(
  { room, user, params, address }: Call<"open">,
  key: MaskKey,
  from: string,
): Promise<void> {
  if (room.masks.exists(key)) throw new MarrowError("MASK_EXISTS", { found: `a mask of ${key.reader}` });
  room.progress.refuseAgreed(key.case);
  const { mask } = await maskFor(room, user, params.case, from);
  await room.masks.start(key, mask);
  const details = { reader: key.reader, from };
  room.audit.note({ user: user.name, address, action: "start-mask", subject: params.case, details });
}
