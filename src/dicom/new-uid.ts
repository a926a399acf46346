import { randomUUID } from "node:crypto";

/** A UID that nobody else has: a random UUID under its root (PS3.5 annex B.2). */
export function newUid(): string {
  return `2.25.${BigInt(`0x${randomUUID().replaceAll("-", "")}`)}`;
}
