import { totalmem } from "node:os";
import { describe, expect, it } from "vitest";
import { MarrowError } from "../../src/base/errors.js";
import { memoryLimit, requireMemory, stepBytes } from "../../src/training/memory.js";
import type { Plan } from "../../src/study/types.js";
import { makePlan } from "./data/plan.js";

const plan = makePlan({
  patch: [96, 96, 32],
  batch: 4,
  networks: [
    {
      name: "unet-3d",
      features: [16, 32, 64, 128, 256],
      contextSlices: 0,
      dropout: 0,
      deepSupervision: false,
    },
  ],
});

function refusal(of: Plan, limit: number): MarrowError {
  try {
    requireMemory(of, limit);
  } catch (error) {
    if (error instanceof MarrowError) return error;
  }
  throw new Error("it was not refused");
}

describe("requireMemory", () => {
  it("lets pass what fits, and refuses with the estimate what does not", () => {
    const bytes = stepBytes(plan);
    expect(() => requireMemory(plan, bytes)).not.toThrow();
    const { code, details } = refusal(plan, bytes - 1);
    expect(code).toBe("MEMORY_LIMIT");
    expect(details.found).toContain(`about ${(bytes / 1e9).toPrecision(2)} GB`);
  });

  it("names changes of the plan that do fit", () => {
    const limit = 0.6 * stepBytes(plan);
    const { details } = refusal(plan, limit);
    const [, batch, accumulate] =
      /batch (\d+) with optimiser\.accumulate (\d+)/.exec(details.next ?? "") ?? [];
    expect(Number(batch) * Number(accumulate)).toBe(plan.batch * plan.optimiser.accumulate);
    expect(stepBytes(plan, { ...plan, batch: Number(batch) })).toBeLessThanOrEqual(limit);
    const patch = (/patch (\d+, \d+, \d+)/.exec(details.next ?? "")?.[1] ?? "").split(", ").map(Number);
    expect(patch.length).toBe(3);
    expect(stepBytes(plan, { ...plan, patch: patch as Plan["patch"] })).toBeLessThanOrEqual(limit);
    patch.forEach((n, axis) => expect([n % 16, n <= plan.patch[axis]]).toEqual([0, true]));
  });

  it("asks for another plan where nothing fits", () => {
    expect(refusal(plan, 1e6).details.next).toContain("marrow plan");
  });

  it("grows with the batch and the patch", () => {
    expect(stepBytes(plan, { ...plan, batch: 8 })).toBeGreaterThan(1.5 * stepBytes(plan));
    expect(stepBytes(plan, { ...plan, patch: [96, 96, 64] })).toBeGreaterThan(1.5 * stepBytes(plan));
  });
});

describe("memoryLimit", () => {
  it("is what is asked for, else most of the machine's, and unknown on a graphics card", () => {
    expect(memoryLimit("cpu", 5)).toBe(5);
    expect(memoryLimit("cpu")).toBeGreaterThan(0.5 * totalmem());
    expect(memoryLimit("webgpu")).toBe(Infinity);
  });
});
