/** Region growing from a clicked voxel. */
import { transformPoint, type Grid } from "../../src/volume/geometry.js";
import type { Vec3 } from "../../src/volume/volume.js";
import type { Axis } from "./plane.js";

export interface GrowOptions {
  /** Intensities that belong, both ends included. */
  readonly low: number;
  readonly high: number;
  /** Stays within this distance of the seed. */
  readonly maxMm: number;
  /** Grows in the seed's slice only, counted along this axis; absent: in all directions. */
  readonly axis?: Axis;
}

/**
 * Voxels joined to the seed through faces, with intensities in the range, within reach. Empty where the seed's own
 * intensity lies outside. Indices ascend.
 */
export function grownVoxels(grid: Grid, data: ArrayLike<number>, seed: Vec3, options: GrowOptions): number[] {
  const { size } = grid;
  const isIn = (n: number) => data[n] >= options.low && data[n] <= options.high;
  const start = seed[0] + size[0] * (seed[1] + size[1] * seed[2]);
  if (!isIn(start)) return [];
  const isReached = reachOf(grid, seed, options.maxMm);
  const seen = new Uint8Array(size[0] * size[1] * size[2]);
  const found = [start];
  seen[start] = 1;
  for (let head = 0; head < found.length; head++)
    for (const next of neighbours(found[head], size, options.axis)) {
      if (seen[next]) continue;
      seen[next] = 1;
      if (isIn(next) && isReached(next)) found.push(next);
    }
  return found.sort((a, b) => a - b);
}

function reachOf({ size, affine }: Grid, seed: Vec3, maxMm: number) {
  const centre = transformPoint(affine, seed);
  return (n: number) => {
    const at = transformPoint(affine, voxelOf(n, size));
    return Math.hypot(at[0] - centre[0], at[1] - centre[1], at[2] - centre[2]) <= maxMm;
  };
}

const voxelOf = (n: number, [ni, nj]: Vec3): Vec3 => [
  n % ni,
  Math.floor(n / ni) % nj,
  Math.floor(n / (ni * nj)),
];

function* neighbours(n: number, size: Vec3, fixed: Axis | undefined) {
  const voxel = voxelOf(n, size);
  const strides = [1, size[0], size[0] * size[1]];
  for (const axis of [0, 1, 2] as const) {
    if (axis === fixed) continue;
    if (voxel[axis] > 0) yield n - strides[axis];
    if (voxel[axis] < size[axis] - 1) yield n + strides[axis];
  }
}
