/**
 * The affine of a NIfTI header and back. Which one counts follows nibabel's `img.affine`: the sform where its code is
 * positive, else the qform where its code is positive, else the pixel dimensions with the image centred and x flipped.
 */
import type { Affine } from "./volume.js";
import type { Fields } from "./nifti-layout.js";

/** A quaternion longer than this is no rotation (nibabel's tolerance: three float32 epsilons in w²). */
const quaternionSlack = 3 * 2 ** -23;

/** RAS+ from LPS+ and back: the first two rows change sign. */
export function flipRows(affine: Affine): Affine {
  return affine.map((value, n) => (n < 8 ? 0 - value : value));
}

/** Voxel indices to RAS+ as the header says, or a message saying what is wrong with it. */
export function affineFromFields(fields: Fields): Affine | string {
  if (fields.sform_code[0] > 0) return [...fields.srow, 0, 0, 0, 1];
  if (fields.qform_code[0] > 0) return affineFromQuaternion(fields);
  return affineFromSpacing(fields);
}

/** nibabel's repairs: a spacing of 0 counts as 1, a negative one as positive. */
function repairedSpacing({ pixdim }: Fields): [number, number, number] {
  const repair = (value: number) => (value === 0 ? 1 : Math.abs(value));
  return [repair(pixdim[1]), repair(pixdim[2]), repair(pixdim[3])];
}

function affineFromQuaternion(fields: Fields): Affine | string {
  const [b, c, d] = fields.quatern;
  const rest = 1 - (b * b + c * c + d * d);
  if (!(rest >= -quaternionSlack)) return `a qform quaternion (${b}, ${c}, ${d}) longer than 1`;
  const rotation = rotationOf(Math.sqrt(Math.max(0, rest)), b, c, d);
  const [x, y, z] = repairedSpacing(fields);
  const scales = [x, y, fields.pixdim[0] === -1 ? -z : z];
  const row = (r: number) => [...scales.map((s, n) => rotation[r * 3 + n] * s), fields.qoffset[r]];
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1];
}

function rotationOf(a: number, b: number, c: number, d: number): number[] {
  const s = 2 / (a * a + b * b + c * c + d * d);
  return [
    ...[1 - s * (c * c + d * d), s * (b * c - a * d), s * (b * d + a * c)],
    ...[s * (b * c + a * d), 1 - s * (b * b + d * d), s * (c * d - a * b)],
    ...[s * (b * d - a * c), s * (c * d + a * b), 1 - s * (b * b + c * c)],
  ];
}

function affineFromSpacing(fields: Fields): Affine {
  const given = fields.dim[0];
  const spacing = repairedSpacing(fields).map((mm, n) => (n < given ? mm : 1));
  const size = [1, 2, 3].map((n) => (n <= given ? fields.dim[n] : 1));
  const scale = [-spacing[0], spacing[1], spacing[2]];
  const row = (r: number) =>
    [0, 1, 2].map((n) => (n === r ? scale[r] : 0)).concat((-(size[r] - 1) / 2) * scale[r]);
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1];
}

export interface Qform {
  /** −1 where the axes are left-handed in RAS+. */
  readonly qfac: 1 | -1;
  readonly quatern: [number, number, number];
}

/** The quaternion of an RAS+ affine, or undefined where its axes are sheared and a qform cannot say so. */
export function qformOf(ras: Affine): Qform | undefined {
  const columns = [0, 1, 2].map((c) => unit([ras[c], ras[4 + c], ras[8 + c]]));
  const dot = (p: number[], q: number[]) => p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
  const [x, y, z] = columns;
  const skew = Math.max(Math.abs(dot(x, y)), Math.abs(dot(y, z)), Math.abs(dot(x, z)));
  if (!(skew < 1e-5)) return undefined;
  const cross = [x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]];
  const qfac = dot(cross, z) < 0 ? -1 : 1;
  return { qfac, quatern: quaternionOf(x, y, [z[0] * qfac, z[1] * qfac, z[2] * qfac]) };
}

function unit(v: number[]): number[] {
  const length = Math.hypot(...v);
  return v.map((value) => value / length);
}

/** b, c, d of the quaternion with a ≥ 0 of the rotation with these columns (nifti_mat44_to_quatern). */
function quaternionOf(x: number[], y: number[], z: number[]): [number, number, number] {
  const trace = x[0] + y[1] + z[2];
  if (trace > 0) {
    const s = 0.5 / Math.sqrt(trace + 1);
    return [(y[2] - z[1]) * s, (z[0] - x[2]) * s, (x[1] - y[0]) * s];
  }
  const largest = [x[0], y[1], z[2]].indexOf(Math.max(x[0], y[1], z[2]));
  const [a, b, c, d] = [
    () => fromDiagonal(x[0] - y[1] - z[2], y[2] - z[1], (t, s) => [t, (x[1] + y[0]) * s, (z[0] + x[2]) * s]),
    () => fromDiagonal(y[1] - x[0] - z[2], z[0] - x[2], (t, s) => [(x[1] + y[0]) * s, t, (y[2] + z[1]) * s]),
    () => fromDiagonal(z[2] - x[0] - y[1], x[1] - y[0], (t, s) => [(z[0] + x[2]) * s, (y[2] + z[1]) * s, t]),
  ][largest]();
  return a < 0 ? [-b, -c, -d] : [b, c, d];
}

type Imaginary = [number, number, number];

function fromDiagonal(difference: number, real: number, parts: (t: number, s: number) => Imaginary) {
  const root = Math.sqrt(difference + 1);
  return [(0.5 / root) * real, ...parts(root / 2, 0.5 / root)] as const;
}
