/**
 * 2.5-D: a 2-D network that sees neighbouring slices as further channels. Its patch of one slice is predicted, its image
 * reaches `contextSlices` beyond it on both sides; read as C, D, H, W or as (C·D), H, W it is the same memory.
 */
import type { Vec3 } from "../volume/volume.js";
import type { NetworkPlan, Plan } from "./types.js";

/** Slices in the image of one predicted slice: 1, or an odd number with the predicted one in the middle. */
export function seenSlices({ contextSlices }: Pick<NetworkPlan, "contextSlices">): number {
  return 2 * contextSlices + 1;
}

/** Size of the image behind one patch of the plan's first network, along i, j, k. */
export function seenPatch({ patch, networks }: Pick<Plan, "patch" | "networks">): Vec3 {
  return [patch[0], patch[1], patch[2] + 2 * networks[0].contextSlices];
}

/** Channels of the plan's first network: each sequence once for every slice it sees. */
export function inputChannels({ channels, networks }: Pick<Plan, "channels" | "networks">): number {
  return channels.length * seenSlices(networks[0]);
}
