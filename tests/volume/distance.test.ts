import { describe, expect, it } from "vitest";
import { distanceTransform } from "../../src/volume/distance.js";
import type { Mask, Vec3 } from "../../src/volume/volume.js";
import { largestDifference, loadFixture } from "./load-fixture.js";

interface Fixture {
  morphology: { size: Vec3; spacing: Vec3; a: number[]; distance: number[] };
}
const { morphology } = loadFixture<Fixture>("scipy-references");
const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const maskOf = (data: number[], size: Vec3): Mask => ({
  data: Uint8Array.from(data),
  size,
  affine: identity,
});

describe("distanceTransform", () => {
  it("is scipy's distance_transform_edt on an anisotropic grid", () => {
    const { a, size, spacing, distance } = morphology;
    expect(largestDifference(distanceTransform(maskOf(a, size), spacing), distance)).toBeLessThan(2e-6);
  });

  it("measures in millimetres along each axis", () => {
    const row = [0, 1, 1, 1];
    expect([...distanceTransform(maskOf(row, [4, 1, 1]), [2, 1, 1])]).toEqual([0, 2, 4, 6]);
    expect([...distanceTransform(maskOf(row, [1, 4, 1]), [1, 3, 1])]).toEqual([0, 3, 6, 9]);
    expect([...distanceTransform(maskOf(row, [1, 1, 4]), [1, 1, 5])]).toEqual([0, 5, 10, 15]);
  });

  it("is 0 for an empty mask and infinite where there is no way out", () => {
    expect([...distanceTransform(maskOf([0, 0], [2, 1, 1]), [1, 1, 1])]).toEqual([0, 0]);
    expect([...distanceTransform(maskOf([1, 1], [2, 1, 1]), [1, 1, 1])]).toEqual([Infinity, Infinity]);
  });
});
