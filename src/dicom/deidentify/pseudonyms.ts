/** What stands for a patient, a UID or a machine: the same for the same key, without meaning for anyone else. */
import { derive, type ProjectKey } from "./project-key.js";

/** Crockford's: no I, L, O, U, which are misread. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const letters = 12;

/** `P` and 12 letters (60 bits: among a million patients two share one with a probability of 4e-7). */
export function pseudonymOf(key: ProjectKey, patientId: string): string {
  const bytes = derive(key, "patient", patientId);
  return `P${Array.from({ length: letters }, (_, n) => alphabet[bytes[n] & 31]).join("")}`;
}

/** UIDs of the standard itself (well-known frames of reference, palettes) identify nobody. */
const isWellKnown = (uid: string) => uid.startsWith("1.2.840.10008.");

/** A UID under the root for UUIDs (PS3.5 annex B.2) made of 122 keyed bits; well-known UIDs stay. */
export function uidOf(key: ProjectKey, uid: string): string {
  if (uid === "" || isWellKnown(uid)) return uid;
  const bytes = derive(key, "uid", uid).subarray(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x80; // version 8: content of one's own (RFC 9562)
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bytes.toString("hex")}`)}`;
}

/** An application entity title of nobody. */
export function titleOf(key: ProjectKey, title: string): string {
  return `AE${derive(key, "ae", title).toString("hex").slice(0, 8).toUpperCase()}`;
}

export interface DateShift {
  /** Whole days, from -1 to -3652. */
  readonly days: number;
  /** Seconds of the day, from 0 to 86 399. */
  readonly seconds: number;
}

/** How far a patient's dates are moved: always into the past, by up to ten years, the time of day too. */
export function shiftOf(key: ProjectKey, patientId: string): DateShift {
  const bytes = derive(key, "dates", patientId);
  return { days: -1 - (bytes.readUInt32BE(0) % 3652), seconds: bytes.readUInt32BE(4) % 86_400 };
}
