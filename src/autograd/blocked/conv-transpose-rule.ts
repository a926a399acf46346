/**
 * Transposed convolutions on blocked tensors: a convolution for every place of a block of `stride`, the places then laid
 * out (Shi et al. 2016). Along an axis, place p of block q is Σⱼ x[q − j] · w[stride · j + p + padding]; each place has
 * the taps it needs, so nothing is multiplied by zeros that a stride has put in.
 */
import { concat, flip, reshape, slice, transpose } from "../operators/shape.js";
import type { Geometry } from "../operators/weight-gradient.js";
import { type Shape, sizeOf, type Tensor } from "../tensor.js";
import { extents, planeShape } from "./layout.js";
import { blockedConv } from "./operators.js";
import { pickedPlanes } from "./planes.js";
import type { Context, Rule } from "./rule.js";
import { blockedBias, blockedWeights } from "./weights.js";

/** The taps of one place along one axis: weights first, first + stride, … of the kernel, the first at x[q + reach]. */
interface Taps {
  readonly first: number;
  readonly count: number;
  /** How far the taps reach past q. */
  readonly reach: number;
}

export const convTransposeRule: Rule = (t, context) => {
  const x = t.inputs[0];
  const g = volumetric(t.attributes as unknown as Geometry);
  const places = g.stride.map((s, axis) => Array.from({ length: s }, (_, p) => tapsOf(g, axis, p)));
  const isOrdinary = g.groups === 1 && g.dilation.every((d) => d === 1) && growsEvenly(t, g.stride);
  const reaches = places.flat().every(({ count, reach }) => count > 0 && reach >= 0 && reach < count);
  if (!isOrdinary || !reaches || !context.fits(t.shape) || !context.fits(x.shape)) return undefined;
  const [slices = [], rows = [], columns = []] = places;
  const blocks = rows.flatMap((row) =>
    columns.flatMap((column) =>
      slices.map((inSlices) => placed(t, [inSlices, row, column], g.stride, context)),
    ),
  );
  return { blocked: laidOut(concat(blocks, 1), t.shape, g.stride, context.block) };
};

/** With the axis of the slices. */
function volumetric(g: Geometry): Geometry {
  if (g.kernel.length === 3) return g;
  const { kernel, stride, padding, dilation, groups } = g;
  return {
    kernel: [1, ...kernel],
    stride: [1, ...stride],
    padding: [0, ...padding],
    dilation: [1, ...dilation],
    groups,
  };
}

function growsEvenly(t: Tensor, stride: Shape): boolean {
  const [from, to] = [extents(t.inputs[0].shape), extents(t.shape)];
  const [d = 1, h = 1, w = 1] = stride;
  return to.d === d * from.d && to.h === h * from.h && to.w === w * from.w;
}

function tapsOf({ kernel, stride, padding }: Geometry, axis: number, place: number): Taps {
  const [k = 1, s = 1, start = 0] = [kernel[axis], stride[axis], place + (padding[axis] ?? 0)];
  const first = start % s;
  return { first, count: Math.max(0, Math.ceil((k - first) / s)), reach: Math.floor(start / s) };
}

/** All voxels of one place. */
function placed(t: Tensor, taps: readonly Taps[], stride: Shape, context: Context): Tensor {
  const [x, w, bias] = t.inputs as [Tensor, Tensor, Tensor | undefined];
  const [inSlices, ...inPlane] = taps as [Taps, Taps, Taps];
  const weights = weightsOf(context.plain(w), taps, stride);
  const [o = 1, c = 1, , kh = 1, kw = 1] = weights.shape;
  const before = inPlane.map(({ count, reach }) => count - 1 - reach);
  let y: Tensor | undefined;
  for (let tap = 0; tap < inSlices.count; tap++) {
    const offset = tap - (inSlices.count - 1 - inSlices.reach);
    const kernel = reshape(slice(weights, [0, 0, tap, 0, 0], [o, c, 1, kh, kw]), [o, c, kh, kw]);
    const inputs = {
      x: pickedPlanes(context.blocked(x), x.shape, { offset, stride: 1, count: extents(x.shape).d }),
      weights: blockedWeights(kernel, context.block),
      bias: blockedBias(y ? undefined : bias && context.plain(bias), o, context.block),
    };
    const options = { kernel: [kh, kw], padding: before, paddingAfter: inPlane.map(({ reach }) => reach) };
    y = blockedConv(y ? { ...inputs, plus: y } : inputs, options);
  }
  return y as Tensor;
}

/** The weights [C, O, …] of a place, as those of a convolution: [O, C, taps…], the last tap first. */
function weightsOf(w: Tensor, taps: readonly Taps[], stride: Shape): Tensor {
  const [c = 1, o = 1, ...kernel] = w.shape;
  const volume = reshape(w, [c, o, ...(kernel.length === 3 ? kernel : [1, ...kernel])]);
  const picked = slice(
    volume,
    [0, 0, ...taps.map(({ first }) => first)],
    [c, o, ...taps.map(({ count }) => count)],
    [1, 1, ...stride],
  );
  const axes = [2, 3, 4].filter((axis) => (picked.shape[axis] ?? 1) > 1);
  return transpose(axes.length > 0 ? flip(picked, axes) : picked, [1, 0, 2, 3, 4]);
}

/** Planes whose channels are (row, column, slice, channel of the result) in the places they stand for. */
function laidOut(places: Tensor, shape: Shape, stride: Shape, block: number): Tensor {
  const [p = 1, channels = 1, h = 1, w = 1] = places.shape;
  const [, fh = 1, fw = 1] = stride;
  if (sizeOf([fh, fw]) === 1) return reshape(places, planeShape(shape));
  const blocks = [p, fh, fw, channels / (fh * fw * block), h, w, block];
  return reshape(transpose(reshape(places, blocks), [0, 3, 4, 1, 5, 2, 6]), planeShape(shape));
}
