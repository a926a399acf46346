/** Contours filled on the grid of an image. */
import { invertAffine, transformPoint, type Grid } from "../../volume/geometry.js";
import { voxelCount, type Mask, type Vec3 } from "../../volume/volume.js";
import type { Contour, Roi } from "./read-rtstruct.js";

export interface ContourMask {
  readonly mask: Mask;
  /** Voxels that several regions claim; the later region has them. */
  readonly overlapping: number;
  /** Contours that lie in no slice of the grid: outside, or across its slices. */
  readonly lost: number;
}

type Axis = 0 | 1 | 2;

/** Voxels by which a contour may leave the plane of its slice. */
const flat = 0.25;

/** A contour in voxel coordinates, in the plane number `at` across `axis`. */
interface Slice {
  readonly axis: Axis;
  readonly at: number;
  readonly points: readonly Vec3[];
}

/**
 * Fills every region with its value: a voxel belongs to it where its centre lies inside of an odd number of the region's
 * contours in its slice (holes are contours of their own, PS3.3 section C.8.8.6.3). A contour fills the slice nearest to it;
 * where contours lie denser than slices, a slice takes those nearest to its middle. Slices between contours stay empty.
 */
export function rasteriseContours(
  rois: readonly (Roi & { readonly value: number })[],
  grid: Grid,
): ContourMask {
  const data = new Uint8Array(voxelCount(grid.size));
  let [overlapping, lost] = [0, 0];
  for (const { contours, value } of rois) {
    const slices = contours.flatMap((contour) => sliceOf(contour, grid) ?? []);
    lost += contours.length - slices.length;
    const inside = filled(nearest(slices), grid);
    for (const [n, odd] of inside.entries()) {
      if (!odd) continue;
      if (data[n] !== 0 && data[n] !== value) overlapping++;
      data[n] = value;
    }
  }
  return { mask: { data, ...grid }, overlapping, lost };
}

/** The slices of an image run along k; contours in planes across i or j are taken too. */
function sliceOf(contour: Contour, { affine, size }: Grid): Slice | undefined {
  const back = invertAffine(affine);
  const points = contour.map((point) => transformPoint(back, point));
  const axis = ([2, 1, 0] as const).find((one) => spread(points, one) <= 2 * flat);
  if (axis === undefined) return undefined;
  const at = points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  return Math.round(at) < 0 || Math.round(at) >= size[axis] ? undefined : { axis, at, points };
}

function spread(points: readonly Vec3[], axis: Axis): number {
  const [low, high] = points.reduce(([a, b], point) => [Math.min(a, point[axis]), Math.max(b, point[axis])], [Infinity, -Infinity]); // prettier-ignore
  return high - low;
}

/** Of the contours that would fill a slice, those in the plane nearest to its middle. */
function nearest(slices: readonly Slice[]): Slice[] {
  const offset = ({ at }: Slice) => Math.abs(at - Math.round(at));
  const key = ({ axis, at }: Slice) => `${axis} ${Math.round(at)}`;
  const best = new Map<string, number>();
  for (const slice of slices) best.set(key(slice), Math.min(best.get(key(slice)) ?? 1, offset(slice)));
  return slices.filter((slice) => offset(slice) < (best.get(key(slice)) ?? 0) + 0.01);
}

function filled(slices: readonly Slice[], { size }: Grid): Uint8Array {
  const inside = new Uint8Array(voxelCount(size));
  const strides = [1, size[0], size[0] * size[1]] as const;
  for (const { axis, at, points } of slices) {
    const [u, v] = ([0, 1, 2] as const).filter((one) => one !== axis);
    const start = Math.round(at) * strides[axis];
    for (let row = 0; row < size[v]; row++) {
      const crossings = crossingsOf(points, u, v, row);
      for (let n = 0; n + 1 < crossings.length; n += 2)
        for (let i = Math.max(0, Math.ceil(crossings[n])); i < Math.min(size[u], crossings[n + 1]); i++)
          inside[start + i * strides[u] + row * strides[v]] ^= 1;
    }
  }
  return inside;
}

/** Where the polygon crosses a row of voxel centres, sorted. A vertex on the row counts with the edge above it. */
function crossingsOf(points: readonly Vec3[], u: Axis, v: Axis, row: number): number[] {
  const crossings: number[] = [];
  for (let n = 0; n < points.length; n++) {
    const [a, b] = [points[n], points[(n + 1) % points.length]];
    if (a[v] <= row === b[v] <= row) continue;
    crossings.push(a[u] + ((row - a[v]) / (b[v] - a[v])) * (b[u] - a[u]));
  }
  return crossings.sort((a, b) => a - b);
}
