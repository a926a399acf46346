import { describe, expect, it } from "vitest";
import {
  acquisitionAxis,
  directionLetters,
  edgeLetters,
  planeSteps,
  planeThrough,
} from "../../../web/core/plane.js";
import { flippedCoronal, obliqueCoronal } from "../volumes.js";

/** Columns i, j, k of a grid at the origin. */
const affine = (i: number[], j: number[], k: number[]) => [
  ...[0, 1, 2].flatMap((row) => [i[row], j[row], k[row], 0]),
  ...[0, 0, 0, 1],
];

describe("planeThrough", () => {
  const lps = affine([1, 0, 0], [0, 1, 0], [0, 0, 5]);
  it.each([
    // Axial: patient's left to the right of the screen, back down.
    [2, { name: "axial", across: 0, flipAcross: false, down: 1, flipDown: false }],
    // Coronal: left to the right, feet down.
    [1, { name: "coronal", across: 0, flipAcross: false, down: 2, flipDown: true }],
    // Sagittal: back to the right, feet down.
    [0, { name: "sagittal", across: 1, flipAcross: false, down: 2, flipDown: true }],
  ] as const)("hangs LPS voxels along axis %i as radiologists do", (axis, expected) => {
    expect(planeThrough(lps, axis)).toEqual({ ...expected, through: axis });
  });

  it("turns and mirrors a grid whose axes run the other way and in another order", () => {
    expect(planeThrough(flippedCoronal().affine, 2)).toEqual({
      name: "coronal",
      across: 1,
      flipAcross: true,
      down: 0,
      flipDown: false,
      through: 2,
    });
  });
});

describe("edgeLetters", () => {
  it("names both directions of a tilted plane, the nearer first", () => {
    const { affine } = obliqueCoronal();
    expect(edgeLetters(affine, planeThrough(affine, 2))).toEqual({
      left: "R",
      right: "L",
      top: "HA",
      bottom: "FP",
    });
  });

  it.each([
    [[1, 0, 0], "L"],
    [[-1, 0.2, 0], "R"],
    [[0, -1, 1.1], "HA"],
    [[1, 1.2, -1.1], "PFL"],
  ] as const)("%j is %s", (direction, letters) => expect(directionLetters(direction)).toBe(letters));
});

describe("planeSteps", () => {
  it("keeps lengths and angle of a sheared plane", () => {
    const sheared = affine([2, 0, 0], [0.5, 1, 0], [0, 0, 5]);
    const { across, down } = planeSteps(sheared, planeThrough(sheared, 2));
    expect(across).toEqual([2, 0]);
    expect(down[0]).toBeCloseTo(0.5, 12);
    expect(down[1]).toBeCloseTo(1, 12);
  });
});

describe("acquisitionAxis", () => {
  it.each([
    [affine([7, 0, 0], [0, 1, 0], [0, 0, 1]), 0],
    [affine([1, 0, 0], [0, 1, 0], [0, 0, 4]), 2],
    [affine([1, 0, 0], [0, 1, 0], [0, 0, 1]), 2],
  ])("is the axis of the longest step, the last of equals", (grid, axis) => {
    expect(acquisitionAxis(grid)).toBe(axis);
  });
});
