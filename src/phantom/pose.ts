/** Where the anatomy lies in the images and the images in the scanner. */
import type { Affine, Vec3 } from "../volume/volume.js";

/** Three rows of three. */
export type Rotation = readonly [Vec3, Vec3, Vec3];

const quarter: Readonly<Record<"x" | "y" | "z", readonly [number, number]>> = {
  x: [1, 2],
  y: [2, 0],
  z: [0, 1],
};

/** Rotation about one axis by twice the angle whose tangent is `t`: rational, so that no sine is needed. */
export function turn(axis: "x" | "y" | "z", t: number): Rotation {
  const cosine = (1 - t * t) / (1 + t * t);
  const sine = (2 * t) / (1 + t * t);
  const rows = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ] as [[number, number, number], [number, number, number], [number, number, number]];
  const [a, b] = quarter[axis];
  rows[a][a] = cosine;
  rows[b][b] = cosine;
  rows[a][b] = -sine;
  rows[b][a] = sine;
  return rows;
}

/** Half-angle tangent of an angle in degrees (within 0.1 % up to 60°; a Padé approximant of the tangent). */
export function halfTangent(degrees: number): number {
  const half = (degrees * 3.141592653589793) / 360;
  return (half * (15 - half * half)) / (15 - 6 * half * half);
}

export function compose(a: Rotation, b: Rotation): Rotation {
  const row = (r: Vec3): Vec3 =>
    [0, 1, 2].map((c) => r[0] * b[0][c] + r[1] * b[1][c] + r[2] * b[2][c]) as never;
  return [row(a[0]), row(a[1]), row(a[2])];
}

export function apply(m: Rotation, p: Vec3): Vec3 {
  const dot = (r: Vec3) => r[0] * p[0] + r[1] * p[1] + r[2] * p[2];
  return [dot(m[0]), dot(m[1]), dot(m[2])];
}

/** The grid of one acquisition. Image axes x, y, z in mm start at the centre of the field of view. */
export interface Grid {
  readonly size: Vec3;
  /** Millimetres between voxel centres; the last is thickness plus gap. */
  readonly spacing: Vec3;
  readonly thickness: number;
  /** Image axes → anatomical axes, in which the anatomy tables are written. */
  readonly tilt: Rotation;
  /** Anatomical coordinates of the centre of the field of view. */
  readonly centre: Vec3;
  /** Anatomical axes → the scanner's LPS+. */
  readonly patient: Rotation;
  /** Position of the anatomical origin in the scanner. */
  readonly origin: Vec3;
}

export function toImage(grid: Grid, point: Vec3): Vec3 {
  const d = [point[0] - grid.centre[0], point[1] - grid.centre[1], point[2] - grid.centre[2]] as const;
  const along = (c: 0 | 1 | 2) => grid.tilt[0][c] * d[0] + grid.tilt[1][c] * d[1] + grid.tilt[2][c] * d[2];
  return [along(0), along(1), along(2)];
}

/** Millimetres from the centre of the field of view to voxel `index` along an axis. */
export function offset(grid: Grid, axis: 0 | 1 | 2, index: number): number {
  return (index - (grid.size[axis] - 1) / 2) * grid.spacing[axis];
}

/** Voxel → LPS+ mm. */
export function affineOf(grid: Grid): Affine {
  const m = compose(grid.patient, grid.tilt);
  const corner: Vec3 = [offset(grid, 0, 0), offset(grid, 1, 0), offset(grid, 2, 0)];
  const start = apply(m, corner);
  const centre = apply(grid.patient, grid.centre);
  const row = (r: 0 | 1 | 2) => [
    m[r][0] * grid.spacing[0],
    m[r][1] * grid.spacing[1],
    m[r][2] * grid.spacing[2],
    start[r] + centre[r] + grid.origin[r],
  ];
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1];
}
