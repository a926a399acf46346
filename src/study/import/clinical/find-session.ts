/** Which of a patient's examinations a row of another table is about. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "../../files.js";
import { compare } from "../../participants.js";

/** Stands for the examination of a patient that has no session: the only one, or the first that was imported. */
export const noSession = "";

/** Sessions of a participant (`sub-001`) in the study folder, in their order: `ses-1`, …; `""` goes first. */
export async function sessionsOf(dir: string, participant: string): Promise<string[]> {
  const folder = join(dir, participant);
  if (!(await exists(folder))) return [];
  const names = (await readdir(folder)).filter((name) => name === "anat" || name.startsWith("ses-"));
  const sessions = names.filter((name) => !name.includes(".")).map((name) => (name === "anat" ? noSession : name));
  return sessions.sort(compare);
} // prettier-ignore

/**
 * The session that a cell means: its name with or without `ses-` and leading zeros. Where the first examination has no
 * session, 1 means it. An empty cell means a patient's only examination. A patient without images has one, without a
 * session. Undefined where nothing fits.
 *
 * @example findSession("02", ["", "ses-2"]) // "ses-2"
 */
export function findSession(cell: string, sessions: readonly string[]): string | undefined {
  const wanted = plain(cell);
  if (sessions.length === 0) return wanted === "" || wanted === "1" ? noSession : undefined;
  if (wanted === "") return sessions.length === 1 ? sessions[0] : undefined;
  const named = sessions.find((session) => session !== noSession && plain(session) === wanted);
  return named ?? (wanted === "1" && sessions.includes(noSession) ? noSession : undefined);
}

const plain = (name: string) => name.trim().toLowerCase().replace(/^ses-/, "").replace(/^0+(?=\d)/, ""); // prettier-ignore

/** `1, ses-2`, for people. */
export const describeSessions = (sessions: readonly string[]) =>
  sessions.map((session) => session || "1").join(", ");
