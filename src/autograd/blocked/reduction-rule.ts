/** Sums and means of blocked tensors. */
import { mul } from "../operators/elementwise.js";
import { sum } from "../operators/reduction.js";
import { reshape } from "../operators/shape.js";
import { constant, sameShape, scalar, sizeOf, type Tensor } from "../tensor.js";
import { extents, toPlain } from "./layout.js";
import { blockedAveragePool, blockedConv } from "./operators.js";
import type { Context, Rule } from "./rule.js";
import { blockedBias, blockedWeights } from "./weights.js";

const axesOf = (t: Tensor) => t.attributes["axes"] as readonly number[];

/** Over H and W by average pooling, of products by a convolution; the little that is left is reduced in the plain order. */
export const reduction: Rule = (t, context) => {
  const [x, axes] = [t.inputs[0], axesOf(t)];
  const [height, width] = [x.shape.length - 2, x.shape.length - 1];
  const factors = factorsOf(t, context);
  if (!factors && !context.isBlocked(x)) return undefined;
  if (!factors && axes.length === 1 && axes[0] === 1) return { plain: overChannels(t, context) };
  if (!axes.includes(width)) return undefined;
  const { h, w } = extents(x.shape);
  const kernel = [!factors && axes.includes(height) ? h : 1, w];
  const reduced = factors ? rowDots(...factors) : blockedAveragePool(context.blocked(x), kernel);
  const shape = x.shape.map((n, axis) => (axis >= height ? n / (kernel[axis - height] ?? 1) : n));
  const values = toPlain(reduced, shape);
  const rest = axes.filter((axis) => (shape[axis] ?? 1) > 1);
  const have = factors ? 1 : sizeOf(kernel);
  const whole = rest.length === 0 ? values : sum(values, rest);
  const count = t.operator.name === "mean" ? have / sizeOf(axes.map((axis) => x.shape[axis] ?? 1)) : have;
  return { plain: mul(whole, scalar(count)) };
};

/** The blocked tensors whose product is reduced over whole rows, where it is one: x and x, or the factors of x. */
function factorsOf(t: Tensor, context: Context): [Tensor, Tensor] | undefined {
  const x = t.inputs[0];
  if (t.operator.name === "sumSquare")
    return context.isBlocked(x) ? [context.blocked(x), context.blocked(x)] : undefined;
  const [a, b] = x.inputs;
  const isProduct =
    x.operator.name === "mul" && a && b && sameShape(a.shape, b.shape) && context.isUsedOnce(x);
  const isWhole = axesOf(t).includes(x.shape.length - 1);
  if (!isProduct || !isWhole || !context.isBlocked(a) || !context.isBlocked(b)) return undefined;
  return [context.blocked(a), context.blocked(b)];
}

/** Σ a · b along each row, [P, C, H, 1]: a convolution of each row of each channel with another, without a pass of products. */
function rowDots(a: Tensor, b: Tensor): Tensor {
  const [p = 1, c = 1, h = 1, w = 1] = a.shape;
  const rows = p * c * h;
  const dots = blockedConv(
    {
      x: reshape(a, [1, rows, 1, w]),
      weights: reshape(b, [rows, 1, 1, w]),
      bias: constant(new Float32Array(rows), [rows]),
    },
    { kernel: [1, w], groups: rows },
  );
  return reshape(dots, [p, c, h, 1]);
}

/** Sum or mean over the channels: a 1×1 convolution to one channel. */
function overChannels(t: Tensor, context: Context): Tensor {
  const { c } = extents(t.inputs[0].shape);
  const factor = t.operator.name === "mean" ? 1 / c : 1;
  const weights = blockedWeights(constant(new Float32Array(c).fill(factor), [1, c, 1, 1]), context.block);
  const bias = blockedBias(undefined, 1, context.block);
  return toPlain(
    blockedConv({ x: context.blocked(t.inputs[0]), weights, bias }, { kernel: [1, 1] }),
    t.shape,
  );
}
