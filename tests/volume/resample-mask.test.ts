import { describe, expect, it } from "vitest";
import { resampleMask } from "../../src/volume/resample.js";
import type { Mask, Vec3 } from "../../src/volume/volume.js";
import { loadFixture } from "./load-fixture.js";

interface Fixture {
  labelShares: {
    size: Vec3;
    data: number[];
    target: { size: Vec3; scale: number[]; offset: number[] };
    labels: number[];
  };
}
const { labelShares } = loadFixture<Fixture>("scipy-references");
const diagonal = ([x, y, z]: number[], [a, b, c]: number[]) => [
  x,
  0,
  0,
  a,
  0,
  y,
  0,
  b,
  0,
  0,
  z,
  c,
  0,
  0,
  0,
  1,
];
const identity = diagonal([1, 1, 1], [0, 0, 0]);
const maskOf = (data: number[], size: Vec3): Mask => ({
  data: Uint8Array.from(data),
  size,
  affine: identity,
});

describe("resampleMask", () => {
  it("chooses the label with the largest linear share, as scipy's indicators do", () => {
    const { size, data, target, labels } = labelShares;
    const affine = diagonal(target.scale, target.offset);
    expect([...resampleMask(maskOf(data, size), { size: target.size, affine }).data]).toEqual(labels);
  });

  it("gives ties to the lower label", () => {
    const between = { size: [1, 1, 1] as const, affine: diagonal([1, 1, 1], [0.5, 0, 0]) };
    for (const pair of [
      [3, 7],
      [7, 3],
      [0, 9],
    ]) {
      const { data } = resampleMask(maskOf(pair, [2, 1, 1]), between);
      expect(data[0]).toBe(Math.min(...pair));
    }
  });

  it("makes no label that was not there, and nothing outside", () => {
    const wide = { size: [8, 1, 1] as const, affine: diagonal([0.5, 1, 1], [-1, 0, 0]) };
    const { data } = resampleMask(maskOf([1, 3], [2, 1, 1]), wide);
    expect([...data]).toEqual([0, 1, 1, 1, 3, 3, 0, 0]);
  });

  it("is the identity on its own grid", () => {
    const mask = maskOf(labelShares.data, labelShares.size);
    expect(resampleMask(mask, mask).data).toEqual(mask.data);
  });
});
