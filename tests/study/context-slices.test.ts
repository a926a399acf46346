import { describe, expect, it } from "vitest";
import { inputChannels, seenPatch, seenSlices } from "../../src/study/context-slices.js";
import { makePlan } from "../training/data/plan.js";

describe.each([
  [0, 1],
  [1, 3],
  [3, 7],
])("with %i neighbouring slices on each side", (contextSlices, slices) => {
  const network = { name: "unet-2d", features: [4], contextSlices, dropout: 0, deepSupervision: false };
  const plan = makePlan({ patch: [32, 16, 1], channels: ["T1w", "STIR"], networks: [network] });

  it(`a network sees ${slices} slices of each sequence`, () => {
    expect(seenSlices(network)).toBe(slices);
    expect(seenPatch(plan)).toEqual([32, 16, slices]);
    expect(inputChannels(plan)).toBe(2 * slices);
  });
});
