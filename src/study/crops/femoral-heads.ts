/**
 * Finds the femoral heads on coronal images of both hips, of any contrast, without trained weights: of all pairs of spheres
 * the one that lies as two femoral heads do. Why so, and how well it does: docs/explanation/femoral-heads.md.
 */
import { transformPoint } from "../../volume/geometry.js";
import type { Vec3, Volume } from "../../volume/volume.js";
import { findSpheres, type Sphere } from "./sphere-votes.js";

export type Side = "left" | "right";

export interface Head {
  /** The patient's. */
  readonly side: Side;
  /** LPS+ mm. */
  readonly centre: Vec3;
}

/** What lies between the two heads of a person, in mm along L, P, S: mean and how fast a difference becomes unlikely. */
const apart = [
  { mean: 178, spread: 15 },
  { mean: 0, spread: 10 },
  { mean: 0, spread: 12 },
] as const;
/** Heads nearer than this (mm) are one, or no heads. */
const nearest = 112;
/** The middle between the heads lies near the middle of the image, mm. */
const middleSpread = 30;
const radiusSpread = 4;
/** Votes that a squared spread costs. */
const priorWeight = 0.04;

/** Both heads, left first; none where the image shows no two spheres that could be them. */
export function findFemoralHeads(image: Volume): Head[] {
  const spheres = findSpheres(image);
  const middle = transformPoint(image.affine, image.size.map((n) => (n - 1) / 2) as unknown as Vec3);
  let best: { heads: Head[]; value: number } | undefined;
  for (const left of spheres)
    for (const right of spheres) {
      if (left.centre[0] - right.centre[0] < nearest) continue;
      const value =
        Math.abs(left.votes) + Math.abs(right.votes) - priorWeight * strangeness(left, right, middle);
      if (best && value <= best.value) continue;
      const heads: Head[] = [
        { side: "left", centre: left.centre },
        { side: "right", centre: right.centre },
      ];
      best = { heads, value };
    }
  return best?.heads ?? [];
}

/** How unlike two femoral heads a pair of spheres lies: sum of squared spreads. */
function strangeness(left: Sphere, right: Sphere, middle: Vec3): number {
  const differences = apart.map(
    ({ mean, spread }, axis) => (left.centre[axis] - right.centre[axis] - mean) / spread,
  );
  const off = ((left.centre[0] + right.centre[0]) / 2 - middle[0]) / middleSpread;
  const unlike = (left.radiusMm - right.radiusMm) / radiusSpread;
  return [...differences, off, unlike].reduce((sum, d) => sum + d * d, 0);
}
