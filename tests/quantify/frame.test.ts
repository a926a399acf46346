import { describe, expect, it } from "vitest";
import { frameOf } from "../../src/quantify/frame.js";
import type { Affine, Vec3 } from "../../src/volume/volume.js";

/** Columns i, j, k in LPS+ mm. */
const grid = (i: Vec3, j: Vec3, k: Vec3): Affine => [
  ...[0, 1, 2].flatMap((row) => [i[row], j[row], k[row], 7]),
  ...[0, 0, 0, 1],
];

describe("frameOf", () => {
  it.each([
    ["straight axial", grid([1, 0, 0], [0, 1, 0], [0, 0, 5]), "axial"],
    ["straight coronal", grid([1, 0, 0], [0, 0, -1], [0, 4, 0]), "coronal"],
    ["sagittal", grid([0, 1, 0], [0, 0, -1], [4, 0, 0]), "sagittal"],
    // Published STIR scans, semi-coronal (sij-bone-mri, cases 1003, 1234, 1013; LPS+). In the last the normal is nearer to
    // the patient's long axis than to the front: the sacrum is steep.
    [
      "semi-coronal, 1003",
      grid([0.595, 0.011, 0.009], [0, -0.381, 0.457], [-0.078, 2.533, 2.113]),
      "coronal",
    ],
    ["semi-coronal, 1234", grid([0.595, 0, 0], [0, -0.289, 0.52], [0, 2.885, 1.603]), "coronal"],
    ["semi-coronal, 1013", grid([0.595, 0, -0.017], [0.011, -0.453, 0.386], [0.07, 2.138, 2.513]), "coronal"],
    // Across the sacrum: the normal points up and to the front (paper 1's oblique axial slices).
    ["semi-axial", grid([0.7, 0, 0], [0, 0.5, 0.5], [0, -3, 3.1]), "axial"],
    ["semi-axial, stored from head to feet", grid([0.7, 0, 0], [0, 0.5, 0.5], [0, 3, -3.1]), "axial"],
  ] as const)("%s", (_, affine, plane) => {
    const { plane: found, left, front, up } = frameOf(affine);
    expect(found).toBe(plane);
    const dot = (a: Vec3, b: Vec3) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    for (const [a, b] of [[left, front], [left, up], [front, up]]) expect(dot(a, b)).toBeCloseTo(0, 12); // prettier-ignore
    for (const axis of [left, front, up]) expect(dot(axis, axis)).toBeCloseTo(1, 12);
    expect(left[0]).toBeGreaterThan(0.9);
    expect(front[1]).toBeLessThan(-0.5);
    expect(up[2]).toBeGreaterThan(0.5);
  });
});
