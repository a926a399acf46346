/**
 * Rewrites a graph so that it runs on every device. ONNX Runtime's WebGPU kernels know neither the places of a pooling's
 * maxima nor transposed or grouped convolutions with three spatial axes; elementary operators say the same. Values agree
 * but for rounding.
 */
import { topological } from "./onnx/compile.js";
import { conv } from "./operators/convolution.js";
import { add, cast, equal, mul, sub } from "./operators/elementwise.js";
import { concat, flip, pad, reshape, slice, transpose } from "./operators/shape.js";
import type { Geometry } from "./operators/weight-gradient.js";
import { constant, node, type Shape, sizeOf, type Tensor } from "./tensor.js";

type Rule = (t: Tensor, inputs: readonly Tensor[]) => Tensor | undefined;

/** By operator; undefined leaves the node as it is. */
const rules: Readonly<Record<string, Rule>> = {
  maxUnpool: (t, [dy, pooled]) => unpool(dy, pooled, t.attributes["shape"] as Shape),
  maxScatter: (t, [dy, pooled]) => {
    const x = pooled.inputs[0];
    return reshape(unpool(dy, pooled, x.shape), t.shape);
  },
  conv: (t, [x, w, bias]) => {
    const g = geometryOf(t);
    return is3d(x) && g.groups > 1 ? groupedConv(x, w, bias, g) : undefined;
  },
  convTranspose: (t, [x, w, bias]) =>
    is3d(x) ? subPixel(x, w, bias, geometryOf(t), t.shape.slice(2)) : undefined,
};

/** The same outputs, computed by operators that every device has. */
export function portable(outputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const made = new Map<Tensor, Tensor>();
  const rebuilt = (t: Tensor, inputs: readonly Tensor[]) =>
    inputs.every((input, i) => input === t.inputs[i])
      ? t
      : node(t.operator, inputs, t.attributes, { dtype: t.dtype });
  for (const t of topological(Object.values(outputs))) {
    const inputs = t.inputs.map((input) => made.get(input) ?? input);
    made.set(t, rules[t.operator.name]?.(t, inputs) ?? rebuilt(t, inputs));
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, t]) => [name, made.get(t) ?? t]));
}

const is3d = (x: Tensor) => x.shape.length === 5;
const geometryOf = (t: Tensor) => t.attributes as unknown as Geometry;

/** All index tuples below `extents`, the last axis fastest. */
function tuples(extents: Shape): number[][] {
  return extents.reduce<number[][]>(
    (all, n) => all.flatMap((head) => Array.from({ length: n }, (_, i) => [...head, i])),
    [[]],
  );
}

/** x [N, C, …] with its spatial axes sliced: every `step`-th of `size` elements from `starts`. */
function window(x: Tensor, starts: Shape, size: Shape, steps: Shape): Tensor {
  const [n = 1, c = 1] = x.shape;
  return slice(x, [0, 0, ...starts], [n, c, ...size], [1, 1, ...steps]);
}

/** Zeros around the spatial axes. */
const border = (x: Tensor, before: Shape, after: Shape) => pad(x, [0, 0, ...before], [0, 0, ...after]);

/** `step` − 1 zeros after every element of an axis but the last. */
function dilated(x: Tensor, axis: number, step: number): Tensor {
  if (step === 1) return x;
  const [before, n, after] = [x.shape.slice(0, axis), x.shape[axis] ?? 1, x.shape.slice(axis + 1)];
  const columns = reshape(x, [sizeOf(before), n, 1, sizeOf(after)]);
  const spread = reshape(pad(columns, [0, 0, 0, 0], [0, 0, step - 1, 0]), [...before, n * step, ...after]);
  const size = spread.shape.map((m, i) => (i === axis ? (n - 1) * step + 1 : m));
  return slice(
    spread,
    size.map(() => 0),
    size,
  );
}

/** [N, f·C, …] → [N, C, …] with spatial axis `axis` f times as long; channels are ordered (place in the axis, C). */
function interleaved(x: Tensor, axis: number, f: number): Tensor {
  if (f === 1) return x;
  const [n = 1, channels = 1, ...spatial] = x.shape;
  const [before, after] = [sizeOf(spatial.slice(0, axis)), sizeOf(spatial.slice(axis + 1))];
  const c = channels / f;
  const split = reshape(x, [n, f, c * before, spatial[axis] ?? 1, after]);
  const longer = spatial.map((extent, i) => (i === axis ? extent * f : extent));
  return reshape(transpose(split, [0, 2, 3, 1, 4]), [n, c, ...longer]);
}

/** All axes; channels are ordered (place in the first axis, in the second, …, C). */
const interleavedAll = (x: Tensor, factors: Shape) =>
  factors.reduce((result, f, axis) => interleaved(result, axis, f), x);

/** The first maximum of each window gets its gradient, as the processor's kernel counts places. */
function unpool(dy: Tensor, pooled: Tensor, shape: Shape): Tensor {
  const { kernel, stride, padding } = pooled.attributes as Record<string, Shape>;
  const x = pooled.inputs[0];
  const size = pooled.shape.slice(2);
  const isPadded = padding.some((p) => p > 0);
  const image = border(x, padding, padding);
  const inside = border(constant(new Float32Array(sizeOf(x.shape)).fill(1), x.shape), padding, padding);
  const taps = tuples(kernel);
  let free: Tensor = constant(new Float32Array(sizeOf(pooled.shape)).fill(1), pooled.shape);
  const shares = taps.map((tap) => {
    const isHere = cast(equal(window(image, tap, size, stride), pooled), "float32");
    const allowed = isPadded ? mul(isHere, window(inside, tap, size, stride)) : isHere;
    const here = mul(allowed, free);
    free = sub(free, here);
    return mul(dy, here);
  });
  const extents = image.shape.slice(2);
  const whole = stride.every((s, axis) => s === kernel[axis])
    ? filledUp(interleavedAll(concat(shares, 1), kernel), extents)
    : shares.map((share, i) => placed(share, taps[i] ?? [], stride, extents)).reduce((a, b) => add(a, b));
  return window(
    whole,
    padding,
    shape.slice(2),
    padding.map(() => 1),
  );
}

/** Zeros behind x, up to `extents`. */
function filledUp(x: Tensor, extents: Shape): Tensor {
  const missing = extents.map((n, axis) => n - (x.shape[axis + 2] ?? 1));
  return border(
    x,
    missing.map(() => 0),
    missing,
  );
}

/** The elements of x at `starts` and every `stride` of zeros of `extents`. */
function placed(x: Tensor, starts: Shape, stride: Shape, extents: Shape): Tensor {
  const spread = stride.reduce((result, s, axis) => dilated(result, axis + 2, s), x);
  const after = extents.map((n, axis) => n - (starts[axis] ?? 0) - (spread.shape[axis + 2] ?? 1));
  return border(spread, starts, after);
}

/** Part i of `count` along an axis. */
function part(t: Tensor, axis: number, i: number, count: number): Tensor {
  const size = t.shape.map((n, other) => (other === axis ? n / count : n));
  return slice(
    t,
    size.map((n, other) => (other === axis ? i * n : 0)),
    size,
  );
}

function groupedConv(x: Tensor, w: Tensor, bias: Tensor | undefined, g: Geometry): Tensor {
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
function subPixel(x: Tensor, w: Tensor, bias: Tensor | undefined, g: Geometry, output: Shape): Tensor {
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
