/**
 * Which voxels of a grid a pane shows and how they lie on the screen. Planes are the grid's own (no voxel is resampled),
 * turned as radiologists hang them: patient's right on the left of the screen, head or front up.
 */
import { orientationOf } from "../../src/volume/geometry.js";
import type { Affine, Vec3 } from "../../src/volume/volume.js";

export type Axis = 0 | 1 | 2;
export type PlaneName = "axial" | "coronal" | "sagittal";

export interface ViewPlane {
  readonly name: PlaneName;
  /** Voxel axis that runs to the right of the screen, and whether it runs there backwards. */
  readonly across: Axis;
  readonly flipAcross: boolean;
  /** Voxel axis that runs down the screen. */
  readonly down: Axis;
  readonly flipDown: boolean;
  /** Voxel axis that the slice keys step along. */
  readonly through: Axis;
}

/** For the direction of the slice axis: name of the plane, patient direction to the right and downwards. */
const hanging: Readonly<Record<string, readonly [PlaneName, string, string]>> = {
  L: ["sagittal", "P", "I"],
  P: ["coronal", "L", "I"],
  S: ["axial", "L", "P"],
};
const opposite: Readonly<Record<string, string>> = { L: "R", R: "L", P: "A", A: "P", S: "I", I: "S" };
const axes = [0, 1, 2] as const;

/** The plane of the voxels that share one index along `through`. */
export function planeThrough(affine: Affine, through: Axis): ViewPlane {
  const letters = [...orientationOf(affine)];
  const [name, right, below] = hanging[letters[through]] ?? hanging[opposite[letters[through]]];
  const axisTo = (letter: string) =>
    axes.find((axis) => letters[axis] === letter || letters[axis] === opposite[letter]) as Axis;
  const [across, down] = [axisTo(right), axisTo(below)];
  return {
    name,
    across,
    flipAcross: letters[across] !== right,
    down,
    flipDown: letters[down] !== below,
    through,
  };
}

/** Axis along which the slices were acquired: the one with the largest voxels; the last of equals. */
export function acquisitionAxis(affine: Affine): Axis {
  const length = (axis: Axis) => Math.hypot(...columnOf(affine, axis));
  return axes.reduce<Axis>((best, axis) => (length(axis) > length(best) * 0.999 ? axis : best), 0);
}

/** One step along a voxel axis in LPS+ millimetres. */
export function columnOf(affine: Affine, axis: Axis): Vec3 {
  return [affine[axis], affine[4 + axis], affine[8 + axis]];
}

/** Millimetres on the screen (right, down) of one step along `across` and one along `down`. */
export interface PlaneSteps {
  readonly across: readonly [number, number];
  readonly down: readonly [number, number];
}

/**
 * Steps of a plane in millimetres, exact for sheared grids too (gantry tilt): the first axis lies along the screen, the
 * second keeps its angle to it.
 */
export function planeSteps(affine: Affine, plane: ViewPlane): PlaneSteps {
  const u = columnOf(affine, plane.across);
  const v = columnOf(affine, plane.down);
  const length = Math.hypot(...u);
  const along = (u[0] * v[0] + u[1] * v[1] + u[2] * v[2]) / length;
  const upright = Math.sqrt(Math.max(0, v[0] ** 2 + v[1] ** 2 + v[2] ** 2 - along ** 2));
  const [s, t] = [plane.flipAcross ? -1 : 1, plane.flipDown ? -1 : 1];
  return { across: [s * length, 0], down: [s * along, t * upright] };
}

const patientLetters = ["LR", "PA", "HF"] as const;

/** Letters of a direction in the patient: the nearest axis, then each other one that it leans to by 20° or more. */
export function directionLetters(direction: Vec3): string {
  const length = Math.hypot(...direction);
  return axes
    .map((axis) => ({ axis, cosine: direction[axis] / length }))
    .filter(({ cosine }) => Math.abs(cosine) > Math.sin((20 / 180) * Math.PI))
    .sort((a, b) => Math.abs(b.cosine) - Math.abs(a.cosine))
    .map(({ axis, cosine }) => patientLetters[axis][cosine < 0 ? 1 : 0])
    .join("");
}

export interface EdgeLetters {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

/** What to write at the four edges of a pane. */
export function edgeLetters(affine: Affine, plane: ViewPlane): EdgeLetters {
  const signed = (axis: Axis, flip: boolean) =>
    columnOf(affine, axis).map((x) => (flip ? -x : x)) as unknown as Vec3;
  const back = (v: Vec3): Vec3 => [-v[0], -v[1], -v[2]];
  const right = signed(plane.across, plane.flipAcross);
  const bottom = signed(plane.down, plane.flipDown);
  return {
    left: directionLetters(back(right)),
    right: directionLetters(right),
    top: directionLetters(back(bottom)),
    bottom: directionLetters(bottom),
  };
}
