/** Voxels that a brush touches. Distances are millimetres in the patient, on any grid: oblique, flipped or sheared. */
import { invertAffine, type Grid } from "../../src/volume/geometry.js";
import type { Vec3 } from "../../src/volume/volume.js";
import type { Axis } from "./plane.js";

/** A brush moved from one voxel position to another; both the same for a dab. Positions need not be whole numbers. */
export interface Sweep {
  readonly from: Vec3;
  readonly to: Vec3;
  readonly radiusMm: number;
  /** Round in the slice: the axis along which slices are counted and which slice. Absent for a ball. */
  readonly slice?: { readonly axis: Axis; readonly index: number };
}

/**
 * Every voxel whose centre is no further than the radius from the line between the two positions, and the voxel under
 * each end, so that a brush smaller than a voxel still paints one. Indices ascend. Empty beyond the grid.
 */
export function sweptVoxels(grid: Grid, sweep: Sweep): number[] {
  const [lo, hi] = boundsOf(grid, sweep);
  const { size } = grid;
  const isNear = nearness(grid, sweep);
  const found: number[] = [];
  for (let k = lo[2]; k <= hi[2]; k++)
    for (let j = lo[1]; j <= hi[1]; j++)
      for (let i = lo[0]; i <= hi[0]; i++) if (isNear(i, j, k)) found.push(i + size[0] * (j + size[1] * k));
  return found;
}

/** Voxels to look at: the ends plus as many steps along each axis as the radius can reach, within the grid. */
function boundsOf({ size, affine }: Grid, { from, to, radiusMm, slice }: Sweep): [number[], number[]] {
  const inverse = invertAffine(affine);
  const reach = (axis: number) =>
    Math.max(0.5, radiusMm * Math.hypot(...inverse.slice(axis * 4, axis * 4 + 3)));
  const clamp = (axis: number, x: number) => Math.min(size[axis] - 1, Math.max(0, x));
  const bounds = [0, 1, 2].map((axis) => {
    if (slice?.axis === axis)
      return slice.index < 0 || slice.index >= size[axis] ? [0, -1] : [slice.index, slice.index];
    const low = Math.ceil(Math.min(from[axis], to[axis]) - reach(axis));
    const high = Math.floor(Math.max(from[axis], to[axis]) + reach(axis));
    return high < 0 || low >= size[axis] ? [0, -1] : [clamp(axis, low), clamp(axis, high)];
  });
  return [bounds.map(([low]) => low), bounds.map(([, high]) => high)];
}

function nearness({ affine }: Grid, { from, to, radiusMm, slice }: Sweep) {
  const flat = (v: Vec3) => v.map((x, axis) => (slice?.axis === axis ? slice.index : x)) as unknown as Vec3;
  const [start, end] = [flat(from), flat(to)];
  const move = toMm(affine, end[0] - start[0], end[1] - start[1], end[2] - start[2]);
  const moved = dot(move, move);
  const limit = radiusMm * radiusMm + 1e-9;
  const isUnder = (v: Vec3, i: number, j: number, k: number) =>
    Math.round(v[0]) === i && Math.round(v[1]) === j && Math.round(v[2]) === k;
  return (i: number, j: number, k: number): boolean => {
    const gap = toMm(affine, i - start[0], j - start[1], k - start[2]);
    const share = moved === 0 ? 0 : Math.min(1, Math.max(0, dot(gap, move) / moved));
    const away = [gap[0] - share * move[0], gap[1] - share * move[1], gap[2] - share * move[2]] as const;
    return dot(away, away) <= limit || isUnder(start, i, j, k) || isUnder(end, i, j, k);
  };
}

const dot = (a: Vec3, b: Vec3) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

const toMm = (m: readonly number[], i: number, j: number, k: number): Vec3 => [
  m[0] * i + m[1] * j + m[2] * k,
  m[4] * i + m[5] * j + m[6] * k,
  m[8] * i + m[9] * j + m[10] * k,
];
