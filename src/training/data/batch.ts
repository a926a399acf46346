/** Batches of augmented patches: pure functions of the seed, the fold, the iteration and the place in the batch. */
import { seenPatch } from "../../study/context-slices.js";
import type { Plan } from "../../study/types.js";
import { voxelCount } from "../../volume/volume.js";
import { makeSample, sampleRandom } from "./augment.js";
import type { CaseSource } from "./case-source.js";
import type { Order } from "./messages.js";

/** Fills an order's buffers. */
export function fillBatch(
  order: Order,
  { plan, seed, fold }: { plan: Plan; seed: number; fold: number },
  cases: CaseSource,
): void {
  const voxels = order.masks.length / plan.batch;
  const values = order.images.length / plan.batch;
  for (let n = 0; n < plan.batch; n++) {
    const image = order.images.subarray(n * values, (n + 1) * values);
    const mask = order.masks.subarray(n * voxels, (n + 1) * voxels);
    makeSample(cases, plan, sampleRandom(seed, fold, order.iteration, n), { image, mask });
  }
}

/** Buffers for one batch of this plan. */
export function emptyOrder(plan: Plan, iteration: number): Order {
  const voxels = plan.batch * plan.patch[0] * plan.patch[1] * plan.patch[2];
  const images = new Float32Array(plan.batch * plan.channels.length * voxelCount(seenPatch(plan)));
  return { iteration, images, masks: new Uint8Array(voxels) };
}
