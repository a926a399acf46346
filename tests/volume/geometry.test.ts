import { describe, expect, it } from "vitest";
import {
  invertAffine,
  multiplyAffine,
  orientationOf,
  reorient,
  sameGrid,
  transformPoint,
} from "../../src/volume/geometry.js";
import { flipRows } from "../../src/volume/nifti-affine.js";
import type { Vec3, Volume } from "../../src/volume/volume.js";
import { largestDifference, loadFixture } from "./load-fixture.js";

interface Fixture {
  affines: { name: string; affine: number[]; axcodes: string }[];
}
const { affines } = loadFixture<Fixture>("nifti-files");
const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const oblique = flipRows(affines.find(({ name }) => name === "oblique flipped")!.affine);

/** Every voxel has a value of its own. */
const numbered = (size: Vec3, affine: readonly number[]): Volume<Int16Array<ArrayBuffer>> => ({
  data: Int16Array.from({ length: size[0] * size[1] * size[2] }, (_, n) => n),
  size,
  affine,
});

/** Value to patient position, of every voxel. */
function places({ data, size, affine }: Volume<Int16Array<ArrayBuffer>>): Map<number, Vec3> {
  const index = (n: number): Vec3 => [
    n % size[0],
    Math.floor(n / size[0]) % size[1],
    Math.floor(n / (size[0] * size[1])),
  ];
  return new Map(Array.from(data, (value, n) => [value, transformPoint(affine, index(n))]));
}

const all = ["LR", "PA", "SI"];
const orientations = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
].flatMap((order) =>
  Array.from({ length: 8 }, (_, bits) => order.map((row, n) => all[row][(bits >> n) & 1]).join("")),
);

describe("orientationOf", () => {
  it.each(affines)("agrees with nibabel's aff2axcodes: $name", ({ affine, axcodes }) => {
    expect(orientationOf(flipRows(affine))).toBe(axcodes);
  });

  it("is LPS for the identity", () => expect(orientationOf(identity)).toBe("LPS"));
});

describe("reorient", () => {
  it.each(orientations)("to %s keeps every voxel's place in the patient", (orientation) => {
    const volume = numbered([4, 3, 2], oblique);
    const turned = reorient(volume, orientation);
    expect(orientationOf(turned.affine)).toBe(orientation);
    const before = places(volume);
    for (const [value, place] of places(turned))
      expect(largestDifference([...place], [...before.get(value)!])).toBeLessThan(1e-9);
    const back = reorient(turned, orientationOf(volume.affine));
    expect(back.data).toEqual(volume.data);
    expect(back.size).toEqual(volume.size);
    expect(largestDifference(back.affine, volume.affine)).toBeLessThan(1e-9);
  });

  it("swaps the first two axes of a small image", () => {
    const { data, size } = reorient(numbered([3, 2, 1], identity), "PLS");
    expect(size).toEqual([2, 3, 1]);
    expect([...data]).toEqual([0, 3, 1, 4, 2, 5]);
  });

  it.each(["LLS", "LP", "XPS", "LPSR"])("refuses %s", (orientation) => {
    expect(() => reorient(numbered([2, 2, 2], identity), orientation)).toThrow("BAD_ARGUMENT");
  });
});

describe("affines", () => {
  it.each(affines)("an inverse undoes its affine: $name", ({ affine }) => {
    expect(largestDifference(multiplyAffine(affine, invertAffine(affine)), identity)).toBeLessThan(
      1e-12 * 100,
    );
    const point = transformPoint(invertAffine(affine), transformPoint(affine, [1, 2, 3]));
    expect(largestDifference([...point], [1, 2, 3])).toBeLessThan(1e-10);
  });

  it("a product applies the right one first", () => {
    const double = [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1];
    const shift = [1, 0, 0, 5, 0, 1, 0, 6, 0, 0, 1, 7, 0, 0, 0, 1];
    expect(transformPoint(multiplyAffine(shift, double), [1, 1, 1])).toEqual([7, 8, 9]);
    expect(transformPoint(multiplyAffine(double, shift), [1, 1, 1])).toEqual([12, 14, 16]);
  });

  it("refuses to invert a lost axis", () => {
    expect(() => invertAffine(identity.map((v, n) => (n === 5 ? 0 : v)))).toThrow("NIFTI_AFFINE");
  });
});

describe("sameGrid", () => {
  const grid = { size: [100, 100, 20] as const, affine: oblique };
  const shifted = (mm: number) => ({ ...grid, affine: oblique.map((v, n) => (n === 3 ? v + mm : v)) });

  it("accepts what is within the tolerance and nothing else", () => {
    expect(sameGrid(grid, shifted(0.009), 0.01)).toBe(true);
    expect(sameGrid(grid, shifted(0.011), 0.01)).toBe(false);
    expect(sameGrid(grid, { ...grid, size: [100, 100, 21] })).toBe(false);
  });

  it("sees a spacing whose error only shows at the far corner", () => {
    const stretched = { ...grid, affine: oblique.map((v, n) => (n % 4 === 0 ? v * 1.001 : v)) };
    expect(sameGrid(grid, stretched, 0.01)).toBe(false);
    expect(sameGrid({ ...grid, size: [2, 2, 2] }, { ...stretched, size: [2, 2, 2] }, 0.01)).toBe(true);
  });
});
