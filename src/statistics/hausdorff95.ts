import { percentile } from "../volume/intensity.js";
import type { SurfaceDistances } from "../volume/surface.js";

/**
 * 95 % Hausdorff distance in mm: the larger of the two directed 95th percentiles (numpy's linear interpolation), one over
 * the distances from each prediction surface voxel to the reference surface, one the other way round. This is MONAI's and
 * DeepMind's definition; medpy, which older nnU-Net code used, takes one percentile of both lists pooled and gives a
 * smaller or equal number. NaN where both masks are empty, Infinity where one is.
 *
 * @example hausdorff95({ aToB: Float64Array.of(0, 1), bToA: Float64Array.of(0, 3) }) // 2.85
 */
export function hausdorff95({ aToB, bToA }: SurfaceDistances): number {
  if (aToB.length === 0 && bToA.length === 0) return NaN;
  if (aToB.length === 0 || bToA.length === 0) return Infinity;
  return Math.max(percentile(aToB, 95), percentile(bToA, 95));
}
