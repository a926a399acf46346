/** How a case's voxel axes are laid onto a plan's, in a way that keeps slices whole however oblique they were taken. */
import { orientationOf, permutations } from "../volume/geometry.js";
import { spacingOf, type Affine, type Vec3 } from "../volume/volume.js";

const directions: Readonly<Record<string, Vec3>> = {
  L: [1, 0, 0],
  R: [-1, 0, 0],
  P: [0, 1, 0],
  A: [0, -1, 0],
  S: [0, 0, 1],
  I: [0, 0, -1],
};
const opposites: Readonly<Record<string, string>> = { L: "R", R: "L", P: "A", A: "P", S: "I", I: "S" };

/** Slices this much thicker than the voxels within them are slices; below, the image counts as a block. */
export const thickRatio = 1.5;

/** The slice axis 0, 1 or 2: the one with the coarsest spacing; undefined where no axis is plainly coarser. */
export function sliceAxis(affine: Affine): 0 | 1 | 2 | undefined {
  const spacing = spacingOf(affine);
  const axis = spacing.indexOf(Math.max(...spacing)) as 0 | 1 | 2;
  const others = spacing.filter((_, n) => n !== axis);
  return spacing[axis] >= thickRatio * Math.max(...others) ? axis : undefined;
}

export interface AxisStep {
  /** Axis of the case's own grid. */
  readonly axis: 0 | 1 | 2;
  readonly flip: boolean;
}

/** A slice axis within about 70° of the plan's k is laid on k; one further off was taken in another plane. */
const obliqueLimit = 0.35;

/**
 * For each of the plan's axes i, j, k the case's own axis that is laid on it, and whether it runs backwards. A case of
 * thick slices keeps its slice axis on the plan's k, even where the slices are so oblique (over 45°) that the nearest
 * anatomical name is another; the rest goes by the best agreement of directions. Without this, an oblique coronal
 * sacroiliac series beyond 45° would be cut across its slices.
 */
export function axisSteps(affine: Affine, orientation: string): readonly [AxisStep, AxisStep, AxisStep] {
  const slices = sliceAxis(affine);
  const along = (axis: number, n: number) => cosine(affine, axis, directions[orientation[n]]);
  const kept = slices !== undefined && Math.abs(along(slices, 2)) >= obliqueLimit ? slices : undefined;
  const agreement = (axes: readonly number[]) =>
    axes.reduce((sum, axis, n) => sum + Math.abs(along(axis, n)), 0) + (axes[2] === kept ? 10 : 0);
  let best: (typeof permutations)[number] = permutations[0];
  for (const axes of permutations) if (agreement(axes) > agreement(best) + 1e-9) best = axes;
  const step = (n: 0 | 1 | 2) => ({ axis: best[n], flip: along(best[n], n) < 0 });
  return [step(0), step(1), step(2)];
}

function cosine(affine: Affine, axis: number, direction: Vec3): number {
  const column = [affine[axis], affine[4 + axis], affine[8 + axis]];
  const length = Math.hypot(...column) || 1;
  return column.reduce((sum, value, n) => sum + value * direction[n], 0) / length;
}

/**
 * The letters to hand to `reorient` so that a case comes to lie as the plan's `orientation` means it: the plan's own
 * letters for nearly every case, others where oblique slices are kept whole.
 */
export function orientationFor(affine: Affine, orientation: string): string {
  const own = orientationOf(affine);
  return axisSteps(affine, orientation)
    .map(({ axis, flip }) => (flip ? opposites[own[axis]] : own[axis]))
    .join("");
}

/** Size and spacing of a case along the plan's axes. */
export function gridIn(
  orientation: string,
  { size, affine }: { size: Vec3; affine: Affine },
): { size: Vec3; spacing: Vec3 } {
  const spacing = spacingOf(affine);
  const [i, j, k] = axisSteps(affine, orientation).map(({ axis }) => axis);
  return { size: [size[i], size[j], size[k]], spacing: [spacing[i], spacing[j], spacing[k]] };
}
