/**
 * Gradient of a convolution's weights. The gradient is itself a convolution, of x with dy as the filter and the roles of
 * batch and channels exchanged; done literally it is slow, because the kernel then has as few outputs as taps. Laid out
 * channels-last, channels become part of the last axis, a dilation by their number keeps them apart, and one fast
 * convolution yields all taps of all channels. Each sample is a group whose sums are added after, so that every core has a
 * product of its own, unless those sums would be the largest tensors (docs/explanation/speed.md has what was measured).
 */
import { node, type Operator, type Shape, sizeOf, type Tensor } from "../tensor.js";
import { matmul } from "./matmul.js";
import { sum } from "./reduction.js";
import { concat, flip, reshape, slice, transpose } from "./shape.js";

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
  if (isPointwise) return pointwise(x, dy, g);
  const spatial = g.kernel.map((_, axis) => axis + 1);
  const last = spatial.length + 1;
  const narrowed = (dy.shape[1] ?? 1) < (x.shape[1] ?? 1) && sizeOf(g.stride) === 1;
  if (!narrowed) return transpose(correlate(convRow, x, dy, g), [0, last, ...spatial]);
  // The side with fewer channels is the cheaper image; with dy as the image the taps come out in reverse.
  const padding = g.padding.map((p, i) => (g.dilation[i] ?? 1) * ((g.kernel[i] ?? 1) - 1) - p);
  const reversed = correlate(convRow, dy, x, { ...g, padding });
  return transpose(flip(reversed, spatial), [last, 0, ...spatial]);
}

/**
 * Kernel 1: dy · xᵀ, as a batch of products over samples and slices (of one image: its rows), so that every core has
 * work.
 */
function pointwise(x: Tensor, dy: Tensor, g: Geometry): Tensor {
  const [n = 1, c = 1, first = 1, ...rest] = x.shape;
  const o = dy.shape[1] ?? 1;
  const axes = [...x.shape.keys()].slice(2);
  const isSplit = n === 1 || axes.length > 2;
  const channelsLast = transpose(x, [0, ...axes, 1]);
  const planes = isSplit ? transpose(dy, [0, 2, 1, ...axes.slice(1)]) : dy;
  const [batch, positions] = isSplit ? [n * first, sizeOf(rest)] : [n, first * sizeOf(rest)];
  const products = matmul(
    reshape(planes, [batch, o, positions]),
    reshape(channelsLast, [batch, positions, c]),
  );
  return reshape(sum(products, [0]), [o, c, ...g.kernel]);
}

/**
 * Σ over batch and positions of image · shifted filter, for every tap: image [N, C, …] and filter [N, F, …] →
 * [F, …kernel, C].
 */
function correlate(convRow: Operator, image: Tensor, filter: Tensor, g: Geometry): Tensor {
  const [batch = 1, channels = 1, ...spatial] = image.shape;
  const filters = filter.shape[1] ?? 1;
  const axes = spatial.map((_, axis) => axis + 2);
  // A first axis without kernel is one more axis to sum over: it joins the samples.
  const isFolded = spatial.length > 1 && g.kernel[0] === 1 && g.stride[0] === 1 && g.padding[0] === 0;
  const kept = (values: Shape) => (isFolded ? values.slice(1) : values);
  const widen = (values: Shape) => kept(values).map((n, i, all) => (i === all.length - 1 ? n * channels : n));
  const samples = batch * (isFolded ? (spatial[0] ?? 1) : 1);
  const extents = kept(filter.shape.slice(2));
  const places = kept(spatial).map(
    (n, i) => n + 2 * (kept(g.padding)[i] ?? 0) - ((extents[i] ?? 1) - 1) * (kept(g.stride)[i] ?? 1),
  );
  const isGrouped =
    samples * filters * channels * sizeOf(places) <= sizeOf(image.shape) + sizeOf(filter.shape);
  const groups = isGrouped ? samples : 1;
  const channelsLast = reshape(transpose(image, [0, ...axes, 1]), [1, samples, ...widen(spatial)]);
  const ordered = isGrouped ? samplesFirst(filter, isFolded) : filtersFirst(filter);
  const taps = node(
    convRow,
    [channelsLast, reshape(ordered, [groups * filters, samples / groups, ...extents])],
    {
      kernel: extents,
      stride: extents.map(() => 1),
      padding: widen(g.padding),
      dilation: widen(g.stride),
      groups,
    },
  );
  const all = reshape(taps, [groups, filters, ...places, channels]);
  const shaped = groups > 1 ? sum(all, [0]) : all;
  const start = shaped.shape.map(() => 0);
  const window = slice(
    shaped,
    start,
    [1, filters, ...kept(g.kernel), channels],
    [1, 1, ...kept(g.dilation), 1],
  );
  return reshape(window, [filters, ...g.kernel, channels]);
}

/** [N, F, …] with the samples, or where slices are samples too those, outermost. */
function samplesFirst(filter: Tensor, isFolded: boolean): Tensor {
  const [, , ...axes] = filter.shape.keys();
  return isFolded ? transpose(filter, [0, 2, 1, ...axes.slice(1)]) : filter;
}

/** [N, F, …] as [F, N, …]. */
function filtersFirst(filter: Tensor): Tensor {
  const [, , ...axes] = filter.shape.keys();
  return filter.shape[0] === 1 ? filter : transpose(filter, [1, 0, ...axes]);
}
