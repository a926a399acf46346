/** Images from one grid onto another. Label images: resample-mask.ts. */
import { MarrowError } from "../base/errors.js";
import { splineCoefficients } from "./bspline.js";
import { invertAffine, multiplyAffine, shiftOrigin, type Grid } from "./geometry.js";
import type { Method } from "./interpolation.js";
import { resampleOblique } from "./resample-oblique.js";
import { alignmentOf, resampleSeparable } from "./resample-separable.js";
import { spacingOf, type Affine, type Vec3, type Volume, type VoxelArray } from "./volume.js";

export { resampleMask } from "./resample-mask.js";
export type { Method } from "./interpolation.js";

export interface ResampleOptions {
  /**
   * "cubic" is the interpolating cubic B-spline with mirrored edges (scipy.ndimage order 3, prefiltered); it may
   * overshoot the range of the values, and a NaN spreads along its rows.
   */
  method: Method;
  /** Value of voxels outside the source's field of view, or "edge" for the nearest voxel's. Default 0. */
  outside?: number | "edge";
}

/**
 * The volume on another grid, as float32. A voxel is a box: the field of view ends half a voxel past the outermost
 * centres, and between centre and border the outermost value holds. No smoothing before a grid is made coarser.
 * Grids with parallel axes (also permuted or flipped) take a fast path with the same result. Throws NIFTI_AFFINE.
 */
export function resampleTo(volume: Volume<VoxelArray>, grid: Grid, options: ResampleOptions): Volume {
  const { method, outside = 0 } = options;
  const { size } = grid;
  const affine = multiplyAffine(invertAffine(volume.affine), grid.affine);
  const isSpline = method === "cubic";
  const source = isSpline
    ? { data: splineCoefficients(volume.data, volume.size), size: volume.size }
    : volume;
  const alignment = alignmentOf(affine, size);
  const data = alignment
    ? resampleSeparable(source, size, alignment, method, outside)
    : resampleOblique(source, size, affine, method, outside);
  return { data, size, affine: grid.affine };
}

/**
 * The grid of other spacing over the same field of view: size = round(size × old / new), at least 1, and the outer corner
 * of the first voxel stays where it is. Spacing in millimetres along i, j, k. Throws BAD_ARGUMENT where it is not positive.
 */
export function gridWithSpacing({ size, affine }: Grid, spacing: Vec3): Grid {
  if (!spacing.every((mm) => mm > 0 && Number.isFinite(mm)))
    throw new MarrowError("BAD_ARGUMENT", {
      expected: "a positive spacing in mm",
      found: spacing.join(" × "),
    });
  const ratio = spacingOf(affine).map((old, axis) => spacing[axis] / old);
  const newSize = size.map((n, axis) => Math.max(1, Math.round(n / ratio[axis])));
  const scaled: Affine = affine.map((value, n) => (n < 12 && n % 4 < 3 ? value * ratio[n % 4] : value));
  const corner = ratio.map((r) => r / 2 - 0.5);
  const origin = shiftOrigin(affine, corner as unknown as Vec3);
  const newAffine = scaled.map((value, n) => (n % 4 === 3 ? origin[n] : value));
  return { size: newSize as unknown as Vec3, affine: newAffine };
}

/** The volume on `gridWithSpacing`; voxels past its own field of view (size is rounded) repeat the edge. */
export function resampleSpacing(volume: Volume<VoxelArray>, spacing: Vec3, method: Method): Volume {
  return resampleTo(volume, gridWithSpacing(volume, spacing), { method, outside: "edge" });
}
