import { describe, expect, it } from "vitest";
import { bootstrap, clusterBootstrap, clustersOf } from "../../../src/statistics/resampling/bootstrap.js";

const values = [3, 1, 4, 1, 5, 9, 2, 6];
const meanOf = (list: readonly number[]) => (rows: ArrayLike<number>) =>
  Array.from(rows).reduce((sum, n) => sum + list[n], 0) / rows.length;

describe("clusterBootstrap", () => {
  it("resamples patients: slices that repeat their patient make no interval narrower", () => {
    const patients = values.flatMap((_, n) => [`p${n}`, `p${n}`, `p${n}`]);
    const slices = values.flatMap((value) => [value, value, value]);
    const ofPatients = bootstrap({ name: "mean", units: values.length, statistic: meanOf(values) });
    const ofSlices = clusterBootstrap("mean", clustersOf(patients), meanOf(slices));
    expect(ofSlices.n).toBe(8);
    expect([ofSlices.value, ofSlices.low, ofSlices.high]).toEqual([
      expect.closeTo(ofPatients.value ?? NaN, 12),
      expect.closeTo(ofPatients.low ?? NaN, 12),
      expect.closeTo(ofPatients.high ?? NaN, 12),
    ]);
    const wrong = bootstrap({ name: "mean", units: slices.length, statistic: meanOf(slices) });
    const width = ({ low, high }: typeof wrong) => (high ?? NaN) - (low ?? NaN);
    expect(width(wrong)).toBeLessThan(0.8 * width(ofSlices));
  });

  it("groups rows by patient in order of appearance", () => {
    expect(clustersOf(["b", "a", "b"])).toEqual([[0, 2], [1]]);
  });
});

describe("bootstrap", () => {
  it("has 10 000 resamples and a seed by default, and says so", () => {
    const { method } = bootstrap({ name: "mean", units: 8, statistic: meanOf(values) });
    expect(method).toBe("BCa bootstrap, 10000 resamples of patients, seed 1");
  });

  it("counts resamples without a value, and gives no interval where they are most", () => {
    const rarely = bootstrap({
      name: "x",
      units: 4,
      statistic: (u) => (Array.from(u).every((n) => n === u[0]) ? NaN : u[0]),
    });
    expect(rarely.note).toMatch(/^\d+ resamples without a defined value left out$/);
    const mostly = bootstrap({
      name: "x",
      units: 4,
      statistic: (u) => (new Set(Array.from(u)).size === 4 ? 1 : NaN),
    });
    expect([mostly.value, mostly.low, mostly.note]).toEqual([
      1,
      null,
      "no interval: the statistic is not defined in most resamples",
    ]);
  });
});
