import { describe, expect, it } from "vitest";
import { reorient, transformPoint } from "../../src/volume/geometry.js";
import { alignmentOf } from "../../src/volume/resample-separable.js";
import { gridWithSpacing, resampleSpacing, resampleTo } from "../../src/volume/resample.js";
import { spacingOf, type Affine, type Vec3, type Volume } from "../../src/volume/volume.js";
import { largestDifference, loadFixture } from "./load-fixture.js";

interface Case {
  matrix: number[][];
  offset: number[];
  size: Vec3;
  inside: number[];
  nearest: number[];
  linear: number[];
  cubic: number[];
}
const { resampling } = loadFixture<{ resampling: Record<string, Case> }>("scipy-references");
const { source, ...cases } = resampling as unknown as Record<string, Case> & {
  source: { size: Vec3; data: number[] };
};

const c = Math.cos(0.3);
const s = Math.sin(0.3);
/** The source's own place in the patient: it must cancel out. */
const affine: Affine = [0.6 * c, 0, -4 * s, 10, 0, -0.7, 0, 20, 0.6 * s, 0, 4 * c, -30, 0, 0, 0, 1];
const volume: Volume = { data: Float32Array.from(source.data), size: source.size, affine };

/** The grid whose voxel x looks at voxel matrix · x + offset of the source. */
function gridOf({ matrix, offset, size }: Case) {
  const place = (index: Vec3) => transformPoint(affine, index);
  const index = (x: Vec3) =>
    matrix.map((row, r) => row[0] * x[0] + row[1] * x[1] + row[2] * x[2] + offset[r]) as unknown as Vec3;
  const origin = place(index([0, 0, 0]));
  const columns = (
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ] as const
  ).map((x) => place(index(x)).map((v, r) => v - origin[r]));
  const row = (r: number) => [columns[0][r], columns[1][r], columns[2][r], origin[r]];
  return { size, affine: [...row(0), ...row(1), ...row(2), 0, 0, 0, 1] };
}

describe("resampleTo, against scipy", () => {
  const methods = ["nearest", "linear", "cubic"] as const;
  const all = Object.keys(cases).flatMap((name) => methods.map((method) => [name, method] as const));

  it.each(all)("%s, %s", (name, method) => {
    const wanted = cases[name];
    const grid = gridOf(wanted);
    const edge = resampleTo(volume, grid, { method, outside: "edge" });
    expect(edge.size).toEqual(grid.size);
    expect(edge.affine).toBe(grid.affine);
    expect(largestDifference(edge.data, wanted[method])).toBeLessThan(2e-5);
    const filled = resampleTo(volume, grid, { method, outside: -99 });
    const expected = wanted[method].map((value, n) => (wanted.inside[n] ? value : -99));
    expect(largestDifference(filled.data, expected)).toBeLessThan(2e-5);
  });

  it("takes the fast path only where axes are parallel", () => {
    const of = ({ matrix, offset, size }: Case) =>
      alignmentOf([...matrix.flatMap((row, r) => [...row, offset[r]]), 0, 0, 0, 1], size);
    expect(of(cases.finer)?.axes).toEqual([0, 1, 2]);
    expect(of(cases["flipped and permuted"])?.axes).toEqual([1, 2, 0]);
    expect(of(cases.oblique)).toBeUndefined();
  });

  it("does not let a voxel of weight 0 spoil its neighbour", () => {
    const holed = { ...volume, data: volume.data.map((value, n) => (n === 0 ? NaN : value)) };
    for (const method of methods.slice(0, 2)) {
      const { data } = resampleTo(holed, volume, { method });
      expect(largestDifference(data, holed.data)).toBeLessThan(1e-5);
    }
  });

  it("gives the same values as a permutation does", () => {
    const turned = reorient(volume, "SAR");
    for (const method of methods) {
      const { data } = resampleTo(volume, turned, { method });
      expect(largestDifference(data, turned.data)).toBeLessThan(2e-5);
    }
  });

  it("leaves its input alone", () => {
    const before = Float32Array.from(volume.data);
    for (const method of methods) resampleTo(volume, gridOf(cases.finer), { method });
    expect(volume.data).toEqual(before);
  });
});

describe("resampleSpacing", () => {
  it("keeps the outer corner of the first voxel and rounds the size", () => {
    const grid = gridWithSpacing(volume, [0.9, 0.5, 4]);
    expect(grid.size).toEqual([5, 8, 5]);
    expect(largestDifference([...spacingOf(grid.affine)], [0.9, 0.5, 4])).toBeLessThan(1e-12);
    const corner: Vec3 = [-0.5, -0.5, -0.5];
    const [before, after] = [affine, grid.affine].map((one) => [...transformPoint(one, corner)]);
    expect(largestDifference(after, before)).toBeLessThan(1e-12);
  });

  it("averages pairs when linear spacing doubles", () => {
    const row = {
      data: Float32Array.of(1, 3, 10, 20),
      size: [4, 1, 1] as const,
      affine: gridWithSpacing(volume, [1, 1, 1]).affine,
    };
    expect([...resampleSpacing(row, [2, 1, 1], "linear").data]).toEqual([2, 15]);
  });

  it("never makes an axis vanish, and refuses a spacing of 0", () => {
    expect(gridWithSpacing(volume, [100, 100, 100]).size).toEqual([1, 1, 1]);
    expect(() => gridWithSpacing(volume, [0, 1, 1])).toThrow("BAD_ARGUMENT");
  });
});
