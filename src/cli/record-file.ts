/** Files that tell other programs how far a command is. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { asMarrowError } from "../base/errors.js";

/** Between two looks that are written, ms. */
export const recordEveryMs = 500;

/** Writes a record as JSON, whole or not at all; without a file it does nothing. Throws FILE_UNWRITABLE, DISK_FULL. */
export function writeRecord(file: string | undefined, record: object): void {
  if (file === undefined) return;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.part`, `${JSON.stringify(record)}\n`, { mode: 0o600 });
    renameSync(`${file}.part`, file);
  } catch (error) {
    throw asMarrowError(error, file);
  }
}

/** `--progress FILE`: `{ share, doing }`, share from 0 to 1. */
export class ProgressRecord {
  private last = -Infinity;

  constructor(private readonly file: string | undefined) {}

  show(share: number, doing: string): void {
    if (performance.now() - this.last < recordEveryMs) return;
    this.last = performance.now();
    writeRecord(this.file, { share, doing });
  }
}
