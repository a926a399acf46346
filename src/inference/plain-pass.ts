/** Prediction without test-time augmentation. */
import type { Plan } from "../study/types.js";

/** The plan with one plain pass: neither mirrored nor noisy ones. */
export function plainPass(plan: Plan): Plan {
  return { ...plan, inference: { ...plan.inference, mirror: [false, false, false], noisyPasses: 0 } };
}
