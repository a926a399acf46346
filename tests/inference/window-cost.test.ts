import { describe, expect, it } from "vitest";
import { MarrowError } from "../../src/base/errors.js";
import { requireWindowMemory, segmentationBytes, windowCost } from "../../src/inference/window-cost.js";
import type { Plan } from "../../src/study/types.js";
import { makePlan } from "../training/data/plan.js";

const planOf = (name: string, patch: [number, number, number], features: number[], contextSlices = 0) =>
  makePlan({ patch, networks: [{ name, features, contextSlices, dropout: 0, deepSupervision: false }] });
const full = [32, 32, 64, 128, 256, 32];
const sizes: [string, Plan, number][] = [
  ["attention-unet-2.5d", planOf("attention-unet-2.5d", [192, 192, 16], full), 0.9e9],
  ["unet-3d", planOf("unet-3d", [192, 192, 16], full), 0.9e9],
];

describe("segmentationBytes", () => {
  it.each(sizes)(
    "is near the peak that was measured (docs/reference/performance.md): %s",
    (_, plan, measured) => {
      const ratio = segmentationBytes(plan, 1) / measured;
      console.log(`estimate / measured: ${ratio.toFixed(2)}`);
      expect(ratio).toBeGreaterThan(0.75);
      expect(ratio).toBeLessThan(1.35);
    },
  );
});

describe("windowCost", () => {
  it("holds at least the widest map and grows with the patch", () => {
    const small = windowCost(planOf("unet-2d", [64, 64, 1], [4, 4, 8, 8, 8, 4]));
    const large = windowCost(planOf("unet-2d", [128, 64, 1], [4, 4, 8, 8, 8, 4]));
    const map = 4 * 4 * 64 * 64;
    expect(small.largestBytes).toBeGreaterThanOrEqual(2 * map);
    expect(large.largestBytes).toBe(2 * small.largestBytes);
    expect(small.peakBytes).toBeGreaterThan(small.largestBytes + map);
    expect(large.peakBytes).toBeLessThan(2 * small.peakBytes);
  });
});

describe("requireWindowMemory", () => {
  const plan = planOf("unet-2d", [128, 128, 1], [8, 8, 16, 16, 16, 8]);
  const refusal = (models: number, limit: number): MarrowError => {
    try {
      requireWindowMemory(plan, models, limit);
    } catch (error) {
      if (error instanceof MarrowError) return error;
    }
    throw new Error("it was not refused");
  };

  it("lets pass what fits", () => {
    expect(() => requireWindowMemory(plan, 4, segmentationBytes(plan, 4))).not.toThrow();
  });

  it("names a number of models that does fit", () => {
    const limit = segmentationBytes(plan, 2) + 1;
    const { code, details } = refusal(4, limit);
    expect(code).toBe("MEMORY_LIMIT");
    expect(details.next).toContain("2 models instead of 4");
    expect(() => requireWindowMemory(plan, 2, limit)).not.toThrow();
    expect(refusal(4, segmentationBytes(plan, 1) + 1).details.next).toContain("one model instead of 4");
    expect(refusal(1, 0.1e9).details.next).toContain("smaller patch");
  });
});
