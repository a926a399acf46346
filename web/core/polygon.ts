/** Filling of closed contours drawn in a slice. */
import type { Vec3 } from "../../src/volume/volume.js";
import type { Axis, ViewPlane } from "./plane.js";

/** A position in a slice, in voxels along the plane's `across` and `down` axes. */
export type PlanePoint = readonly [p: number, q: number];

/**
 * Voxels of one slice whose centres lie inside a closed contour (even-odd rule, so that a contour that crosses itself
 * leaves holes). The last point is joined to the first. Fewer than three points enclose nothing.
 */
export function filledVoxels(
  size: Vec3,
  plane: Pick<ViewPlane, "across" | "down" | "through">,
  slice: number,
  contour: readonly PlanePoint[],
): number[] {
  const strides = [1, size[0], size[0] * size[1]];
  const stride = (axis: Axis) => strides[axis];
  const start = slice * stride(plane.through);
  const found: number[] = [];
  for (const [q, from, to] of spansOf(contour, size[plane.across], size[plane.down]))
    for (let p = from; p <= to; p++) found.push(start + p * stride(plane.across) + q * stride(plane.down));
  return found.sort((a, b) => a - b);
}

function* spansOf(contour: readonly PlanePoint[], width: number, height: number) {
  if (contour.length < 3) return;
  const rows = contour.map(([, q]) => q);
  const first = Math.max(0, Math.ceil(Math.min(...rows)));
  const last = Math.min(height - 1, Math.floor(Math.max(...rows)));
  for (let q = first; q <= last; q++) {
    const crossings = crossingsAt(contour, q);
    for (let n = 0; n + 1 < crossings.length; n += 2)
      yield [
        q,
        Math.max(0, Math.ceil(crossings[n])),
        Math.min(width - 1, Math.floor(crossings[n + 1])),
      ] as const;
  }
}

/** Where the contour's edges cross a row of voxel centres. Half-open edges, so that a corner counts once. */
function crossingsAt(contour: readonly PlanePoint[], q: number): number[] {
  const crossings: number[] = [];
  contour.forEach(([p0, q0], n) => {
    const [p1, q1] = contour[(n + 1) % contour.length];
    if (q0 <= q !== q1 <= q) crossings.push(p0 + ((q - q0) / (q1 - q0)) * (p1 - p0));
  });
  return crossings.sort((a, b) => a - b);
}
