import { describe, expect, it } from "vitest";
import type { Affine, Vec3 } from "../../src/volume/volume.js";
import { screenAxes } from "../../web-segment/screen-axes.js";

const directions: Readonly<Record<string, Vec3>> = {
  L: [1, 0, 0],
  R: [-1, 0, 0],
  P: [0, 1, 0],
  A: [0, -1, 0],
  S: [0, 0, 1],
  I: [0, 0, -1],
};

/** Axes i, j, k that grow towards these sides, a little oblique. */
function affineOf(orientation: string): Affine {
  const [i, j, k] = [...orientation].map((side) => directions[side]);
  const row = (axis: 0 | 1 | 2) => [i[axis] + 0.1 * k[axis], j[axis], k[axis] - 0.1 * i[axis], 7];
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1];
}

/** Orientation; letters at left, right, top, bottom; whether it is transposed and flipped along x and y. */
const cases: [string, string, [boolean, boolean, boolean]][] = [
  ["LPS", "RLAP", [false, false, false]],
  ["RAS", "RLAP", [false, true, true]],
  ["LIP", "RLHF", [false, false, false]],
  ["LSA", "RLHF", [false, false, true]],
  ["RSA", "RLHF", [false, true, true]],
  ["PIR", "APHF", [false, false, false]],
  ["SAL", "APHF", [true, true, true]],
  ["ILP", "RLHF", [true, false, false]],
];

describe("screenAxes", () => {
  it.each(cases)("%s: right side on the left, head or front above", (orientation, letters, turned) => {
    const { edges, transposed, flipX, flipY } = screenAxes(affineOf(orientation));
    expect(`${edges.left}${edges.right}${edges.top}${edges.bottom}`).toBe(letters);
    expect([transposed, flipX, flipY]).toEqual(turned);
  });
});
