/**
 * Readers' masks: the file in derivatives/annotations and the strokes in the journal that are not in it yet. A stroke counts
 * from the moment the journal has it; folding it into the file comes later, and may be done twice without harm, since
 * strokes set values and are drawn in order.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { requireSameGrid } from "../statistics/confusion.js";
import { readMask, writeNifti } from "../volume/nifti.js";
import { voxelCount, type Mask } from "../volume/volume.js";
import type { Desk } from "./desk.js";
import { readerMaskFile } from "./places.js";
import { applyPacked } from "./strokes.js";

/** Which mask: a reader's of a case. */
export interface MaskKey {
  readonly case: string;
  readonly reader: string;
}

interface MaskRow {
  version: number;
  folded: number;
  stamp: string | null;
  hash: string | null;
  pending: string | null;
}

export class ReaderMasks {
  /** Work on a mask's file, one after the other. */
  private readonly queues = new Map<string, Promise<unknown>>();

  constructor(
    private readonly desk: Desk,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** Version of a mask: 0 before anything is known of it. */
  version(key: MaskKey): number {
    return this.row(key)?.version ?? 0;
  }

  /** Whether the mask was opened for drawing: then it is there, if only empty. */
  wasOpened(key: MaskKey): boolean {
    return this.row(key) !== undefined;
  }

  /** Whether there is a mask: a file, or strokes. */
  exists(key: MaskKey): boolean {
    return this.version(key) > 0 || existsSync(this.file(key));
  }

  /**
   * The mask as it is now, strokes not yet in the file included, with its version; empty where there is none. Throws
   * GRID_MISMATCH where the file lies on another grid than the case's first image, and as readMask does.
   */
  async current(key: MaskKey): Promise<{ mask: Mask; version: number }> {
    const { data, size, affine } = await this.fromFile(key);
    const version = this.drawUnfolded(key, data);
    return { mask: { data, size, affine }, version };
  }

  /** Notices a file that another program wrote: it becomes a new version, so that nobody draws on what they have not seen. */
  refresh(key: MaskKey): Promise<number> {
    return this.inTurn(key, async () => {
      const stamp = await stampOf(this.file(key));
      const row = this.row(key);
      if (stamp === (row?.stamp ?? null)) return row?.version ?? 0;
      const hash = stamp === null ? "none" : hashOf((await this.fromFile(key)).data);
      const ours = row !== undefined && (hash === row.hash || hash === row.pending);
      return ours ? this.noteStamp(key, stamp, hash, row) : this.noteForeign(key, stamp, hash);
    });
  }

  /** Writes all strokes of the journal into the file. Returns the version that the file then has. */
  fold(key: MaskKey): Promise<number> {
    return this.inTurn(key, async () => {
      const row = this.row(key);
      if (!row || row.folded === row.version) return row?.version ?? 0;
      const { mask, version } = await this.current(key);
      await this.write(key, mask);
      this.desk.store.run(
        "UPDATE masks SET folded = ?, hash = pending, pending = NULL, stamp = ? WHERE case_id = ? AND reader = ?",
        ...[version, await stampOf(this.file(key)), key.case, key.reader],
      );
      return version;
    });
  }

  /** Folds whatever is not in its file yet, e.g. after the server was killed. One mask's fault does not stop the others. */
  async foldAll(onError: (error: unknown, key: MaskKey) => void): Promise<void> {
    const rows = this.desk.store.all<{ case_id: string; reader: string }>(
      "SELECT case_id, reader FROM masks WHERE folded < version",
    );
    for (const { case_id, reader } of rows) {
      const key = { case: case_id, reader };
      await this.fold(key).catch((error: unknown) => onError(error, key));
    }
  }

  /** Makes a mask the reader's own first one. The caller has made sure that there is none. */
  start(key: MaskKey, mask: Mask): Promise<number> {
    return this.inTurn(key, async () => {
      this.ensureRow(key);
      await this.write(key, mask);
      return this.noteForeign(key, await stampOf(this.file(key)), hashOf(mask.data));
    });
  }

  /** Waits for all work on files that is under way. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.queues.values());
  }

  private async write(key: MaskKey, mask: Mask): Promise<void> {
    this.desk.store.run(
      "UPDATE masks SET pending = ? WHERE case_id = ? AND reader = ?",
      ...[hashOf(mask.data), key.case, key.reader],
    );
    const file = this.file(key);
    await mkdir(dirname(file), { recursive: true });
    await writeNifti(file, mask, { description: "Marrow mask. Research use only." });
  }

  private async fromFile(key: MaskKey): Promise<Mask> {
    const grid = await this.desk.gridOf(key.case);
    const file = this.file(key);
    if (!existsSync(file)) return { ...grid, data: new Uint8Array(voxelCount(grid.size)) };
    const mask = await readMask(file);
    requireSameGrid(mask, { ...grid, data: mask.data });
    return mask;
  }

  /** Draws the journal's strokes that are not in the file; returns the version reached. */
  private drawUnfolded(key: MaskKey, data: Uint8Array): number {
    const row = this.row(key);
    if (!row) return 0;
    const strokes = this.desk.store.all<{ changes: Buffer }>(
      "SELECT changes FROM strokes WHERE case_id = ? AND reader = ? AND version > ? ORDER BY version",
      ...[key.case, key.reader, row.folded],
    );
    for (const { changes } of strokes) applyPacked(data, changes);
    return row.version;
  }

  private noteStamp({ case: id, reader }: MaskKey, stamp: string | null, hash: string, row: MaskRow): number {
    this.desk.store.run(
      "UPDATE masks SET stamp = ?, hash = ? WHERE case_id = ? AND reader = ?",
      stamp,
      hash,
      id,
      reader,
    );
    return row.version;
  }

  /** A new version that no token made. */
  private noteForeign(key: MaskKey, stamp: string | null, hash: string): number {
    const { store } = this.desk;
    return store.transaction(() => {
      this.ensureRow(key);
      const version = this.version(key) + 1;
      const { folded } = this.row(key) as MaskRow;
      store.run(
        `INSERT INTO strokes (case_id, reader, version, token, sequence, user, time, tool, changes)
         VALUES (?, ?, ?, '', ?, '', ?, 'file', x'')`,
        ...[key.case, key.reader, version, this.foreignNumber(), this.now().toISOString()],
      );
      store.run(
        "UPDATE masks SET version = ?, folded = ?, stamp = ?, hash = ? WHERE case_id = ? AND reader = ?",
        ...[version, folded === version - 1 ? version : folded, stamp, hash, key.case, key.reader],
      );
      return version;
    });
  }

  /** Versions from files have no token; a running number keeps (token, sequence) unique. */
  private foreignNumber(): number {
    const row = this.desk.store.get<{ n: number }>(
      "SELECT max(sequence) + 1 AS n FROM strokes WHERE token = ''",
    );
    return row?.n ?? 1;
  }

  ensureRow({ case: id, reader }: MaskKey): void {
    this.desk.store.run(
      "INSERT OR IGNORE INTO masks (case_id, reader, version, folded) VALUES (?, ?, 0, 0)",
      id,
      reader,
    );
  }

  private row({ case: id, reader }: MaskKey): MaskRow | undefined {
    return this.desk.store.get<MaskRow>(
      "SELECT version, folded, stamp, hash, pending FROM masks WHERE case_id = ? AND reader = ?",
      ...[id, reader],
    );
  }

  private file({ case: id, reader }: MaskKey): string {
    return readerMaskFile(this.desk.dir, id, reader);
  }

  private inTurn<T>(key: MaskKey, work: () => Promise<T>): Promise<T> {
    const name = `${key.case} ${key.reader}`;
    const before = this.queues.get(name) ?? Promise.resolve();
    const after = before.then(work, work);
    const settled = after.then(
      () => undefined,
      () => undefined,
    );
    this.queues.set(name, settled);
    void settled.then(() => this.queues.get(name) === settled && this.queues.delete(name));
    return after;
  }
}

/** Size and time of a file, or null where there is none. */
async function stampOf(file: string): Promise<string | null> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found ? `${found.size}:${found.mtimeNs}` : null;
}

function hashOf(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
