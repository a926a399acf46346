/** Max pooling of blocked tensors, windows side by side. */
import { cast, div, equal, mul } from "../operators/elementwise.js";
import { max, sum } from "../operators/reduction.js";
import { expand, reshape } from "../operators/shape.js";
import { sameShape, scalar, type Shape, sizeOf, type Tensor } from "../tensor.js";
import { extents } from "./layout.js";
import { blockedAveragePool, blockedMaxPool, blockedRepeat } from "./operators.js";
import type { Rule } from "./rule.js";

const numbers = (t: Tensor, key: string) => t.attributes[key] as readonly number[];
const first = (t: Tensor) => t.inputs[0];

/** Kernel as [depth, height, width]. */
function kernelOf(pool: Tensor): [number, number, number] {
  const [w = 1, h = 1, d = 1] = [...numbers(pool, "kernel")].reverse();
  return [d, h, w];
}

export const maxPool: Rule = (t, context) => {
  const x = first(t);
  const { d, h, w } = extents(x.shape);
  const [kd, kh, kw] = kernelOf(t);
  const isTiling =
    sameShape(numbers(t, "kernel"), numbers(t, "stride")) && numbers(t, "padding").every((p) => p === 0);
  if (!context.isBlocked(x) || !isTiling || d % kd !== 0 || h % kh !== 0 || w % kw !== 0) return undefined;
  return { blocked: overSlices(max, blockedMaxPool(context.blocked(x), [kh, kw]), kd) };
};

/** The blocked max-pool keeps no places: every maximum of a window gets an equal share. */
export const maxUnpool: Rule = (t, context) => {
  const [dy, pooled, x] = t.inputs as [Tensor, Tensor, Tensor];
  if (!context.isBlocked(pooled)) return undefined;
  const [kd, ...plane] = kernelOf(pooled);
  const repeat = (y: Tensor) => blockedRepeat(repeatSlices(y, kd), plane);
  const isMaximum = cast(equal(context.blocked(x), repeat(context.blocked(pooled))), "float32");
  const count = mul(overSlices(sum, blockedAveragePool(isMaximum, plane), kd), scalar(sizeOf(plane)));
  return { blocked: mul(isMaximum, repeat(div(context.blocked(dy), count))) };
};

type Reduce = (x: Tensor, axes: readonly number[]) => Tensor;

/** Reduces every `factor` planes that follow each other; planes of a sample are whole multiples. */
function overSlices(reduce: Reduce, planes: Tensor, factor: number): Tensor {
  if (factor === 1) return planes;
  const [p = 1, ...rest] = planes.shape;
  return reshape(reduce(reshape(planes, [p / factor, factor, sizeOf(rest)]), [1]), [p / factor, ...rest]);
}

function repeatSlices(planes: Tensor, factor: number): Tensor {
  if (factor === 1) return planes;
  const [p = 1, ...rest] = planes.shape;
  const shape: Shape = [p, factor, sizeOf(rest)];
  return reshape(expand(reshape(planes, [p, 1, sizeOf(rest)]), shape), [p * factor, ...rest]);
}
