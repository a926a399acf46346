import type { SurfaceDistances } from "../volume/surface.js";

/**
 * Average symmetric surface distance in mm: the mean of all distances of both directions pooled, so that every surface
 * voxel has one vote (Heimann et al., IEEE TMI 28:1251, 2009; MONAI's symmetric average). NaN where both masks are empty,
 * Infinity where one is.
 *
 * @example averageSurfaceDistance({ aToB: Float64Array.of(0, 1), bToA: Float64Array.of(2) }) // 1
 */
export function averageSurfaceDistance({ aToB, bToA }: SurfaceDistances): number {
  if (aToB.length === 0 && bToA.length === 0) return NaN;
  if (aToB.length === 0 || bToA.length === 0) return Infinity;
  return (sum(aToB) + sum(bToA)) / (aToB.length + bToA.length);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
