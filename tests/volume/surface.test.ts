import { describe, expect, it } from "vitest";
import { surfaceDistances, surfaceVoxels } from "../../src/volume/surface.js";
import type { Mask, Vec3 } from "../../src/volume/volume.js";
import { largestDifference, loadFixture } from "./load-fixture.js";

interface Fixture {
  morphology: {
    size: Vec3;
    spacing: Vec3;
    a: number[];
    b: number[];
    surface: number[];
    aToB: number[];
    bToA: number[];
  };
}
const { morphology } = loadFixture<Fixture>("scipy-references");
const { size, spacing } = morphology;
const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const maskOf = (data: number[], shape: Vec3): Mask => ({
  data: Uint8Array.from(data),
  size: shape,
  affine: identity,
});
const a = maskOf(morphology.a, size);
const b = maskOf(morphology.b, size);
const empty = maskOf(
  morphology.a.map(() => 0),
  size,
);

describe("surfaceVoxels", () => {
  it("is the mask without its erosion", () => {
    expect([...surfaceVoxels(a).data]).toEqual(morphology.surface);
  });

  it("is the contour of a single slice", () => {
    const ring = [1, 1, 1, 1, 0, 1, 1, 1, 1];
    expect([...surfaceVoxels(maskOf(Array<number>(9).fill(5), [3, 3, 1])).data]).toEqual(ring);
    expect([...surfaceVoxels(maskOf(Array<number>(9).fill(5), [3, 1, 3])).data]).toEqual(ring);
  });
});

describe("surfaceDistances", () => {
  it("are those by scipy's erosion and distance transform", () => {
    const { aToB, bToA } = surfaceDistances(a, b, spacing);
    expect(largestDifference(aToB, morphology.aToB)).toBeLessThan(2e-6);
    expect(largestDifference(bToA, morphology.bToA)).toBeLessThan(2e-6);
  });

  it("of two points is their distance in millimetres", () => {
    const point = (n: number) =>
      maskOf(
        [0, 1, 2, 3, 4, 5].map((at) => Number(at === n)),
        [3, 2, 1],
      );
    const { aToB, bToA } = surfaceDistances(point(0), point(5), [1.5, 4, 1]);
    expect([[...aToB], [...bToA]]).toEqual([[5], [5]]);
  });

  it("are none from an empty mask, and infinite to it", () => {
    expect(surfaceDistances(empty, empty, spacing)).toEqual({
      aToB: new Float64Array(0),
      bToA: new Float64Array(0),
    });
    const { aToB, bToA } = surfaceDistances(a, empty, spacing);
    expect(bToA.length).toBe(0);
    expect(aToB.length).toBe(morphology.aToB.length);
    expect(aToB.every((distance) => distance === Infinity)).toBe(true);
  });

  it("refuse masks of two sizes", () => {
    expect(() => surfaceDistances(a, maskOf([1], [1, 1, 1]), spacing)).toThrow("GRID_MISMATCH");
  });
});
