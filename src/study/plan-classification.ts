/** Plans of classifiers: the network and the section `classification` beside what the plan has for segmentation. */
import { MarrowError } from "../base/errors.js";
import type { Classification } from "./classification-schema.js";
import type { Plan } from "./types.js";

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
    optimiser: { ...plan.optimiser, learningRate },
    // The patch holds the whole image: there is nothing to centre it on, and one window is all there is.
    augmentation: { ...plan.augmentation, foreground: 0 },
    inference: { ...plan.inference, mirror: [false, false, false], noisyPasses: 0 },
  };
}
