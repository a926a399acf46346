/** What a training step costs: a rough forecast, so that a plan can say how many epochs fit into a time. */
import type { Vec3 } from "../volume/volume.js";
import type { NetworkPlan } from "./types.js";

/** Floating-point operations a second that one core does in training, all passes counted (measured on two cores). */
const perCore = 50e9;
/** Operations per voxel of the 2.5-D network's forward pass at its paper's size (measured time × rate). */
const operationsOfFixed = 340_000;

const product = (values: readonly number[]) => values.reduce((a, b) => a * b, 1);

/** Operations per voxel of one forward pass: two convolutions a level on the way down and two on the way up. */
function forwardPerVoxel({ features, pooling, kernels }: NetworkPlan): number {
  if (!pooling || !kernels) return operationsOfFixed;
  let share = 1;
  return kernels.reduce((sum, kernel, level) => {
    if (level > 0) share /= product(pooling[level - 1]);
    const width = features[level];
    const incoming = level > 0 ? features[level - 1] : 1;
    const up = level < pooling.length ? 3 * width * width : 0;
    return sum + share * 2 * product(kernel) * (incoming * width + width * width + up);
  }, 0);
}

/** Seconds of one training step; the backward pass costs about twice the forward pass. */
export function secondsPerStep(network: NetworkPlan, patch: Vec3, batch: number, cores: number): number {
  return (3 * forwardPerVoxel(network) * product(patch) * batch) / (perCore * cores);
}
