/** Convolutions with three spatial axes that WebGPU's kernels lack. */
import { conv } from "../operators/convolution.js";
import { concat, flip, reshape, transpose } from "../operators/shape.js";
import type { Geometry } from "../operators/weight-gradient.js";
import { type Shape, sizeOf, type Tensor } from "../tensor.js";
import { border, dilated, interleavedAll, part, window } from "./layout.js";

export function groupedConv(x: Tensor, w: Tensor, bias: Tensor | undefined, g: Geometry): Tensor {
  const parts = Array.from({ length: g.groups }, (_, i) =>
    conv(part(x, 1, i, g.groups), part(w, 0, i, g.groups), bias && part(bias, 0, i, g.groups), {
      ...g,
      groups: 1,
    }),
  );
  return concat(parts, 1);
}

/**
 * A transposed convolution as a convolution to all places of a block of `stride`, which are then laid out (Shi et al.
 * 2016). Along an axis, place p of block q is Σⱼ x[q − j] · w[stride · j + p + padding].
 */
export function subPixel(x: Tensor, w: Tensor, bias: Tensor | undefined, g: Geometry, output: Shape): Tensor {
  if (g.groups > 1) {
    const parts = Array.from({ length: g.groups }, (_, i) =>
      subPixel(part(x, 1, i, g.groups), part(w, 0, i, g.groups), undefined, { ...g, groups: 1 }, output),
    );
    return concat(parts, 1);
  }
  const { stride, padding } = g;
  const full = g.dilation.reduce((kernel, d, axis) => dilated(kernel, axis + 2, d), w);
  const axes = stride.map((s, axis) => {
    const p = padding[axis] ?? 0;
    const lowest = -Math.floor((s - 1 + p) / s);
    const highest = Math.floor(((full.shape[axis + 2] ?? 1) - 1 - p) / s);
    const blocks = Math.ceil((output[axis] ?? 1) / s);
    return { s, p, lowest, highest, blocks, taps: highest - lowest + 1 };
  });
  const image = border(
    x,
    axes.map(({ highest }) => highest),
    axes.map(({ blocks, lowest }, axis) => Math.max(0, blocks - (x.shape[axis + 2] ?? 1) - lowest)),
  );
  const places = conv(image, blockKernel(full, axes), bias && repeated(bias, sizeOf(stride)));
  const needed = window(
    places,
    stride.map(() => 0),
    axes.map(({ blocks }) => blocks),
    stride.map(() => 1),
  );
  return window(
    interleavedAll(needed, stride),
    stride.map(() => 0),
    output,
    stride.map(() => 1),
  );
}

interface BlockAxis {
  readonly s: number;
  readonly p: number;
  readonly lowest: number;
  readonly taps: number;
}

/** [C, O, K…] → [places · O, C, taps…], turned round; places are ordered by axis. */
function blockKernel(w: Tensor, axes: readonly BlockAxis[]): Tensor {
  const [c = 1, o = 1, ...kernel] = w.shape;
  const before = axes.map(({ s, p, lowest }) => -(s * lowest + p));
  const after = axes.map(({ s, taps }, i) => s * taps - (kernel[i] ?? 1) - (before[i] ?? 0));
  const padded = border(w, before, after);
  // One axis after the other: [front, taps · s, back] → [s · front, taps, back].
  const split = axes.reduceRight(
    (t, { s, taps }, axis) => {
      const front = t.shape[0] ?? 1;
      const [inner, back] = [t.shape.slice(1, axis + 3), t.shape.slice(axis + 4)];
      const columns = reshape(t, [front * sizeOf(inner), taps, s, sizeOf(back)]);
      const moved = transpose(columns, [2, 0, 1, 3]);
      return reshape(moved, [s * front, ...inner, taps, ...back]);
    },
    reshape(padded, [1, ...padded.shape]),
  );
  const places = split.shape[0] ?? 1;
  const taps = axes.map((axis) => axis.taps);
  const swapped = transpose(reshape(split, [places, c, o, sizeOf(taps)]), [0, 2, 1, 3]);
  return flip(
    reshape(swapped, [places * o, c, ...taps]),
    axes.map((_, i) => i + 2).filter((axis) => (taps[axis - 2] ?? 1) > 1),
  );
}

const repeated = (bias: Tensor, times: number) =>
  concat(
    Array.from({ length: times }, () => bias),
    0,
  );
