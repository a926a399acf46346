/** Windows, gaps and interleaving along the spatial axes of [N, C, …]. */
import { pad, reshape, slice, transpose } from "../operators/shape.js";
import { type Shape, sizeOf, type Tensor } from "../tensor.js";

/** All index tuples below `extents`, the last axis fastest. */
export function tuples(extents: Shape): number[][] {
  return extents.reduce<number[][]>(
    (all, n) => all.flatMap((head) => Array.from({ length: n }, (_, i) => [...head, i])),
    [[]],
  );
}

/** x [N, C, …] with its spatial axes sliced: every `step`-th of `size` elements from `starts`. */
export function window(x: Tensor, starts: Shape, size: Shape, steps: Shape): Tensor {
  const [n = 1, c = 1] = x.shape;
  return slice(x, [0, 0, ...starts], [n, c, ...size], [1, 1, ...steps]);
}

/** Zeros around the spatial axes. */
export const border = (x: Tensor, before: Shape, after: Shape) => pad(x, [0, 0, ...before], [0, 0, ...after]);

/** `step` − 1 zeros after every element of an axis but the last. */
export function dilated(x: Tensor, axis: number, step: number): Tensor {
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
export function interleaved(x: Tensor, axis: number, f: number): Tensor {
  if (f === 1) return x;
  const [n = 1, channels = 1, ...spatial] = x.shape;
  const [before, after] = [sizeOf(spatial.slice(0, axis)), sizeOf(spatial.slice(axis + 1))];
  const c = channels / f;
  const split = reshape(x, [n, f, c * before, spatial[axis] ?? 1, after]);
  const longer = spatial.map((extent, i) => (i === axis ? extent * f : extent));
  return reshape(transpose(split, [0, 2, 3, 1, 4]), [n, c, ...longer]);
}

/** All axes; channels are ordered (place in the first axis, in the second, …, C). */
export const interleavedAll = (x: Tensor, factors: Shape) =>
  factors.reduce((result, f, axis) => interleaved(result, axis, f), x);

/** Zeros behind x, up to `extents`. */
export function filledUp(x: Tensor, extents: Shape): Tensor {
  const missing = extents.map((n, axis) => n - (x.shape[axis + 2] ?? 1));
  return border(
    x,
    missing.map(() => 0),
    missing,
  );
}

/** The elements of x at `starts` and every `stride` of zeros of `extents`. */
export function placed(x: Tensor, starts: Shape, stride: Shape, extents: Shape): Tensor {
  const spread = stride.reduce((result, s, axis) => dilated(result, axis + 2, s), x);
  const after = extents.map((n, axis) => n - (starts[axis] ?? 0) - (spread.shape[axis + 2] ?? 1));
  return border(spread, starts, after);
}

/** Part i of `count` along an axis. */
export function part(t: Tensor, axis: number, i: number, count: number): Tensor {
  const size = t.shape.map((n, other) => (other === axis ? n / count : n));
  return slice(
    t,
    size.map((n, other) => (other === axis ? i * n : 0)),
    size,
  );
}
