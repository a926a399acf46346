/** Places shared between grids: a point in the patient and the slice or voxel of each grid that shows it. */
import { invertAffine, transformPoint, type Grid } from "../../src/volume/geometry.js";
import type { Vec3 } from "../../src/volume/volume.js";
import type { ViewPlane } from "./plane.js";

/** Voxel position (not rounded) of a point given in LPS+ millimetres. */
export const positionOf = ({ affine }: Grid, point: Vec3): Vec3 =>
  transformPoint(invertAffine(affine), point);

/** The slice of a plane that lies nearest to a point, within the grid. */
export function nearestSlice(grid: Grid, { through }: ViewPlane, point: Vec3): number {
  return Math.min(grid.size[through] - 1, Math.max(0, Math.round(positionOf(grid, point)[through])));
}

/** The point moved along the slice axis so that it lies in this slice; its place in the plane stays. */
export function pointInSlice(grid: Grid, { through }: ViewPlane, point: Vec3, slice: number): Vec3 {
  const position = positionOf(grid, point).map((x, axis) => (axis === through ? slice : x));
  return transformPoint(grid.affine, position as unknown as Vec3);
}

/** True where the point lies within half a voxel of the grid. */
export const isInside = (grid: Grid, point: Vec3): boolean =>
  positionOf(grid, point).every((x, axis) => x >= -0.5 && x <= grid.size[axis] - 0.5);

/** Millimetres between two points. */
export const distanceMm = (a: Vec3, b: Vec3): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
