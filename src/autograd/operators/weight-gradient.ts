/**
 * Gradient of a convolution's weights. The gradient is itself a convolution, of x with dy as the filter and the roles of
 * batch and channels exchanged; done literally it is slow, because the kernel then has as few outputs as taps. Laid out
 * channels-last, channels become part of the last axis, a dilation by their number keeps them apart, and one fast
 * convolution yields all taps of all channels (docs/explanation/speed.md has what was measured).
 */
import { node, type Operator, type Shape, sizeOf, type Tensor } from "../tensor.js";
import { matmul } from "./matmul.js";
import { sum } from "./reduction.js";
import { concat, reshape, slice, transpose } from "./shape.js";

export interface Geometry {
  readonly kernel: Shape;
  readonly stride: Shape;
  readonly padding: Shape;
  readonly dilation: Shape;
  readonly groups: number;
}

/** x [N, C, …] and dy [N, O, …] → [O, C / groups, …kernel]. `convRow` is the operator table's row of conv. */
export function weightGradient(convRow: Operator, x: Tensor, dy: Tensor, g: Geometry): Tensor {
  if (g.groups === 1) return ungrouped(convRow, x, dy, g);
  const part = (t: Tensor, i: number) => {
    const channels = (t.shape[1] ?? 1) / g.groups;
    const starts = t.shape.map((_, axis) => (axis === 1 ? i * channels : 0));
    const size = t.shape.map((n, axis) => (axis === 1 ? channels : n));
    return slice(t, starts, size);
  };
  const parts = Array.from({ length: g.groups }, (_, i) => ungrouped(convRow, part(x, i), part(dy, i), g));
  return concat(parts, 0);
}

function ungrouped(convRow: Operator, x: Tensor, dy: Tensor, g: Geometry): Tensor {
  const isPointwise = sizeOf(g.kernel) === 1 && sizeOf(g.stride) === 1 && g.padding.every((p) => p === 0);
  return isPointwise ? pointwise(x, dy, g) : channelsLast(convRow, x, dy, g);
}

/** Kernel 1: dy · xᵀ, as a batch of products over the first spatial axis so that every core has work. */
function pointwise(x: Tensor, dy: Tensor, g: Geometry): Tensor {
  const batched = (t: Tensor) => {
    const [n = 1, c = 1, first = 1, ...rest] = t.shape;
    return transpose(reshape(t, [n, c, first, sizeOf(rest)]), [0, 2, 1, 3]);
  };
  const products = matmul(batched(dy), transpose(batched(x), [0, 1, 3, 2]));
  return reshape(sum(products, [0, 1]), [dy.shape[1] ?? 1, x.shape[1] ?? 1, ...g.kernel]);
}

function channelsLast(convRow: Operator, x: Tensor, dy: Tensor, g: Geometry): Tensor {
  const [batch = 1, channels = 1, ...spatial] = x.shape;
  const outputs = dy.shape[1] ?? 1;
  const filterSpatial = dy.shape.slice(2);
  const axes = [...spatial.keys()].map((axis) => axis + 2);
  const last = transpose(x, [0, ...axes, 1]);
  const filter = batch === 1 ? dy : transpose(dy, [1, 0, ...axes]);
  // A first axis without kernel is one more axis to sum over: it joins the channels.
  const folded = spatial.length > 1 && g.kernel[0] === 1 && g.stride[0] === 1 && g.padding[0] === 0 ? 1 : 0;
  const sumOver = batch * (folded ? (spatial[0] ?? 1) : 1);
  const widen = (values: Shape) =>
    values.slice(folded).map((n, i, all) => (i === all.length - 1 ? n * channels : n));
  const image = reshape(last, [1, sumOver, ...widen(spatial)]);
  const weights = reshape(filter, [outputs, sumOver, ...filterSpatial.slice(folded)]);
  const taps = node(convRow, [image, weights], {
    kernel: filterSpatial.slice(folded),
    stride: filterSpatial.slice(folded).map(() => 1),
    padding: widen(g.padding),
    dilation: widen(g.stride),
    groups: 1,
  });
  const places = spatial.map(
    (n, i) => n + 2 * (g.padding[i] ?? 0) - ((filterSpatial[i] ?? 1) - 1) * (g.stride[i] ?? 1),
  );
  const shaped = reshape(taps, [outputs, ...places.map((n, i) => (i < folded ? 1 : n)), channels]);
  const starts = shaped.shape.map(() => 0);
  const picked = slice(shaped, starts, [outputs, ...g.kernel, channels], [1, ...g.dilation, 1]);
  return transpose(picked, [0, axes.length + 1, ...axes.map((axis) => axis - 1)]);
}
