/** Normalisation layers, written with the operators; x is [N, C, …]. */
import { add, div, mul, sqrt, sub } from "./operators/elementwise.js";
import { channelAffine, instanceNorm, normalise, statisticsOf } from "./operators/normalise.js";
import { reshape, slice } from "./operators/shape.js";
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
  const channels = x.shape[1] ?? 1;
  const { scale, shift } = state;
  if (!training) {
    const factor = div(scale, sqrt(add(state.runningVariance, scalar(epsilon))));
    return { y: channelAffine(x, factor, sub(shift, mul(state.runningMean, factor))) };
  }
  const statistics = statisticsOf(x, true);
  const count = sizeOf(x.shape) / channels;
  const move = (old: Tensor, values: Tensor, factor: number) => {
    const ofOneSample = slice(values, [0], [channels]);
    return add(mul(old, scalar(1 - momentum)), mul(ofOneSample, scalar(momentum * factor)));
  };
  return {
    y: normalise(x, statistics, { scale, shift, epsilon, pooled: true }),
    runningMean: move(state.runningMean, statistics.average, 1),
    runningVariance: move(state.runningVariance, statistics.variance, count / Math.max(1, count - 1)),
  };
}
