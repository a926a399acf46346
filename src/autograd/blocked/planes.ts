/** Planes of a blocked tensor, picked along the slices. */
import { pad, reshape, slice } from "../operators/shape.js";
import { type Shape, sizeOf, type Tensor } from "../tensor.js";
import { extents } from "./layout.js";

export interface Picked {
  /** Slice that the first plane is taken from; may lie outside. */
  readonly offset: number;
  readonly stride: number;
  readonly count: number;
}

/**
 * Of the planes of a tensor whose plain shape is `shape`, for every sample those of the slices offset, offset + stride, …;
 * zeros where there is no such slice.
 */
export function pickedPlanes(planes: Tensor, shape: Shape, { offset, stride, count }: Picked): Tensor {
  const { n, d } = extents(shape);
  if (offset === 0 && stride === 1 && count === d) return planes;
  const rows = reshape(planes, [n, d, sizeOf(planes.shape) / (n * d)]);
  const made = stride === 1 ? moved(rows, offset, count) : strided(rows, { offset, stride, count });
  return reshape(made, [n * count, ...planes.shape.slice(1)]);
}

const moved = (rows: Tensor, offset: number, count: number) =>
  pad(rows, [0, -offset, 0], [0, count + offset - (rows.shape[1] ?? 1), 0]);

function strided(rows: Tensor, { offset, stride, count }: Picked): Tensor {
  const [n = 1, d = 1, size = 1] = rows.shape;
  const first = Math.max(0, Math.ceil(-offset / stride));
  const end = Math.min(count, Math.floor((d - 1 - offset) / stride) + 1);
  const inside = slice(rows, [0, first * stride + offset, 0], [n, end - first, size], [1, stride, 1]);
  return first === 0 && end === count ? inside : pad(inside, [0, first, 0], [0, count - end, 0]);
}
