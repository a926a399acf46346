import { describe, expect, it } from "vitest";
import { massShare } from "../../src/statistics/mass-share.js";

const grid = { size: [4, 1, 1], affine: [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1] } as const;
const volume = (...values: number[]) => ({ ...grid, data: Float32Array.from(values) });
const mask = (...values: number[]) => ({ ...grid, data: Uint8Array.from(values) });

describe("massShare", () => {
  it("counts positive mass within the distance, against the body's share there", () => {
    const result = massShare(volume(1, 2, 1, -5), mask(1, 0, 0, 0), volume(10, 10, 10, 0), 2);
    expect(result).toEqual({ share: 3 / 4, chance: 2 / 3 });
  });

  it("is not defined for an empty mask or map", () => {
    expect(massShare(volume(1, 2, 1, 0), mask(0, 0, 0, 0), volume(1, 1, 1, 1), 2)).toBeUndefined();
    expect(massShare(volume(0, 0, -1, 0), mask(1, 0, 0, 0), volume(1, 1, 1, 1), 2)).toBeUndefined();
  });
});
