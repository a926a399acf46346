/** Geometry of voxel grids. Everything here is in LPS+ millimetres; an affine is 16 numbers, row by row. */
import { MarrowError } from "../base/errors.js";
import type { Affine, Vec3, Volume, VoxelArray } from "./volume.js";

/** A lattice of voxels in the patient, without values. */
export interface Grid {
  /** Voxels along i, j, k. */
  readonly size: Vec3;
  /** Voxel indices to LPS+ millimetres. */
  readonly affine: Affine;
}

/** The product a · b: first b is applied, then a. */
export function multiplyAffine(a: Affine, b: Affine): Affine {
  const product = new Array<number>(16).fill(0);
  for (let row = 0; row < 4; row++)
    for (let column = 0; column < 4; column++)
      for (let n = 0; n < 4; n++) product[row * 4 + column] += a[row * 4 + n] * b[n * 4 + column];
  return product;
}

/** Where the affine takes a point: voxel indices to millimetres, or back with the inverse. */
export function transformPoint(affine: Affine, [x, y, z]: Vec3): Vec3 {
  const row = (r: number) => affine[r] * x + affine[r + 1] * y + affine[r + 2] * z + affine[r + 3];
  return [row(0), row(4), row(8)];
}

/** Determinant of the 3×3 part: volume of a voxel in mm³, negative where the axes are left-handed. */
export function determinant(affine: Affine): number {
  const [a, b, c, , d, e, f, , g, h, i] = affine as number[];
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

/** True where every number is finite and no axis is lost, so that the affine can be inverted. */
export function isInvertible(affine: Affine): boolean {
  const length = (c: number) => Math.hypot(affine[c], affine[4 + c], affine[8 + c]);
  const box = length(0) * length(1) * length(2);
  return affine.every(Number.isFinite) && Math.abs(determinant(affine)) > 1e-6 * box;
}

/** The affine that undoes this one. Throws NIFTI_AFFINE where there is none. */
export function invertAffine(affine: Affine): Affine {
  if (!isInvertible(affine))
    throw new MarrowError("NIFTI_AFFINE", { expected: "an invertible affine", found: affine.join(" ") });
  const [a, b, c, x, d, e, f, y, g, h, i, z] = affine as number[] as Twelve;
  const s = 1 / determinant(affine);
  const rows = [
    [(e * i - f * h) * s, (c * h - b * i) * s, (b * f - c * e) * s],
    [(f * g - d * i) * s, (a * i - c * g) * s, (c * d - a * f) * s],
    [(d * h - e * g) * s, (b * g - a * h) * s, (a * e - b * d) * s],
  ] as const;
  return [...rows.flatMap(([p, q, r]) => [p, q, r, -(p * x + q * y + r * z)]), 0, 0, 0, 1];
}
type Twelve = [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

/** The affine of the same patient axes with its origin moved to the voxel position `index`. */
export function shiftOrigin(affine: Affine, index: Vec3): Affine {
  const [x, y, z] = transformPoint(affine, index);
  return affine.map((value, n) => (n === 3 ? x : n === 7 ? y : n === 11 ? z : value));
}

/** True where both grids have the same size and no corner voxel is further than `toleranceMm` from its twin. */
export function sameGrid(a: Grid, b: Grid, toleranceMm = 0.01): boolean {
  if (a.size.some((n, axis) => n !== b.size[axis])) return false;
  return cornersOf(a.size).every((corner) => {
    const p = transformPoint(a.affine, corner);
    const q = transformPoint(b.affine, corner);
    return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]) <= toleranceMm;
  });
}

function cornersOf(size: Vec3): Vec3[] {
  const end = (axis: 0 | 1 | 2, bit: number) => (bit ? Math.max(0, size[axis] - 1) : 0);
  return Array.from({ length: 8 }, (_, n) => [end(0, n & 1), end(1, n & 2), end(2, n & 4)] as const);
}

const letters = ["LR", "PA", "SI"] as const;
/** Every order of three axes. */
export const permutations = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

