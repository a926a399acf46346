import { transformPoint, type Grid } from "../volume/geometry.js";

/** Largest distance in mm between the corner voxels of two grids of the same size. */
export function gridGap(a: Grid, b: Grid): number {
  const corners = Array.from({ length: 8 }, (_, n) => {
    const end = (axis: 0 | 1 | 2) => ((n >> axis) & 1) * (a.size[axis] - 1);
    return [end(0), end(1), end(2)] as const;
  });
  const gaps = corners.map((corner) => {
    const [p, q] = [transformPoint(a.affine, corner), transformPoint(b.affine, corner)];
    return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
  });
  return Math.max(...gaps);
}
