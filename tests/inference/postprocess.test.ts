import { describe, expect, it } from "vitest";
import { postprocess } from "../../src/inference/postprocess.js";
import type { Affine } from "../../src/volume/volume.js";

/** Voxels of 2 × 1 × 3 mm. */
const affine: Affine = [-2, 0, 0, 5, 0, 1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1];
const row = (...values: number[]) => ({
  data: Uint8Array.from(values),
  size: [values.length, 1, 1] as const,
  affine,
});

describe("postprocess", () => {
  const mask = row(1, 0, 1, 1, 0, 2, 0, 2, 2, 2);

  it.each<[string, number[], number, number[]]>([
    ["nothing", [], 0, [1, 0, 1, 1, 0, 2, 0, 2, 2, 2]],
    ["largest component of one label", [1], 0, [0, 0, 1, 1, 0, 2, 0, 2, 2, 2]],
    ["largest component of two labels", [2, 1], 0, [0, 0, 1, 1, 0, 0, 0, 2, 2, 2]],
    ["islands below 7 mm³: single voxels", [], 7, [0, 0, 1, 1, 0, 0, 0, 2, 2, 2]],
    ["islands below 6 mm³: none, a voxel has just that", [], 6, [1, 0, 1, 1, 0, 2, 0, 2, 2, 2]],
    ["islands below 13 mm³", [], 13, [0, 0, 0, 0, 0, 0, 0, 2, 2, 2]],
    ["both", [1], 13, [0, 0, 0, 0, 0, 0, 0, 2, 2, 2]],
    ["a label that does not occur", [9], 0, [1, 0, 1, 1, 0, 2, 0, 2, 2, 2]],
  ])("%s", (_, largestComponent, minimumVolume, expected) => {
    const before = [...mask.data];
    expect([...postprocess(mask, { largestComponent, minimumVolume }).data]).toEqual(expected);
    expect([...mask.data]).toEqual(before);
  });

  it("keeps an empty mask", () => {
    expect([...postprocess(row(0, 0), { largestComponent: [1], minimumVolume: 100 }).data]).toEqual([0, 0]);
  });
});