/**
 * Directions in which i, j and k grow, e.g. "LPS": i to the patient's left, j to the back, k to the head. An oblique
 * affine gets the assignment of axes that agrees best with its directions (sum of absolute cosines).
 */
export function orientationOf(affine: Affine): string {
  const cosine = (row: number, column: number) => {
    const length = Math.hypot(affine[column], affine[4 + column], affine[8 + column]);
    return length === 0 ? 0 : affine[row * 4 + column] / length;
  };
  const agreement = (rows: readonly number[]) =>
    rows.reduce((sum, row, c) => sum + Math.abs(cosine(row, c)), 0);
  let best: readonly number[] = permutations[0];
  for (const rows of permutations) if (agreement(rows) > agreement(best) + 1e-9) best = rows;
  return best.map((row, column) => letters[row][cosine(row, column) < 0 ? 1 : 0]).join("");
}

/** An empty voxel array of the same type. */
export function emptyLike<T extends VoxelArray>(data: T, length: number): T {
  return new (data.constructor as new (length: number) => T)(length);
}

/**
 * The same voxels stored in another order: axes permuted and flipped until i, j, k grow as `orientation` says. No value
 * changes and every voxel keeps its place in the patient. Always a copy. Throws BAD_ARGUMENT for an impossible
 * orientation.
 */
export function reorient<T extends VoxelArray>(volume: Volume<T>, orientation: string): Volume<T> {
  const steps = axisSteps(orientationOf(volume.affine), orientation);
  return remap(volume, steps);
}

interface AxisStep {
  /** Axis of the old grid. */
  readonly axis: 0 | 1 | 2;
  readonly flip: boolean;
}

function axisSteps(from: string, to: string): AxisStep[] {
  const axisOf = (letter: string) => letters.findIndex((pair) => pair.includes(letter));
  const wanted = [...to];
  if (wanted.length !== 3 || new Set(wanted.map(axisOf)).size !== 3 || wanted.some((l) => axisOf(l) < 0))
    throw new MarrowError("BAD_ARGUMENT", { expected: "an orientation such as LPS or RAS", found: to });
  return wanted.map((letter) => {
    const axis = [...from].findIndex((other) => axisOf(other) === axisOf(letter)) as 0 | 1 | 2;
    return { axis, flip: from[axis] !== letter };
  });
}

function remap<T extends VoxelArray>(
  { data, size, affine }: Volume<T>,
  steps: readonly AxisStep[],
): Volume<T> {
  const strides = [1, size[0], size[0] * size[1]] as const;
  const newSize = steps.map(({ axis }) => size[axis]) as unknown as Vec3;
  const step = steps.map(({ axis, flip }) => (flip ? -strides[axis] : strides[axis]));
  const origin = [0, 0, 0];
  for (const { axis, flip } of steps) if (flip) origin[axis] = size[axis] - 1;
  const start = origin[0] + size[0] * (origin[1] + size[1] * origin[2]);
  const moved = gather(data, newSize, start, step as unknown as Vec3);
  const shifted = shiftOrigin(affine, origin as unknown as Vec3);
  const newAffine = shifted.map((value, n) => {
    const column = steps[n % 4];
    if (!column || n >= 12) return value;
    const old = affine[n - (n % 4) + column.axis];
    return column.flip ? 0 - old : old;
  });
  return { data: moved, size: newSize, affine: newAffine };
}

/** Copies a strided view into a plain array: element (i, j, k) comes from start + i·step[0] + j·step[1] + k·step[2]. */
export function gather<T extends VoxelArray>(data: T, size: Vec3, start: number, step: Vec3): T {
  const out = emptyLike(data, size[0] * size[1] * size[2]);
  const [ni, nj, nk] = size;
  const [si, sj, sk] = step;
  let target = 0;
  for (let k = 0; k < nk; k++)
    for (let j = 0; j < nj; j++) {
      let source = start + j * sj + k * sk;
      for (let i = 0; i < ni; i++, source += si) out[target++] = data[source]!;
    }
  return out;
}
