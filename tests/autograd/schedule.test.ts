import { describe, expect, it } from "vitest";
import { learningRate, type Schedule } from "../../src/autograd/schedule.js";

describe("learningRate", () => {
  it.each<[Schedule, number, number, number]>([
    [{ name: "constant" }, 7, 100, 2],
    [{ name: "step", every: 10, factor: 0.5 }, 9, 100, 2],
    [{ name: "step", every: 10, factor: 0.5 }, 10, 100, 1],
    [{ name: "step", every: 10, factor: 0.1 }, 25, 100, 0.02],
    [{ name: "polynomial", power: 0.9 }, 0, 100, 2],
    [{ name: "polynomial", power: 0.9 }, 50, 100, 2 * 0.5 ** 0.9],
    [{ name: "polynomial", power: 2 }, 75, 100, 0.125],
    [{ name: "polynomial" }, 100, 100, 0],
    [{ name: "cosine" }, 0, 100, 2],
    [{ name: "cosine" }, 50, 100, 1],
    [{ name: "cosine" }, 100, 100, 0],
    [{ name: "cosine", warmup: 4 }, 0, 104, 0.5],
    [{ name: "cosine", warmup: 4 }, 3, 104, 2],
    [{ name: "cosine", warmup: 4 }, 54, 104, 1],
  ])("%o at %i of %i, base 2: %d", (schedule, iteration, total, expected) => {
    expect(learningRate(2, schedule, iteration, total)).toBeCloseTo(expected, 12);
  });

  it.each<Schedule>([{ name: "polynomial" }, { name: "cosine" }])(
    "$name ends at 0 and stays there",
    (schedule) => {
      expect(learningRate(1, schedule, 120, 100)).toBe(0);
    },
  );
});
