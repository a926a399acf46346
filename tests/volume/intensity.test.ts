import { describe, expect, it } from "vitest";
import { percentile, percentileClip, percentiles, robustScore, zScore } from "../../src/volume/intensity.js";
import type { Mask, Volume } from "../../src/volume/volume.js";
import { largestDifference, loadFixture } from "./load-fixture.js";

interface Fixture {
  intensities: { values: number[]; ps: number[]; percentiles: number[]; scores: number[] };
}
const { intensities } = loadFixture<Fixture>("scipy-references");
const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const volumeOf = (values: number[]): Volume => ({
  data: Float32Array.from(values),
  size: [values.length, 1, 1],
  affine: identity,
});
const maskOf = (values: number[]): Mask => ({ ...volumeOf(values), data: Uint8Array.from(values) });

describe("percentile", () => {
  it("is numpy's", () => {
    const { values, ps, percentiles: expected } = intensities;
    expect(largestDifference(percentiles(values, ps), expected)).toBeLessThan(1e-6);
    expect(percentile(Object.freeze([3, 1, 2]), 50)).toBe(2);
  });

  it("leaves NaN out, is NaN of nothing, and refuses 101", () => {
    expect(percentile([NaN, 4, 2, NaN], 50)).toBe(3);
    expect(percentile([], 50)).toBeNaN();
    expect(() => percentile([1], 101)).toThrow("BAD_ARGUMENT");
  });
});

describe("zScore", () => {
  it("is numpy's (x − mean) / std", () => {
    const { data } = zScore(volumeOf(intensities.values));
    expect(largestDifference(data, intensities.scores)).toBeLessThan(1e-5);
  });

  it("takes mean and SD from the mask alone", () => {
    const { data } = zScore(volumeOf([1, 3, 101]), maskOf([1, 2, 0]));
    expect([...data]).toEqual([-1, 1, 99]);
  });

  it("counts every voxel where the mask is empty, and refuses another size", () => {
    expect([...zScore(volumeOf([1, 3]), maskOf([0, 0])).data]).toEqual([-1, 1]);
    expect(() => zScore(volumeOf([1, 3]), maskOf([1]))).toThrow("GRID_MISMATCH");
  });

  it("makes a constant image 0, and what is not finite", () => {
    expect([...zScore(volumeOf([7.3, 7.3, 7.3])).data]).toEqual([0, 0, 0]);
    expect([...zScore(volumeOf([0, 0])).data]).toEqual([0, 0]);
    expect([...zScore(volumeOf([1, NaN, 3, Infinity])).data]).toEqual([-1, 0, 1, 0]);
    expect([...zScore(volumeOf([NaN])).data]).toEqual([0]);
  });
});

describe("robustScore", () => {
  it("is (x − median) · 1.349 / (quartile 3 − quartile 1)", () => {
    const { data } = robustScore(volumeOf([0, 1, 2, 3, 44]));
    [-2, -1, 0, 1, 42].forEach((away, n) => expect(data[n]).toBeCloseTo((away / 2) * 1.349, 5));
  });

  it("takes median and quartiles from the mask alone, from every voxel where it is empty", () => {
    const values = [700, 0, 1, 2, 3, 4, -900];
    const { data } = robustScore(volumeOf(values), maskOf([0, 1, 1, 1, 1, 1, 0]));
    values.forEach((value, n) => expect(data[n]).toBeCloseTo(((value - 2) / 2) * 1.349, 3));
    const none = maskOf(values.map(() => 0));
    expect(robustScore(volumeOf(values), none)).toEqual(robustScore(volumeOf(values)));
    expect(() => robustScore(volumeOf([1, 3]), maskOf([1]))).toThrow("GRID_MISMATCH");
  });

  it("is 0 where the quartiles are equal, and where a voxel is not finite", () => {
    expect([...robustScore(volumeOf([7, 7, 7, 7, 9])).data]).toEqual([0, 0, 0, 0, 0]);
    const { data } = robustScore(volumeOf([1, 2, 3, NaN]), maskOf([1, 1, 1, 0]));
    expect(data[3]).toBe(0);
    expect(data[0]).toBeCloseTo(-1.349, 5);
  });
});

describe("percentileClip", () => {
  it("cuts off both ends and keeps NaN", () => {
    const { data } = percentileClip(volumeOf([0, 1, 2, 3, NaN, 4]), 25, 75);
    expect([...data]).toEqual([1, 1, 2, 3, NaN, 3]);
  });

  it("asks the mask where the ends are", () => {
    const { data } = percentileClip(volumeOf([-50, 1, 2, 90]), 0, 100, maskOf([0, 1, 1, 0]));
    expect([...data]).toEqual([1, 1, 2, 2]);
  });
});
