/** A convolution's weights and bias in the order the blocked kernels want. */
import { concat, flip, pad, reshape, slice, transpose } from "../operators/shape.js";
import { constant, sameShape, type Shape, type Tensor } from "../tensor.js";
import type { Context } from "./rule.js";

const zeros = (n: number) => constant(new Float32Array(n));

/**
 * Weights [O, I, …] read as [O, I, taps, kh, kw], each tap in blocked order. Those that a gradient has turned round are
 * made from the weights they were turned from: half the passes.
 */
export function weightsByTap(
  w: Tensor,
  [taps = 1, ...kernel]: Shape,
  context: Context,
): (tap: number) => Tensor {
  const [o = 1, i = 1] = w.shape;
  const source = o % context.block === 0 && i % context.block === 0 ? turnedFrom(w) : undefined;
  const all = reshape(context.plain(source ?? w), [...(source ?? w).shape.slice(0, 2), taps, ...kernel]);
  const at = (tap: number) => {
    const size = all.shape.map((n, axis) => (axis === 2 ? 1 : n));
    return reshape(slice(all, [0, 0, tap, 0, 0], size), [...all.shape.slice(0, 2), ...kernel]);
  };
  return source
    ? (tap) => turnedWeights(at(taps - 1 - tap), context.block)
    : (tap) => blockedWeights(at(tap), context.block);
}

/** The weights of which w has the taps in reverse and inputs and outputs exchanged, as an input's gradient does. */
function turnedFrom(w: Tensor): Tensor | undefined {
  const permutation = w.attributes["permutation"] as readonly number[] | undefined;
  if (w.operator.name !== "transpose" || permutation?.slice(0, 2).join() !== "1,0") return undefined;
  const reversed = w.inputs[0];
  const steps = reversed.attributes["steps"] as readonly number[] | undefined;
  if (reversed.operator.name !== "slice" || !sameShape(reversed.shape, reversed.inputs[0].shape))
    return undefined;
  const isTurned = steps?.every((step, axis) =>
    axis < 2 ? step === 1 : step === -1 || reversed.shape[axis] === 1,
  );
  return isTurned ? reversed.inputs[0] : undefined;
}

/** Weights [I, O, kh, kw], turned round, in the order of `blockedWeights`. */
function turnedWeights(weights: Tensor, block: number): Tensor {
  const [i = 1, o = 1, kh = 1, kw = 1] = weights.shape;
  const taps = kh * kw;
  // Not the expression of `inBlocks`: it would be computed once for both, and kept from the forward pass to the backward.
  const tapsFirst = transpose(reshape(weights, [1, i * o, taps]), [0, 2, 1]);
  const reversed = flip(reshape(tapsFirst, [taps, i * o]), taps > 1 ? [0] : []);
  const blocks = reshape(reversed, [taps, i / block, block, o / block, block]);
  return reshape(transpose(blocks, [3, 1, 0, 2, 4]), [o, i, kh, kw]);
}

/** Channels rounded up to whole blocks. */
export const wholeBlocks = (channels: number, block: number) => Math.ceil(channels / block) * block;

/**
 * Weights [O, I, kh, kw] as [O / B, I / B, kh, kw, B of I, B of O]; with fewer inputs than a block as [O / B, I, kh, kw,
 * B of O]. Missing outputs are filled up with zeros.
 */
export function blockedWeights(weights: Tensor, block: number): Tensor {
  const [o = 1, i = 1, kh = 1, kw = 1] = weights.shape;
  const outputs = wholeBlocks(o, block);
  const full = pad(weights, [0, 0, 0, 0], [outputs - o, 0, 0, 0]);
  const blocks =
    i < block
      ? transpose(reshape(full, [outputs / block, block, i, kh, kw]), [0, 2, 3, 4, 1])
      : inBlocks(full, block);
  return reshape(blocks, [outputs, i, kh, kw]);
}

/** By turns of matrices and of whole blocks, for which the runtime is three times as quick as for one turn of all axes. */
function inBlocks(weights: Tensor, block: number): Tensor {
  const [o = 1, i = 1, kh = 1, kw = 1] = weights.shape;
  const taps = kh * kw;
  const tapsFirst = transpose(reshape(weights, [o * i, taps]), [1, 0]);
  const outputsLast = transpose(reshape(tapsFirst, [(taps * o) / block, block, i]), [0, 2, 1]);
  return transpose(reshape(outputsLast, [taps, o / block, i / block, block * block]), [1, 2, 0, 3]);
}

/** The bias, zeros where there is none or no such output. */
export function blockedBias(bias: Tensor | undefined, outputs: number, block: number): Tensor {
  const all = wholeBlocks(outputs, block);
  if (!bias) return zeros(all);
  return all === outputs ? bias : concat([bias, zeros(all - outputs)], 0);
}
