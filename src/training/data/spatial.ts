/**
 * Where each voxel of a patch comes from: position, flips, rotation, scale and elastic deformation composed into one
 * map, so that every voxel is interpolated once and straight from the whole volume.
 */
import type { Random } from "../../base/random.js";
import type { Plan } from "../../study/types.js";
import type { Vec3 } from "../../volume/volume.js";
import { ElasticField } from "./elastic.js";

/** 3×3, row by row. */
type Matrix = readonly number[];

/**
 * Output voxel o of the patch reads the volume at `centre + matrix · (o − (patch − 1) / 2 + elastic(o))`, in voxels along
 * i, j, k.
 */
export interface SpatialMap {
  readonly patch: Vec3;
  readonly centre: Vec3;
  readonly matrix: Matrix;
  readonly elastic?: ElasticField;
}

/** Slices this many times thicker than the finest spacing are not mixed with one another (nnU-Net's threshold). */
const anisotropy = 3;

/** The axes along which neighbouring voxels may be mixed: longer than one voxel and finely spaced. */
export function fineAxes(plan: Pick<Plan, "patch" | "spacing">): boolean[] {
  const finest = Math.min(...plan.spacing);
  return [0, 1, 2].map((a) => plan.patch[a] > 1 && plan.spacing[a] <= anisotropy * finest);
}

type SpatialPlan = Pick<Plan, "patch" | "spacing" | "augmentation">;

/** Draws flips, affine and elastic deformation for a patch that starts at voxel `start` (which may be negative). */
export function drawSpatialMap(plan: SpatialPlan, start: Vec3, random: Random): SpatialMap {
  const { patch, augmentation } = plan;
  const flips = augmentation.flip.map((enabled) => enabled && random.chance(0.5));
  let matrix: Matrix = diagonal(flips.map((flip) => (flip ? -1 : 1)));
  if (random.chance(augmentation.affine)) matrix = multiply(drawAffine(plan, random), matrix);
  const centre = start.map((s, a) => s + (patch[a] - 1) / 2) as unknown as Vec3;
  const bent = random.chance(augmentation.elastic) && patch[0] * patch[1] > 1;
  return {
    patch,
    centre,
    matrix,
    ...(bent ? { elastic: new ElasticField(patch, fineAxes(plan), random) } : {}),
  };
}

/**
 * Rotation about i, j, k (degrees, drawn symmetrically, in millimetres so that thick slices do not shear) and one scale
 * for all finely spaced axes (drawn log-uniformly; 1.2 shows the anatomy 1.2 times as large).
 */
function drawAffine(plan: SpatialPlan, random: Random): Matrix {
  const { rotation, scale } = plan.augmentation;
  const angles = rotation.map((limit) => random.uniform(-limit, limit));
  if (plan.patch[2] === 1) angles[0] = angles[1] = 0;
  const factor = Math.exp(random.uniform(Math.log(scale[0]), Math.log(scale[1])));
  const zoom = diagonal(fineAxes(plan).map((fine) => (fine ? 1 / factor : 1)));
  return multiply(rotationInVoxels(angles, plan.spacing), zoom);
}

/** Rotation by angles (degrees) about i, then j, then k, of voxel offsets on a grid of this spacing (mm). */
export function rotationInVoxels(angles: readonly number[], spacing: readonly number[]): Matrix {
  const turned = [0, 1, 2].reduce<Matrix>(
    (sum, axis) => (angles[axis] === 0 ? sum : multiply(rotationAbout(axis, angles[axis]), sum)),
    diagonal([1, 1, 1]),
  );
  return turned.map((value, n) => (value * spacing[n % 3]) / spacing[Math.floor(n / 3)]);
}

function rotationAbout(axis: number, degrees: number): Matrix {
  const angle = (degrees * Math.PI) / 180;
  const [from, to] = [(axis + 1) % 3, (axis + 2) % 3];
  const matrix = diagonal([1, 1, 1]);
  matrix[from * 3 + from] = matrix[to * 3 + to] = Math.cos(angle);
  matrix[from * 3 + to] = -Math.sin(angle);
  matrix[to * 3 + from] = Math.sin(angle);
  return matrix;
}

function diagonal(values: readonly number[]): number[] {
  return [values[0], 0, 0, 0, values[1], 0, 0, 0, values[2]];
}

function multiply(a: Matrix, b: Matrix): Matrix {
  return a.map((_, n) => {
    const row = n - (n % 3);
    const column = n % 3;
    return a[row] * b[column] + a[row + 1] * b[3 + column] + a[row + 2] * b[6 + column];
  });
}
