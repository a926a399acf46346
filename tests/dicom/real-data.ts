/** Finds and reads the real data that are not part of the repository, and compares volumes wherever their axes point. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { asMarrowError } from "../../src/base/errors.js";
import type { DicomFile } from "../../src/dicom/data-set.js";
import type { Frame } from "../../src/dicom/frame.js";
import { framesOf } from "../../src/dicom/frames-of.js";
import { readDicom } from "../../src/dicom/read-dicom.js";
import { readVolume } from "../../src/dicom/read-volume.js";
import { stackGeometry } from "../../src/dicom/stack-geometry.js";
import { stacksOf, type Stack } from "../../src/dicom/stacks.js";
import { invertAffine, multiplyAffine, transformPoint } from "../../src/volume/geometry.js";
import type { Vec3, Volume, VoxelArray } from "../../src/volume/volume.js";

export const shared = resolve(process.env["MARROW_SHARED"] ?? "../shared", "data");

export const present = (...folders: string[]) => folders.every((folder) => existsSync(join(shared, folder)));

/** All files below a folder, sorted. */
export function filesIn(folder: string): string[] {
  return readdirSync(join(shared, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

export function load(file: string): DicomFile {
  const bytes = readFileSync(file);
  return readDicom(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes, file);
}

/** Stacks of a folder's files, and why files gave no frames: codes counted. */
export function scan(folder: string): { stacks: Stack[]; skipped: Record<string, number> } {
  const frames: Frame[] = [];
  const skipped: Record<string, number> = {};
  for (const file of filesIn(folder))
    try {
      frames.push(...framesOf(load(file), file));
    } catch (error) {
      const { code } = asMarrowError(error);
      skipped[code] = (skipped[code] ?? 0) + 1;
    }
  return { stacks: stacksOf(frames).stacks, skipped };
}

export async function volumeOf({ frames }: Pick<Stack, "frames">): Promise<Volume<VoxelArray>> {
  let last: { file: string; image: DicomFile } | undefined;
  return readVolume(stackGeometry(frames), async (file) => {
    if (last?.file !== file) last = { file, image: load(file) };
    return last.image;
  });
}

export interface Difference {
  /** mm between the places that the two give a corner of the grid; Infinity where the grids do not match. */
  readonly mm: number;
  /** Largest difference of values. */
  readonly values: number;
}

const none: Difference = { mm: Infinity, values: Infinity };

/** Compares two volumes in space: voxels of `a` are looked up in `b` where they lie, whatever b's order of axes is. */
export function compare(a: Volume<VoxelArray>, b: Volume<VoxelArray>): Difference {
  const exact = multiplyAffine(invertAffine(b.affine), a.affine);
  const map = exact.map(Math.round);
  const corners = [0, 1].flatMap((i) => [0, 1].flatMap((j) => [0, 1].map((k) => [i, j, k])));
  const ends = corners.map((corner) => corner.map((one, n) => one * (a.size[n] - 1)) as unknown as Vec3);
  const mm = Math.max(
    ...ends.map((end) => {
      const [p, q] = [transformPoint(a.affine, end), transformPoint(b.affine, transformPoint(map, end))];
      return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
    }),
  );
  const inside = ends.every((end) =>
    transformPoint(map, end).every((index, n) => index >= 0 && index < b.size[n]),
  );
  return inside && a.data.length === b.data.length ? { mm, values: valueDifference(a, b, map) } : none;
}

/** The map is a turn by right angles: a step along i, j or k is a step of fixed length in the other's data. */
function valueDifference(a: Volume<VoxelArray>, b: Volume<VoxelArray>, map: readonly number[]): number {
  const [ni, nj, nk] = a.size;
  const at = (column: number) => map[column] + b.size[0] * (map[4 + column] + b.size[1] * map[8 + column]);
  const [di, dj, dk, origin] = [0, 1, 2, 3].map(at);
  let most = 0;
  for (let k = 0, n = 0; k < nk; k++)
    for (let j = 0; j < nj; j++)
      for (let i = 0; i < ni; i++, n++) {
        const difference = Math.abs(a.data[n] - b.data[origin + i * di + j * dj + k * dk]);
        if (difference > most) most = difference;
      }
  return most;
}
