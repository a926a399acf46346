/** Between the plain order of a tensor [N, C, (D,) H, W] and its blocked form [P, C, H, W] with P = N·D planes. */
import { expand, reshape, transpose } from "../operators/shape.js";
import type { Shape, Tensor } from "../tensor.js";
import { reorderInput, reorderOutput } from "./operators.js";

export interface Extents {
  readonly n: number;
  readonly c: number;
  readonly d: number;
  readonly h: number;
  readonly w: number;
}

/** Extents of [N, C, H, W] (one slice) or [N, C, D, H, W]. */
export function extents(shape: Shape): Extents {
  const [n = 1, c = 1] = shape;
  const [d = 1, h = 1, w = 1] = shape.length === 5 ? shape.slice(2) : [1, ...shape.slice(2)];
  return { n, c, d, h, w };
}

export const isImage = (shape: Shape) => shape.length === 4 || shape.length === 5;

export function planeShape(shape: Shape): Shape {
  const { n, c, d, h, w } = extents(shape);
  return [n * d, c, h, w];
}

/** Plain, slices beside samples: [N, C, D, H, W] → [N·D, C, H, W]. */
export function toPlanes(x: Tensor): Tensor {
  const { n, c, d, h, w } = extents(x.shape);
  const moved = d > 1 && c > 1 ? transpose(reshape(x, [n, c, d, h, w]), [0, 2, 1, 3, 4]) : x;
  return reshape(moved, planeShape(x.shape));
}

export function toBlocked(x: Tensor): Tensor {
  return reorderInput(toPlanes(x));
}

/** The first channels of a blocked tensor, as many as `shape` has, in the plain order. */
export function toPlain(blocked: Tensor, shape: Shape): Tensor {
  const { n, c, d, h, w } = extents(shape);
  const planes = reorderOutput(blocked, c);
  if (d === 1 || c === 1) return reshape(planes, shape);
  return reshape(transpose(reshape(planes, [n, d, c, h, w]), [0, 2, 1, 3, 4]), shape);
}

/** One number per sample and channel [N·C], for every slice: [N·D·C]. */
export function perPlane(vector: Tensor, shape: Shape): Tensor {
  const { n, c, d } = extents(shape);
  if (d === 1) return vector;
  return reshape(expand(reshape(vector, [n, 1, c]), [n, d, c]), [n * d * c]);
}
