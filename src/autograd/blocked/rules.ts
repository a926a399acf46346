/** Which operators have a blocked form, what it is, and when it pays. */
import { mul, neg, sub } from "../operators/elementwise.js";
import { expand, reshape, transpose } from "../operators/shape.js";
import { constant, node, sameShape, type Shape, sizeOf, type Tensor } from "../tensor.js";
import { convRule } from "./conv-rule.js";
import { convTransposeRule } from "./conv-transpose-rule.js";
import { maxPool, maxUnpool } from "./pool-rules.js";
import { reduction } from "./reduction-rule.js";
import { fusedActivation, fusedSum } from "./fusion.js";
import { extents, perPlane, planeShape } from "./layout.js";
import { blockedConv, reorderInput, reorderOutput } from "./operators.js";
import type { Context, Rule } from "./rule.js";
import { blockedBias, blockedWeights } from "./weights.js";

const numbers = (t: Tensor, key: string) => t.attributes[key] as readonly number[];
const ones = (...shape: number[]) => constant(new Float32Array(sizeOf(shape)).fill(1), shape);
const first = (t: Tensor) => t.inputs[0];

/**
 * x · scale + shift with one number per sample and channel, as a depthwise 1×1 convolution: one pass on all cores. The
 * planes of several samples are taken for channels, so that each has its own numbers.
 */
function affine(context: Context, x: Tensor, scale: Tensor, shift: Tensor): Tensor {
  const [p = 1, c = 1, h = 1, w = 1] = planeShape(x.shape);
  const isOneSample = x.shape[0] === 1;
  const channels = isOneSample ? c : p * c;
  const perChannel = (vector: Tensor) => (isOneSample ? vector : perPlane(vector, x.shape));
  const y = blockedConv(
    {
      x: reshape(context.blocked(x), [isOneSample ? p : 1, channels, h, w]),
      weights: reshape(perChannel(scale), [channels, 1, 1, 1]),
      bias: perChannel(shift),
    },
    { kernel: [1, 1], groups: channels },
  );
  return reshape(y, [p, c, h, w]);
}

/** A map [N, 1, …] in all channels. */
function inAllChannels(context: Context, map: Tensor, channels: number): Tensor {
  const weights = blockedWeights(ones(channels, 1, 1, 1), context.block);
  const x = reshape(context.plain(map), planeShape(map.shape));
  return blockedConv(
    { x, weights, bias: blockedBias(undefined, channels, context.block) },
    { kernel: [1, 1] },
  );
}

/** [N or 1, C, 1, …] as a vector of N·C, where `column` is such a tensor. */
function perSample(context: Context, column: Tensor, shape: Shape): Tensor | undefined {
  const { n, c } = extents(shape);
  const isColumn =
    column.shape.length === shape.length && sizeOf(column.shape) === (column.shape[0] ?? 1) * c;
  if (!isColumn || column.shape[1] !== c) return undefined;
  return reshape(expand(reshape(context.plain(column), [column.shape[0] ?? 1, c]), [n, c]), [n * c]);
}

/** The value of an operand beside blocked ones, or undefined where it cannot be had. */
function operand(context: Context, u: Tensor, shape: Shape): Tensor | undefined {
  if (sameShape(u.shape, shape)) return context.blocked(u);
  if (sizeOf(u.shape) === 1) return reshape(context.plain(u), [1]);
  const isMap = u.dtype === "float32" && u.shape.length === shape.length && u.shape[1] === 1;
  const isWhole = isMap && sizeOf(u.shape) * extents(shape).c === sizeOf(shape);
  return isWhole ? inAllChannels(context, u, extents(shape).c) : undefined;
}

const elementwise: Rule = (t, context) => {
  const worthIt = t.inputs.some((u) => context.isBlocked(u) && sameShape(u.shape, t.shape));
  if (!worthIt || !context.fits(t.shape)) return undefined;
  const operands = t.inputs.map((u) => operand(context, u, t.shape));
  if (!operands.every((u) => u !== undefined)) return undefined;
  return { blocked: node(t.operator, operands, t.attributes, { dtype: t.dtype }) };
};

/** A product with a number per channel is a convolution; any other is element by element. */
const product: Rule = (t, context) => {
  for (const [x, column] of [t.inputs, [...t.inputs].reverse()] as [Tensor, Tensor][]) {
    if (!context.isBlocked(x) || !sameShape(x.shape, t.shape) || sameShape(column.shape, t.shape)) continue;
    const scale = perSample(context, column, t.shape);
    if (scale) return { blocked: affine(context, x, scale, constant(new Float32Array(sizeOf(scale.shape)))) };
  }
  return elementwise(t, context);
};

const addition: Rule = (t, context) => fusedSum(t, context) ?? elementwise(t, context);

/** A difference from a number per channel is a convolution too. */
const difference: Rule = (t, context) => {
  const [x, column] = t.inputs as [Tensor, Tensor];
  const isBroadcast =
    context.isBlocked(x) && sameShape(x.shape, t.shape) && !sameShape(column.shape, t.shape);
  const shift = isBroadcast ? perSample(context, column, t.shape) : undefined;
  if (!shift) return elementwise(t, context);
  return { blocked: affine(context, x, ones(...shift.shape), neg(shift)) };
};
const activation: Rule = (t, context) => fusedActivation(t, context) ?? elementwise(t, context);

