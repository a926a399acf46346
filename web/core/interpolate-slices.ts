/** Filling of the slices between two drawn ones. */
import { squaredDistances } from "../../src/volume/distance.js";
import { gather } from "../../src/volume/geometry.js";
import { spacingOf, type Mask, type Vec3 } from "../../src/volume/volume.js";
import type { Axis } from "./plane.js";

/**
 * Voxels to add so that a label drawn on some slices runs through the empty ones between them: the signed distance to the
 * outline (negative inside) is interpolated linearly between each pair of drawn slices and is at most 0 where it belongs. Nothing
 * is added beyond the first and last drawn slice, nor on a slice that has the label already. Source: Raya & Udupa,
 * Shape-based interpolation of multidimensional objects, IEEE Trans Med Imaging 9 (1990), 32–42. Indices ascend.
 */
export function interpolatedVoxels(mask: Mask, label: number, axis: Axis): number[] {
  const drawn = slicesWith(mask, label, axis);
  const found: number[] = [];
  for (let n = 0; n + 1 < drawn.length; n++)
    if (drawn[n + 1] - drawn[n] > 1) found.push(...between(mask, label, axis, drawn[n], drawn[n + 1]));
  return found.sort((a, b) => a - b);
}

const strideOf = ([ni, nj]: Vec3, axis: number) => [1, ni, ni * nj][axis];

function slicesWith({ data, size }: Mask, label: number, axis: Axis): number[] {
  const has = new Uint8Array(size[axis]);
  const stride = strideOf(size, axis);
  for (let n = 0; n < data.length; n++) if (data[n] === label) has[Math.floor(n / stride) % size[axis]] = 1;
  return [...has.keys()].filter((slice) => has[slice] === 1);
}

function between(mask: Mask, label: number, axis: Axis, from: number, to: number): number[] {
  const [a, b] = [signedDistance(mask, label, axis, from), signedDistance(mask, label, axis, to)];
  const place = planeIndex(mask.size, axis);
  const found: number[] = [];
  for (let slice = from + 1; slice < to; slice++) {
    const share = (slice - from) / (to - from);
    for (let n = 0; n < a.length; n++)
      if ((1 - share) * a[n] + share * b[n] <= 0) found.push(place(n, slice));
  }
  return found;
}

/** Millimetres to the outline, halfway between voxel centres in and out: negative inside, in the order of the plane. */
function signedDistance(
  { data, size, affine }: Mask,
  label: number,
  axis: Axis,
  slice: number,
): Float64Array {
  const plane = planeSize(size, axis);
  const strides = [1, size[0], size[0] * size[1]] as const;
  const inside = gather(data, plane, slice * strides[axis], strides).map((value) => Number(value === label));
  const spacing = spacingOf(affine);
  const half = Math.min(...spacing.filter((_, n) => n !== axis)) / 2;
  const toInside = squaredDistances(inside, plane, spacing);
  const toOutside = squaredDistances(
    inside.map((value) => 1 - value),
    plane,
    spacing,
  );
  return toInside.map((square, n) => (inside[n] ? half - Math.sqrt(toOutside[n]) : Math.sqrt(square) - half));
}

const planeSize = (size: Vec3, axis: Axis) => size.map((n, m) => (m === axis ? 1 : n)) as unknown as Vec3;

function planeIndex(size: Vec3, axis: Axis) {
  const [ni, nj] = planeSize(size, axis);
  const [, sj, sk] = [0, 1, 2].map((n) => strideOf(size, n));
  const through = strideOf(size, axis);
  return (n: number, slice: number) =>
    (n % ni) + (Math.floor(n / ni) % nj) * sj + Math.floor(n / (ni * nj)) * sk + slice * through;
}
