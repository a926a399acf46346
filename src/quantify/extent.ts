/** In-plane extent of a lesion: diameter and area, slice by slice. Slices lie along k. */
import type { Affine, Vec3 } from "../volume/volume.js";
import { convexHull, type Point } from "./convex-hull.js";

export interface Extent {
  /** Largest distance within one slice, mm. */
  readonly diameter: number;
  /** Largest area within one slice, mm². */
  readonly area: number;
  readonly slices: number;
}

/**
 * Extent of a list of voxels. Pixels are taken whole: a single pixel has the length of its diagonal. The diameter is
 * exact: the farthest pair of corners of the convex hull, measured in patient space through the affine's columns, so a
 * sheared or oblique grid needs no special care. No voxels: all 0.
 */
export function extentOf(voxels: Int32Array, size: Vec3, affine: Affine): Extent {
  const slices = bySlice(voxels, size);
  const { pixelArea, length } = inPlane(affine);
  let [diameter, area] = [0, 0];
  for (const pixels of slices.values()) {
    area = Math.max(area, pixels.length * pixelArea);
    diameter = Math.max(diameter, farthest(convexHull(corners(pixels)), length));
  }
  return { diameter, area, slices: slices.size };
}

/** Pixels (i, j) of each slice that is touched. */
function bySlice(voxels: Int32Array, [ni, nj]: Vec3): Map<number, Point[]> {
  const slices = new Map<number, Point[]>();
  for (const voxel of voxels) {
    const k = Math.floor(voxel / (ni * nj));
    const pixels = slices.get(k) ?? [];
    if (pixels.length === 0) slices.set(k, pixels);
    pixels.push([voxel % ni, Math.floor(voxel / ni) % nj]);
  }
  return slices;
}

/** Corners of the first and last pixel of each row: the others lie between them and cannot be on the hull. */
function corners(pixels: readonly Point[]): Point[] {
  const rows = new Map<number, [number, number]>();
  for (const [i, j] of pixels) {
    const row = rows.get(j);
    rows.set(j, row ? [Math.min(row[0], i), Math.max(row[1], i)] : [i, i]);
  }
  return [...rows].flatMap(([j, [first, last]]): Point[] => [
    [first - 0.5, j - 0.5],
    [first - 0.5, j + 0.5],
    [last + 0.5, j - 0.5],
    [last + 0.5, j + 0.5],
  ]);
}

function farthest(hull: readonly Point[], length: (di: number, dj: number) => number): number {
  let most = 0;
  hull.forEach(([i, j], n) => {
    for (let m = n + 1; m < hull.length; m++) most = Math.max(most, length(hull[m][0] - i, hull[m][1] - j));
  });
  return most;
}

/** Area of a pixel and lengths within a slice, mm² and mm. */
export function inPlane(affine: Affine): { pixelArea: number; length: (di: number, dj: number) => number } {
  const [a, b] = [0, 1].map((c) => [affine[c], affine[4 + c], affine[8 + c]]);
  const cross = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  const length = (di: number, dj: number) => Math.hypot(...[0, 1, 2].map((n) => a[n] * di + b[n] * dj));
  return { pixelArea: Math.hypot(...cross), length };
}
