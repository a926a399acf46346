/** The patient's directions as seen by a stack of slices, and where voxels lie along them. */
import type { Affine, Vec3 } from "../volume/volume.js";

/** The plane in which slices are cut; semi-coronal and semi-axial (oblique) stacks count as coronal and axial. */
export type Plane = "coronal" | "axial" | "sagittal";

/** Unit vectors in LPS+: to the patient's left, to the front, and to the head. */
export interface Frame {
  readonly plane: Plane;
  readonly left: Vec3;
  readonly front: Vec3;
  readonly up: Vec3;
}

const patient = { left: [1, 0, 0], front: [0, -1, 0], up: [0, 0, 1] } as const;

/** For each plane: the direction that is the slice normal itself, and the one taken next. */
const orders = {
  coronal: ["front", "up", "left"],
  axial: ["up", "front", "left"],
  sagittal: ["left", "up", "front"],
} as const;

/**
 * Directions for a grid whose slices follow each other along k. The slice normal keeps its direction, so "upper" and
 * "lower" are divided within a semi-coronal slice, and by whole slices of an oblique axial stack (perpendicular to the
 * sacrum): the anatomy's own directions, not the scanner's.
 */
export function frameOf(affine: Affine): Frame {
  const [i, j] = [0, 1].map((c): Vec3 => [affine[c], affine[4 + c], affine[8 + c]]);
  const normal = unit(cross(i, j));
  const plane = planeOf(normal);
  const [first, second, third] = orders[plane];
  const a = scale(normal, Math.sign(dot(normal, patient[first])) || 1);
  const b = unit(without(patient[second], a));
  const c = unit(without(without(patient[third], a), b));
  const found = { [first]: a, [second]: b, [third]: c } as unknown as Omit<Frame, "plane">;
  return { plane, ...found };
}

/**
 * Semi-coronal slices lie along the sacrum, semi-axial ones across it. The sacrum leans forward by about 45°, so that the
 * normal of the former points up and back, of the latter up and to the front, and the nearest of the patient's axes does
 * not tell them apart. The borders lie half-way between a straight stack and one that leans by 45°.
 */
function planeOf([x, y, z]: Vec3): Plane {
  if (Math.abs(x) > Math.SQRT1_2) return "sagittal";
  const backwards = (Math.atan2(y, z) * 180) / Math.PI;
  const turned = backwards > 112.5 ? backwards - 180 : backwards <= -67.5 ? backwards + 180 : backwards;
  return turned >= 22.5 ? "coronal" : "axial";
}

/** Position along a direction as a linear function of the voxel's indices i, j, k: mm along `direction` in LPS+. */
export function along(affine: Affine, direction: Vec3): (i: number, j: number, k: number) => number {
  const [a, b, c, d] = [0, 1, 2, 3].map((n) =>
    dot(direction, [affine[n], affine[4 + n], affine[8 + n]] as const),
  );
  return (i, j, k) => a * i + b * j + c * k + d;
}

/** The same by the voxel's index in the data. */
export function alongVoxel(affine: Affine, [ni, nj]: Vec3, direction: Vec3): (voxel: number) => number {
  const at = along(affine, direction);
  return (voxel) => at(voxel % ni, Math.floor(voxel / ni) % nj, Math.floor(voxel / (ni * nj)));
}

export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function unit(a: Vec3): Vec3 {
  return scale(a, 1 / Math.hypot(...a));
}

export function without(a: Vec3, direction: Vec3): Vec3 {
  const share = dot(a, direction);
  return [a[0] - share * direction[0], a[1] - share * direction[1], a[2] - share * direction[2]];
}

function scale(a: Vec3, by: number): Vec3 {
  return [a[0] * by, a[1] * by, a[2] * by];
}
