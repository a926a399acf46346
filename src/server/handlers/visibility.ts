/** Which masks an account may see, and in whose it may draw. */
import { MarrowError } from "../../base/errors.js";
import { mayUse, type User } from "../../reading/contract/index.js";
import { parseSource, sourceFile, type Source } from "../../reading/sources.js";
import { readMask } from "../../volume/nifti.js";
import type { Mask } from "../../volume/volume.js";
import { requireSameGrid } from "../../statistics/confusion.js";
import type { Room } from "../room.js";

const isSenior = ({ role }: User) => mayUse(role, "senior");

/** Readers work independently: they see their own masks, the models', and the consensus once it is agreed. */
export function maySee(room: Room, user: User, caseId: string, source: Source): boolean {
  if (isSenior(user)) return true;
  if (source.kind === "reader" || source.kind === "round") return source.name === user.name;
  return source.kind !== "consensus" || room.progress.isAgreed(caseId);
}

/** A mask by its source's name, with the version of one that can be drawn on. Throws MASK_HIDDEN, MASK_NOT_FOUND, GRID_MISMATCH. */
export async function maskFor(
  room: Room,
  user: User,
  caseId: string,
  name: string,
): Promise<{ mask: Mask; version: number }> {
  const source = parseSource(name);
  const where = await room.desk.where(caseId);
  if (!maySee(room, user, caseId, source)) throw new MarrowError("MASK_HIDDEN", { found: name });
  if (source.kind === "reader") {
    const key = { case: caseId, reader: source.name };
    if (room.masks.wasOpened(key) || room.masks.exists(key)) return room.masks.current(key);
  }
  const file = await sourceFile(source, where);
  if (file === undefined) throw new MarrowError("MASK_NOT_FOUND", { found: name });
  const mask = await readMask(file);
  requireSameGrid(mask, { ...(await room.desk.gridOf(caseId)), data: mask.data });
  return { mask, version: 0 };
}

/** Whose mask is opened: one's own, for seniors that of any account or annotator. Throws SESSION_ROLE. */
export function readerToDraw(user: User, wanted: string | undefined): string {
  if (wanted === undefined || wanted === user.name) return user.name;
  if (!isSenior(user)) throw new MarrowError("SESSION_ROLE", { found: `the mask of ${wanted}` });
  return wanted;
}
