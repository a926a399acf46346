import { describe, expect, it } from "vitest";
import { windowStarts, windowWeights } from "../../src/inference/windows.js";

describe("windowStarts", () => {
  it.each<[number, number, number, number[]]>([
    [8, 8, 0.5, [0]],
    [9, 8, 0.5, [0, 1]],
    [16, 8, 0.5, [0, 4, 8]],
    [16, 8, 0, [0, 8]],
    [17, 8, 0, [0, 5, 9]],
    [20, 8, 0.5, [0, 4, 8, 12]],
    [3, 1, 0.9, [0, 1, 2]],
  ])("%i voxels in windows of %i, overlap %d: %o", (size, patch, overlap, starts) => {
    expect(windowStarts(size, patch, overlap)).toEqual(starts);
  });

  it("covers every voxel, in order, no further apart than asked", () => {
    for (const patch of [1, 3, 8, 13])
      for (const overlap of [0, 0.25, 0.5, 0.75, 0.9])
        for (let size = patch; size < 4 * patch + 5; size++) {
          const starts = windowStarts(size, patch, overlap);
          const gaps = starts.slice(1).map((start, i) => start - starts[i]);
          expect([starts[0], starts[starts.length - 1]]).toEqual([0, size - patch]);
          expect(
            gaps.every(
              (gap) => gap > 0 && gap <= Math.min(patch, Math.ceil(Math.max(1, patch * (1 - overlap)))),
            ),
          ).toBe(true);
        }
  });
});

describe("windowWeights", () => {
  it("is the product of Gaussians with σ of an eighth, D, H, W", () => {
    const weights = windowWeights(5, 3, 8);
    expect(weights.length).toBe(5 * 3 * 8);
    const gauss = (x: number, n: number) => Math.exp(-((x - (n - 1) / 2) ** 2) / (2 * (n / 8) ** 2));
    expect(weights[(2 * 3 + 1) * 8 + 3]).toBeCloseTo(gauss(3, 8), 6);
    expect(weights[(1 * 3 + 1) * 8 + 4]).toBeCloseTo(gauss(1, 5) * gauss(4, 8), 6);
  });

  it("is largest in the middle, the same mirrored, and never below a thousandth", () => {
    const weights = windowWeights(5, 7, 9);
    expect(weights.indexOf(Math.max(...weights))).toBe((weights.length - 1) / 2);
    expect(Math.max(...weights)).toBe(1);
    expect([...weights].reverse()).toEqual([...weights]);
    expect(Math.min(...weights)).toBeCloseTo(1e-3, 9);
  });

  it("counts a single slice fully", () => {
    expect([...windowWeights(1, 1, 1)]).toEqual([1]);
  });
});
