/** A plan whose training takes seconds and yet learns to find a bright ball. */
import type { Plan } from "../../src/study/types.js";
import { orientationOf } from "../../src/volume/geometry.js";
import type { Affine } from "../../src/volume/volume.js";
import { makePlan } from "../training/data/plan.js";

const network = {
  ...{ name: "unet-2d", features: [4, 4, 8, 8, 8, 4] },
  ...{ contextSlices: 0, dropout: 0, deepSupervision: false },
};

export const labels = [
  { value: 1, name: "fat-metaplasia" },
  { value: 2, name: "erosion" },
];

/** For images with this affine, 1.2 × 1.2 × 4 mm. */
export function roundPlan(affine: Affine): Plan {
  return makePlan({
    ...{ task: "custom", channels: ["T1w"], labels, orientation: orientationOf(affine) },
    ...{ spacing: [1.2, 1.2, 4], patch: [48, 48, 1], batch: 4, epochs: 4, iterationsPerEpoch: 20 },
    networks: [network],
    optimiser: { ...makePlan({}).optimiser, learningRate: 0.01 },
  });
}
