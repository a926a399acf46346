/** Normalisation layers, written with the operators; x is [N, C, …]. */
import { add, div, mul, sqrt, sub } from "./operators/elementwise.js";
import { channelAffine, instanceNorm, perChannel } from "./operators/instance-norm.js";
import { mean } from "./operators/reduction.js";
import { reshape } from "./operators/shape.js";
import { scalar, sizeOf, type Tensor } from "./tensor.js";

export { instanceNorm };

/** Normalises groups of neighbouring channels together (Wu & He 2018). */
export function groupNorm(x: Tensor, groups: number, scale: Tensor, shift: Tensor, epsilon = 1e-5): Tensor {
  const grouped = reshape(x, [x.shape[0] ?? 1, groups, sizeOf(x.shape) / ((x.shape[0] ?? 1) * groups)]);
  return channelAffine(reshape(instanceNorm(grouped, undefined, undefined, epsilon), x.shape), scale, shift);
}

/** Normalises the last axis (Ba et al. 2016); scale and shift have its extent. */
export function layerNorm(x: Tensor, scale: Tensor, shift: Tensor, epsilon = 1e-5): Tensor {
  const last = x.shape.at(-1) ?? 1;
  const rows = reshape(x, [1, sizeOf(x.shape) / last, last]);
  return add(mul(reshape(instanceNorm(rows, undefined, undefined, epsilon), x.shape), scale), shift);
}

export interface BatchNormResult {
  readonly y: Tensor;
  /** Running statistics after this step, in training; undefined in evaluation. */
  readonly runningMean?: Tensor;
  readonly runningVariance?: Tensor;
}

export interface BatchNormState {
  readonly scale: Tensor;
  readonly shift: Tensor;
  readonly runningMean: Tensor;
  readonly runningVariance: Tensor;
}

/**
 * Batch normalisation (Ioffe & Szegedy 2015). In training with the batch's statistics (biased variance), moving the
 * running ones by `momentum` with the unbiased variance, as PyTorch does; in evaluation with the running ones.
 */
export function batchNorm(
  x: Tensor,
  state: BatchNormState,
  training: boolean,
  momentum = 0.1,
  epsilon = 1e-5,
): BatchNormResult {
  const rank = x.shape.length;
  const axes = [...x.shape.keys()].filter((axis) => axis !== 1);
  const normalise = (average: Tensor, variance: Tensor) => {
    const channels = [x.shape[1] ?? 1];
    const scale = div(state.scale, reshape(sqrt(add(variance, scalar(epsilon))), channels));
    return channelAffine(x, scale, sub(state.shift, mul(reshape(average, channels), scale)));
  };
  if (!training)
    return { y: normalise(perChannel(state.runningMean, rank), perChannel(state.runningVariance, rank)) };
  const average = mean(x, axes);
  const centred = sub(x, average);
  const variance = mean(mul(centred, centred), axes);
  const count = sizeOf(x.shape) / (x.shape[1] ?? 1);
  const move = (old: Tensor, value: Tensor, factor: number) =>
    add(mul(old, scalar(1 - momentum)), mul(reshape(value, old.shape), scalar(momentum * factor)));
  return {
    y: normalise(average, variance),
    runningMean: move(state.runningMean, average, 1),
    runningVariance: move(state.runningVariance, variance, count / Math.max(1, count - 1)),
  };
}