const scaleShift: Rule = (t, context) => {
  const [x, scale, shift] = t.inputs as [Tensor, Tensor, Tensor];
  if (!context.isBlocked(x)) return undefined;
  return { blocked: affine(context, x, context.plain(scale), context.plain(shift)) };
};

const normalise: Rule = (t, context) => {
  const [x, ...rest] = t.inputs as [Tensor, Tensor, Tensor, Tensor, Tensor];
  if (!context.isBlocked(x)) return undefined;
  const [average, inverse, scale, shift] = rest.map((u) => context.plain(u)) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const factor = mul(inverse, scale);
  return { blocked: affine(context, x, factor, sub(shift, mul(average, factor))) };
};

const concat: Rule = (t, context) => {
  const inChannels = t.attributes["axis"] === 1 && t.inputs.every((u) => context.fits(u.shape));
  if (!inChannels || !t.inputs.some((u) => context.isBlocked(u))) return undefined;
  return {
    blocked: node(
      t.operator,
      t.inputs.map((u) => context.blocked(u)),
      t.attributes,
    ),
  };
};

/** A window of channels. */
const slice: Rule = (t, context) => {
  const [x, starts, steps] = [first(t), numbers(t, "starts"), numbers(t, "steps")];
  const elsewhere = t.shape.some((n, axis) => axis !== 1 && n !== x.shape[axis]);
  const isBlock = context.fits(t.shape) && (starts[1] ?? 0) % context.block === 0;
  if (!context.isBlocked(x) || !isBlock || elsewhere || steps.some((s) => s !== 1)) return undefined;
  const b = context.blocked(x);
  const size = planeShape(t.shape);
  const attributes = { starts: [0, starts[1] ?? 0, 0, 0], size, steps: [1, 1, 1, 1] };
  return { blocked: node(t.operator, [b], attributes) };
};

/** [P, f·f·C, H, W] → [P, C, f·H, f·W]: whole blocks of channels move. */
const depthToSpace: Rule = (t, context) => {
  if (!context.isBlocked(first(t)) || !context.fits(t.shape)) return undefined;
  const f = t.attributes["factor"] as number;
  const [p = 1, c = 1, h = 1, w = 1] = planeShape(t.shape);
  const blocks = [p, f, f, c / context.block, h / f, w / f, context.block];
  const moved = transpose(reshape(context.blocked(first(t)), blocks), [0, 3, 4, 1, 5, 2, 6]);
  return { blocked: reshape(moved, [p, c, h, w]) };
};

const spaceToDepth: Rule = (t, context) => {
  if (!context.isBlocked(first(t))) return undefined;
  const f = t.attributes["factor"] as number;
  const [p = 1, c = 1, h = 1, w = 1] = planeShape(first(t).shape);
  const blocks = [p, c / context.block, h / f, f, w / f, f, context.block];
  const moved = transpose(reshape(context.blocked(first(t)), blocks), [0, 3, 5, 1, 2, 4, 6]);
  return { blocked: reshape(moved, planeShape(t.shape)) };
};

/** In memory slices come before channels, so that slices made of channels are in place already. */
const depthOfChannels: Rule = (t, context) =>
  context.isBlocked(first(t)) && context.fits(t.shape) && context.fits(first(t).shape)
    ? { blocked: reshape(context.blocked(first(t)), planeShape(t.shape)) }
    : undefined;

/** Any element of the trigger will do, so it need not be reordered. */
const after: Rule = (t, context) => {
  const [x, trigger] = t.inputs as [Tensor, Tensor];
  if (!context.isBlocked(trigger)) return undefined;
  return { plain: node(t.operator, [context.plain(x), context.blocked(trigger)]) };
};

/**
 * Channels last, or slices before channels, as products over channels and the gradient of the weights want them, and back
 * from channels last: kernels of their own, or free.
 */
const transposition: Rule = (t, context) => {
  const x = first(t);
  const [permutation, rank] = [numbers(t, "permutation").join(), x.shape.length];
  const isFromLast = permutation === (rank === 5 ? "0,4,1,2,3" : "0,3,1,2");
  if (isFromLast && context.fits(t.shape)) {
    const [p, c, h, w] = planeShape(t.shape) as [number, number, number, number];
    return { blocked: reorderInput(reshape(context.plain(x), [p, h, w, c]), true) };
  }
  if (!context.isBlocked(x)) return undefined;
  const isLast = permutation === (rank === 5 ? "0,2,3,4,1" : "0,2,3,1");
  if (!isLast && permutation !== "0,2,1,3,4") return undefined;
  return { plain: reshape(reorderOutput(context.blocked(x), extents(x.shape).c, isLast), t.shape) };
};

const always = ["div", "maximum", "minimum", "neg", "abs", "sign", "exp", "log", "sqrt", "reciprocal"];
const more = ["tanh", "sigmoid", "erf", "step", "pow", "greater", "greaterEqual", "equal", "where", "cast"];

export const rules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries([...always, ...more].map((name) => [name, elementwise])),
  add: addition,
  sub: difference,
  mul: product,
  relu: activation,
  leakyRelu: activation,
  conv: convRule,
  convTranspose: convTransposeRule,
  scaleShift,
  normalise,
  sum: reduction,
  mean: reduction,
  sumSquare: reduction,
  maxPool,
  maxUnpool,
  concat,
  slice,
  depthToSpace,
  spaceToDepth,
  channelsToSlices: depthOfChannels,
  slicesToChannels: depthOfChannels,
  transpose: transposition,
  after,
};
