/** Strokes as runs of voxels: start, length, value, start, length, value, … */
import { MarrowError } from "../base/errors.js";

/** What a mask may be made of. */
export interface Canvas {
  readonly voxels: number;
  /** Values of the study's labels; 0 is always allowed. */
  readonly labels: readonly number[];
}

/** Throws DRAW_STROKE unless runs are whole, lie within the mask and have the study's values. */
export function checkChanges(changes: readonly number[], { voxels, labels }: Canvas): void {
  if (changes.length % 3 !== 0)
    throw new MarrowError("DRAW_STROKE", {
      expected: "runs of three numbers",
      found: `${changes.length} numbers`,
    });
  const allowed = new Set([0, ...labels]);
  for (let n = 0; n < changes.length; n += 3) {
    const [start, length, value] = [changes[n], changes[n + 1], changes[n + 2]];
    if (length < 1 || start + length > voxels)
      throw new MarrowError("DRAW_STROKE", {
        expected: `voxels 0 to ${voxels - 1}`,
        found: `${length} voxels from ${start}`,
      });
    if (!allowed.has(value))
      throw new MarrowError("DRAW_STROKE", {
        expected: `values ${[...allowed].join(", ")}`,
        found: `${value}`,
      });
  }
}

/** As kept in the journal: unsigned 32-bit numbers, little-endian. */
export function packChanges(changes: readonly number[]): Buffer {
  const bytes = Buffer.alloc(changes.length * 4);
  changes.forEach((value, n) => bytes.writeUInt32LE(value, n * 4));
  return bytes;
}

/** Draws a packed stroke onto a mask's voxels. Drawing the same strokes again, in order, changes nothing more. */
export function applyPacked(data: Uint8Array, packed: Buffer): void {
  for (let n = 0; n + 12 <= packed.length; n += 12) {
    const start = packed.readUInt32LE(n);
    data.fill(packed.readUInt32LE(n + 8), start, start + packed.readUInt32LE(n + 4));
  }
}
