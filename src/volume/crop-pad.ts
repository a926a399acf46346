/** Cutting boxes out of volumes and laying borders around them. Every voxel keeps its place in the patient. */
import { MarrowError } from "../base/errors.js";
import { emptyLike, shiftOrigin } from "./geometry.js";
import { mirror } from "./interpolation.js";
import type { Vec3, Volume, VoxelArray } from "./volume.js";

/** "reflect" mirrors at the centre of the outermost voxel, again and again where needed, as numpy's "reflect" does. */
export type PadMode = "zero" | "reflect" | "edge";

/** Source index for an index past the ends of an axis; −1 is a zero. */
const beyond: Readonly<Record<PadMode, (index: number, length: number) => number>> = {
  zero: () => -1,
  reflect: mirror,
  edge: (index, length) => (index < 0 ? 0 : length - 1),
};

/** The box of `size` that begins at voxel `from`. Throws BAD_ARGUMENT where it is not inside the volume. */
export function crop<T extends VoxelArray>(volume: Volume<T>, from: Vec3, size: Vec3): Volume<T> {
  const inside = size.every((n, axis) => n >= 1 && from[axis] >= 0 && from[axis] + n <= volume.size[axis]);
  if (!inside) {
    const found = `${size.join(" × ")} from ${from.join(", ")}`;
    throw new MarrowError("BAD_ARGUMENT", { expected: `a box inside ${volume.size.join(" × ")}`, found });
  }
  return box(volume, from, size, "zero");
}

/** The volume with `before` and `after` more voxels at the ends of its axes. Negative numbers throw BAD_ARGUMENT. */
export function pad<T extends VoxelArray>(
  volume: Volume<T>,
  before: Vec3,
  after: Vec3,
  mode: PadMode,
): Volume<T> {
  if ([...before, ...after].some((n) => !(n >= 0)))
    throw new MarrowError("BAD_ARGUMENT", {
      expected: "borders of 0 or more voxels",
      found: [before, after].join("; "),
    });
  const from = before.map((n) => 0 - n) as unknown as Vec3;
  const size = volume.size.map((n, axis) => n + before[axis] + after[axis]) as unknown as Vec3;
  return box(volume, from, size, mode);
}

export interface CropOrPadOptions {
  mode: PadMode;
  /** Voxel that comes to stand at index floor(size / 2); default: as much goes from, or is added to, both ends. */
  centre?: Vec3;
}

/** The volume cut or bordered to exactly `size`, axis by axis. Of an odd difference the end gets the larger share. */
export function cropOrPad<T extends VoxelArray>(
  volume: Volume<T>,
  size: Vec3,
  options: CropOrPadOptions,
): Volume<T> {
  const { mode, centre } = options;
  const begin = (n: number, axis: number) =>
    centre ? Math.round(centre[axis]) - Math.floor(n / 2) : Math.trunc((volume.size[axis] - n) / 2);
  return box(volume, size.map(begin) as unknown as Vec3, size, mode);
}

function box<T extends VoxelArray>(volume: Volume<T>, from: Vec3, size: Vec3, mode: PadMode): Volume<T> {
  const { data } = volume;
  const [indexI, indexJ, indexK] = size.map((n, axis) => sources(from[axis], n, volume.size[axis], mode));
  const [ni, nj] = volume.size;
  const out = emptyLike(data, size[0] * size[1] * size[2]);
  let target = 0;
  for (const k of indexK)
    for (const j of indexJ) {
      if (k >= 0 && j >= 0) copyRow(data, ni * (j + nj * k), out, target, indexI);
      target += size[0];
    }
  return { data: out, size, affine: shiftOrigin(volume.affine, from) };
}

function sources(from: number, count: number, length: number, mode: PadMode): Int32Array {
  const source = (index: number) => (index >= 0 && index < length ? index : beyond[mode](index, length));
  return Int32Array.from({ length: count }, (_, n) => source(from + n));
}

function copyRow(data: VoxelArray, row: number, out: VoxelArray, target: number, indices: Int32Array): void {
  for (let i = 0; i < indices.length; i++) if (indices[i] >= 0) out[target + i] = data[row + indices[i]];
}
