/** Grey values of the channels as a network sees them, by the plan's method. */
import { MarrowError } from "../base/errors.js";
import { percentileClip, robustScore, zScore } from "../volume/intensity.js";
import type { Mask, Volume } from "../volume/volume.js";
import type { Plan } from "./types.js";

export type NormalisationPlan = Pick<Plan, "channels" | "normalisation">;

type Method = Plan["normalisation"]["method"];

/**
 * Robust scores are cut off here. Tissue of the reference lies within ±3; beyond 10, fluid and vessels would outweigh
 * everything else without telling more.
 */
const range = { low: -5, high: 10 };

const methods: Readonly<Record<Method, (images: readonly Volume[], plan: NormalisationPlan) => Volume[]>> = {
  "z-score": (images) => images.map((image) => zScore(image)),
  percentile: (images, { normalisation: { low, high } }) =>
    images.map((image) => zScore(percentileClip(image, low, high))),
  reference: (images, plan) => {
    const channel = referenceChannel(plan) ?? 0;
    const mask = referenceMask(images[channel], plan.channels[channel]);
    return images.map((image, c) =>
      c === channel ? { ...image, data: Float32Array.from(mask.data) } : clip(robustScore(image, mask)),
    );
  },
};

/**
 * One volume per channel, all on one grid, in the order of the plan's channels. `reference`: the reference channel becomes
 * 1 above half its maximum and 0 elsewhere; every other is robustScore over the reference, cut off at −5 and 10. Throws
 * PLAN_INVALID where the reference is no channel, REFERENCE_EMPTY where it has no voxel: with no tissue to compare with,
 * any other scale would be one the network never saw.
 */
export function normaliseChannels(images: readonly Volume[], plan: NormalisationPlan): Volume[] {
  return methods[plan.normalisation.method](images, plan);
}

/** Index of the channel that is a mask instead of an image; undefined with other methods. Throws PLAN_INVALID, naming `file`. */
export function referenceChannel(
  { channels, normalisation }: NormalisationPlan,
  file?: string,
): number | undefined {
  if (normalisation.method !== "reference") return undefined;
  const { reference } = normalisation;
  const channel = reference === undefined ? -1 : channels.indexOf(reference);
  if (channel >= 0) return channel;
  throw new MarrowError("PLAN_INVALID", {
    ...(file !== undefined && { file }),
    expected: `normalisation.reference: one of the channels ${channels.join(", ")}`,
    found: reference ?? "none",
  });
}

/** Half the maximum, not 0: resampling smooths a mask's edge, and masks of 0 and 1 mean the same as those of 0 and 100. */
function referenceMask({ data, ...grid }: Volume, name: string): Mask {
  const half = data.reduce((most, value) => Math.max(most, value), 0) / 2;
  if (half === 0)
    throw new MarrowError("REFERENCE_EMPTY", { expected: `a voxel above 0 in the channel ${name}` });
  return { ...grid, data: Uint8Array.from(data, (value) => Number(value > half)) };
}

const clip = (volume: Volume): Volume => ({
  ...volume,
  data: volume.data.map((value) => Math.min(range.high, Math.max(range.low, value))),
});
