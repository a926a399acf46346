import type { SurfaceDistances } from "../volume/surface.js";

/**
 * Surface Dice (normalised surface distance) at a tolerance in mm, from 0 to 1: the share of the surface voxels of both
 * masks that lie within the tolerance of the other surface. Surface voxels are counted, not weighted by area, as MONAI
 * does by default; DeepMind's marching-cubes weights give slightly other numbers. NaN where both masks are empty, 0 where
 * one is. Source: Nikolov et al., JMIR 23:e26151 (2021); Seidlitz et al., arXiv 2111.05408.
 *
 * @example surfaceDice({ aToB: Float64Array.of(0, 1), bToA: Float64Array.of(0, 3) }, 1) // 0.75
 */
export function surfaceDice({ aToB, bToA }: SurfaceDistances, toleranceMm: number): number {
  const all = aToB.length + bToA.length;
  return all === 0 ? NaN : (countWithin(aToB, toleranceMm) + countWithin(bToA, toleranceMm)) / all;
}

function countWithin(distances: Float64Array, toleranceMm: number): number {
  return distances.reduce((count, distance) => count + (distance <= toleranceMm ? 1 : 0), 0);
}
