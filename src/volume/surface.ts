/** Surfaces of masks and the distances between them. */
import { MarrowError } from "../base/errors.js";
import { crop } from "./crop-pad.js";
import { squaredDistances } from "./distance.js";
import type { Mask, Vec3 } from "./volume.js";

/**
 * 1 where a non-zero voxel has a face neighbour that is 0 or lies beyond the volume: mask XOR binary_erosion(mask) with a
 * 6-connected element and a border of 0, the definition of medpy and MONAI. Axes of length 1 have no neighbours, so that
 * a single slice gives its contour.
 */
export function surfaceVoxels({ data, size, affine }: Mask): Mask {
  const [ni, nj, nk] = size;
  const [hasI, hasJ, hasK] = size.map((n) => n > 1);
  const plane = ni * nj;
  const out = new Uint8Array(data.length);
  const open = (n: number, i: number, j: number, k: number) =>
    (hasI && (i === 0 || i === ni - 1 || data[n - 1] === 0 || data[n + 1] === 0)) ||
    (hasJ && (j === 0 || j === nj - 1 || data[n - ni] === 0 || data[n + ni] === 0)) ||
    (hasK && (k === 0 || k === nk - 1 || data[n - plane] === 0 || data[n + plane] === 0));
  let n = 0;
  for (let k = 0; k < nk; k++)
    for (let j = 0; j < nj; j++)
      for (let i = 0; i < ni; i++, n++) if (data[n] !== 0 && open(n, i, j, k)) out[n] = 1;
  return { data: out, size, affine };
}

export interface SurfaceDistances {
  /** One distance in mm for every surface voxel of a, in storage order, to the nearest surface voxel of b. */
  readonly aToB: Float64Array<ArrayBuffer>;
  readonly bToA: Float64Array<ArrayBuffer>;
}

/**
 * Distances in millimetres between the surfaces (`surfaceVoxels`) of two masks of one size; every non-zero voxel belongs.
 * An empty mask has no surface: its own list is empty, and the other's distances are all Infinity. Throws GRID_MISMATCH
 * where the sizes differ.
 */
export function surfaceDistances(a: Mask, b: Mask, spacing: Vec3): SurfaceDistances {
  if (a.size.some((n, axis) => n !== b.size[axis]))
    throw new MarrowError("GRID_MISMATCH", { expected: a.size.join(" × "), found: b.size.join(" × ") });
  const bounds = commonBounds(a, b);
  if (!bounds) return { aToB: new Float64Array(0), bToA: new Float64Array(0) };
  const [surfaceA, surfaceB] = [a, b].map((mask) => crop(surfaceVoxels(mask), bounds.from, bounds.size));
  return { aToB: distancesTo(surfaceA, surfaceB, spacing), bToA: distancesTo(surfaceB, surfaceA, spacing) };
}

function distancesTo(from: Mask, to: Mask, spacing: Vec3): Float64Array<ArrayBuffer> {
  const squares = squaredDistances(to.data, to.size, spacing);
  return squares.filter((_, n) => from.data[n] !== 0).map(Math.sqrt);
}

/** The smallest box that holds the foreground of both masks: nothing outside it matters to surface distances. */
function commonBounds(a: Mask, b: Mask): { from: Vec3; size: Vec3 } | undefined {
  const [ni, nj, nk] = a.size;
  const from = [ni, nj, nk];
  const to = [-1, -1, -1];
  let n = 0;
  for (let k = 0; k < nk; k++)
    for (let j = 0; j < nj; j++)
      for (let i = 0; i < ni; i++, n++) {
        if ((a.data[n] | b.data[n]) === 0) continue;
        [i, j, k].forEach((at, axis) => {
          from[axis] = Math.min(from[axis], at);
          to[axis] = Math.max(to[axis], at);
        });
      }
  if (to[0] < 0) return undefined;
  return {
    from: from as unknown as Vec3,
    size: from.map((at, axis) => to[axis] - at + 1) as unknown as Vec3,
  };
}
