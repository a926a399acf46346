import { describe, expect, it } from "vitest";
import { countLabels, labelsIn } from "../../src/statistics/confusion.js";
import { scoreMask } from "../../src/statistics/score.js";
import { maskOf, metricReferences } from "./masks.js";

const { cases, tolerances } = metricReferences();
const metrics = [
  "dice",
  "iou",
  "precision",
  "recall",
  "volumeSimilarity",
  "hausdorff95",
  "averageSurfaceDistance",
] as const;

describe.each(cases)("scores of blobs with spacing $spacing against numpy and scipy", (one) => {
  const prediction = maskOf(one.prediction, one.size, one.spacing);
  const reference = maskOf(one.reference, one.size, one.spacing);

  it.each(tolerances.map((tolerance, n) => [tolerance, n]))("tolerance %s mm", (toleranceMm, n) => {
    const scores = scoreMask(prediction, reference, [1, 2], { surface: true, toleranceMm, slices: true });
    for (const score of scores) {
      const expected = one.labels[score.label];
      expect(score.counts).toEqual(expected.counts);
      for (const metric of metrics) expect(score.metrics[metric]).toBeCloseTo(expected[metric], 12);
      expect(score.metrics.surfaceDice).toBeCloseTo(expected.surfaceDice[n], 12);
    }
  });
});

describe("2-D Dice against scipy", () => {
  // Case 0 has 3.3 mm slices across k; the others are cut across another axis, so only it is comparable.
  const one = cases[0];
  const prediction = maskOf(one.prediction, one.size, one.spacing);
  const reference = maskOf(one.reference, one.size, one.spacing);

  it.each([1, 2])("label %i", (label) => {
    const [score] = scoreMask(prediction, reference, [label], { slices: true });
    const expected = one.labels[label].sliceDice;
    const present = expected.filter((value) => value !== null);
    expect(score.slices).toHaveLength(expected.length);
    score.slices?.forEach(({ dice }, k) => {
      if (expected[k] === null) expect(dice).toBeNaN();
      else expect(dice).toBeCloseTo(expected[k], 12);
    });
    expect(score.metrics.sliceDice).toBeCloseTo(present.reduce((a, b) => a + b, 0) / present.length, 12);
  });

  it("cuts across whichever axis has the longest voxels", () => {
    const [a, b] = ["110000 000000", "100000 100000"].map((digits) => maskOf(digits, [2, 3, 2], [1, 5, 1]));
    const [score] = scoreMask(a, b, [1], { slices: true });
    expect(score.slices?.map(({ dice }) => dice)).toEqual([0.5, NaN, NaN]);
  });
});

describe("empty masks", () => {
  const [empty, full] = ["00000000", "00110000"].map((digits) => maskOf(digits, [2, 2, 2]));
  const shares = ["dice", "iou", "precision", "recall", "volumeSimilarity", "surfaceDice"] as const;
  const distances = ["hausdorff95", "averageSurfaceDistance"] as const;

  it("has no score where both are empty, and keeps the counts", () => {
    const [{ counts, metrics }] = scoreMask(empty, empty, [1], { surface: true, slices: true });
    expect(counts).toEqual({ tp: 0, fp: 0, fn: 0, tn: 8 });
    for (const name of [...shares, ...distances, "sliceDice" as const]) expect(metrics[name]).toBeNaN();
  });

  it.each([
    ["missed", empty, full, { tp: 0, fp: 0, fn: 2, tn: 6 }],
    ["invented", full, empty, { tp: 0, fp: 2, fn: 0, tn: 6 }],
  ] as const)(
    "scores 0 and an infinite distance where a lesion is %s",
    (_, prediction, reference, expected) => {
      const [{ counts, metrics }] = scoreMask(prediction, reference, [1], { surface: true });
      expect(counts).toEqual(expected);
      for (const name of shares) expect(metrics[name]).toBe(0);
      for (const name of distances) expect(metrics[name]).toBe(Infinity);
    },
  );
});

describe("countLabels", () => {
  it("counts a voxel with another label as not holding this one", () => {
    const [prediction, reference] = ["1122", "1212"].map((digits) => maskOf(digits, [4, 1, 1]));
    expect(countLabels(prediction, reference, [1, 2, 7])).toEqual([
      { tp: 1, fp: 1, fn: 1, tn: 1 },
      { tp: 1, fp: 1, fn: 1, tn: 1 },
      { tp: 0, fp: 0, fn: 0, tn: 4 },
    ]);
  });

  it("refuses masks of another size or place", () => {
    const mask = maskOf("1111", [4, 1, 1]);
    expect(() => countLabels(mask, maskOf("1111", [2, 2, 1]), [1])).toThrow(/GRID_MISMATCH[^]*2 × 2 × 1/);
    const moved = { ...mask, affine: mask.affine.with(3, 6) };
    expect(() => countLabels(mask, moved, [1])).toThrow(/origin 6\.00, -3\.00, 2\.00 mm/);
  });

  it("leaves its inputs as they are", () => {
    const mask = maskOf("0120", [4, 1, 1]);
    scoreMask(mask, mask, [1, 2], { surface: true, slices: true });
    expect([...mask.data]).toEqual([0, 1, 2, 0]);
  });
});

describe("labelsIn", () => {
  it("lists what occurs in any mask, without the background", () => {
    expect(labelsIn([maskOf("0200", [4, 1, 1]), maskOf("0901", [4, 1, 1])])).toEqual([1, 2, 9]);
    expect(labelsIn([])).toEqual([]);
  });
});
