/** Plans of classifiers: the network and the section `classification` beside what the plan has for segmentation. */
import { MarrowError } from "../base/errors.js";
import { classifiers } from "../networks/registry.js";
import type { Classification } from "./classification-schema.js";
import type { PlanGrid } from "./plan-geometry.js";
import { limits, planNetwork } from "./plan-network.js";
import type { NetworkPlan, Plan } from "./types.js";

/** What a person says of a classification; the rest of the section is derived. */
export type ClassificationRequest = Pick<Classification, "column" | "positive" | "roi" | "clinical">;

/** Fewer images a batch make batch norm noisy; more do not fit a processor's memory. */
const batches = { least: 4, most: 8, voxels: 3_000_000 } as const;

/** The classifier on whole images of this grid, and its section. `train` is how many cases one fold trains on. */
export function planClassifier(
  request: ClassificationRequest,
  grid: PlanGrid,
  memory: number,
  train: number,
): { network: NetworkPlan; classification: Classification } {
  const [name] = Object.keys(classifiers);
  const narrowest = limits.firstFeatures[limits.firstFeatures.length - 1];
  const { network, patch } = planNetwork(name, grid, memory, grid.shape, narrowest);
  const fitting = Math.floor(batches.voxels / (patch[0] * patch[1] * patch[2]));
  const batch = Math.min(batches.most, Math.max(batches.least, fitting));
  return {
    network: { ...network, patch, batch },
    classification: {
      ...request,
      roiMap: "image",
      balanced: true,
      operatingPoint: { kind: "youden" },
      epochs: 300,
      iterationsPerEpoch: Math.max(1, Math.ceil(train / batch)),
      validateEvery: 10,
      learningRate: 1e-3,
    },
  };
}

/** The plan a classifier is trained by: the section's numbers in place of the plan's. Throws PLAN_INVALID without a section. */
export function classifierPlan(plan: Plan, classification: Classification | undefined): Plan {
  if (!classification)
    throw new MarrowError("PLAN_INVALID", {
      expected: `a section \`classification\` for ${plan.networks[0].name}`,
      next: "Plan again with `marrow plan STUDY --classify COLUMN=VALUE`.",
    });
  const { epochs, iterationsPerEpoch, validateEvery, learningRate } = classification;
  return {
    ...plan,
    classification,
    epochs,
    iterationsPerEpoch,
    validateEvery,
    // Running statistics of batch norms belong to the weights themselves, not to their moving average.
    optimiser: { ...plan.optimiser, learningRate, averaging: 0 },
    // The patch holds the whole image: there is nothing to centre it on, and one window is all there is.
    augmentation: { ...plan.augmentation, foreground: 0 },
    inference: { ...plan.inference, mirror: [false, false, false], noisyPasses: 0 },
  };
}
