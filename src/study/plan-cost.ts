/** What a training step costs: a rough forecast, so that a plan fits into a time and a memory. */
import { networkCost } from "../networks/cost.js";
import { networkOptions, tensorAxes } from "../networks/plan-options.js";
import { networkNamed } from "../networks/registry.js";
import type { Vec3 } from "../volume/volume.js";
import { seenSlices } from "./context-slices.js";
import type { NetworkPlan } from "./types.js";

/** Floating-point operations a second that one core does in training, all passes counted (measured on two cores). */
const perCore = 40e9;

/** Seconds of one training step with one channel and two classes; the backward pass costs about twice the forward pass. */
export function secondsPerStep(network: NetworkPlan, patch: Vec3, batch: number, cores: number): number {
  const definition = networkNamed(network.name);
  const image = [1, seenSlices(network), ...tensorAxes(patch, definition.dimensions)];
  const { operations } = networkCost(definition, networkOptions(network, 2), image);
  return (3 * operations * batch) / (perCore * cores);
}

/** Weights, both moments and the moving average, each held twice, and the gradient. */
const bytesPerParameter = 4 * (2 * 4 + 1);

export interface StepMemory {
  /** Bytes for each voxel of the batch. */
  readonly perVoxel: number;
  /** Bytes whatever the batch. */
  readonly fixed: number;
}

/** Memory of a training step, from the network's graph at a patch of `divisor` twice along each axis. */
export function stepMemory(network: NetworkPlan, divisor: Vec3): StepMemory {
  const definition = networkNamed(network.name);
  const extents = tensorAxes(divisor, definition.dimensions).map((n) => 2 * n);
  const image = [1, seenSlices(network), ...extents];
  const { activationBytes, parameters } = networkCost(definition, networkOptions(network, 2), image);
  return {
    perVoxel: activationBytes / extents.reduce((a, b) => a * b, 1),
    fixed: bytesPerParameter * parameters,
  };
}
