import { describe, expect, it } from "vitest";
import { averageSurfaceDistance } from "../../src/statistics/average-surface-distance.js";
import { dice } from "../../src/statistics/dice.js";
import { hausdorff95 } from "../../src/statistics/hausdorff95.js";
import { iou } from "../../src/statistics/iou.js";
import { precision } from "../../src/statistics/precision.js";
import { recall } from "../../src/statistics/recall.js";
import { surfaceDice } from "../../src/statistics/surface-dice.js";
import { volumeSimilarity } from "../../src/statistics/volume-similarity.js";

describe("examples in the docstrings", () => {
  it.each([
    [dice, { tp: 2, fp: 1, fn: 1, tn: 5 }, 2 / 3],
    [iou, { tp: 2, fp: 1, fn: 1, tn: 5 }, 0.5],
    [precision, { tp: 2, fp: 2, fn: 1, tn: 5 }, 0.5],
    [recall, { tp: 2, fp: 1, fn: 2, tn: 5 }, 0.5],
    [volumeSimilarity, { tp: 2, fp: 1, fn: 0, tn: 5 }, 0.8],
  ])("%o", (metric, counts, expected) => {
    expect(metric(Object.freeze(counts))).toBeCloseTo(expected, 15);
  });

  const distances = (aToB: number[], bToA: number[]) => ({
    aToB: Float64Array.from(aToB),
    bToA: Float64Array.from(bToA),
  });

  it("hausdorff95 takes the larger directed percentile, not the pooled one", () => {
    expect(hausdorff95(distances([0, 1], [0, 3]))).toBeCloseTo(2.85, 12);
    expect(hausdorff95(distances([0, 0, 0, 0], [4]))).toBe(4);
  });

  it("averageSurfaceDistance gives every surface voxel one vote", () => {
    expect(averageSurfaceDistance(distances([0, 1], [2]))).toBe(1);
  });

  it("surfaceDice counts a distance equal to the tolerance as within", () => {
    expect(surfaceDice(distances([0, 1], [0, 3]), 1)).toBe(0.75);
  });
});
