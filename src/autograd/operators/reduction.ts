/** Sums, means and maxima over whole axes; reduced axes are kept with extent 1. */
import { node, type Operator, type Shape, sizeOf, type Tensor, scalar } from "../tensor.js";
import { cast, div, equal, mul } from "./elementwise.js";
import { expand } from "./shape.js";

const first = (inputs: readonly Tensor[]) => inputs[0];

function row(name: string, onnx: string, gradient: NonNullable<Operator["gradient"]>): Operator {
  return {
    name,
    shape: (inputs, attributes) => {
      const axes = attributes["axes"] as readonly number[];
      return first(inputs).shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
    },
    emit: (emitter, t, [x]) =>
      emitter.node(onnx, [x, emitter.ints(t.attributes["axes"] as Shape)], { keepdims: 1 }),
    gradient,
  };
}

export const rows = {
  sum: row("sum", "ReduceSum", ({ dy, inputs }) => [() => expand(dy, first(inputs).shape)]),
  mean: row("mean", "ReduceMean", ({ dy, y, inputs }) => {
    const share = scalar(sizeOf(y.shape) / sizeOf(first(inputs).shape));
    return [() => expand(mul(dy, share), first(inputs).shape)];
  }),
  /** Σ x²: one pass where mul and sum would take two. */
  sumSquare: row("sumSquare", "ReduceSumSquare", ({ dy, inputs }) => [
    () => mul(first(inputs), mul(dy, scalar(2))),
  ]),
  /** The gradient is shared equally among tied maxima. */
  max: row("max", "ReduceMax", ({ dy, y, inputs }) => [
    () => {
      const isMaximum = cast(equal(first(inputs), y), "float32");
      return mul(isMaximum, div(dy, sum(isMaximum, y.attributes["axes"] as Shape)));
    },
  ]),
} satisfies Record<string, Operator>;

/** Reductions of more elements than this are done in two stages, since plain float32 summation loses digits. */
const block = 8192;

const allAxes = (x: Tensor) => [...x.shape.keys()];
const reduce = (operator: Operator, x: Tensor, axes: readonly number[]): Tensor =>
  node(operator, [x], { axes });

/** The trailing axes whose product stays within a block (at least one), and the rest. */
function stages(x: Tensor, axes: readonly number[]): [first: number[], rest: number[]] {
  const sorted = [...axes].sort((a, b) => a - b);
  let from = sorted.length - 1;
  let count = x.shape[sorted[from] ?? 0] ?? 1;
  while (from > 0 && count * (x.shape[sorted[from - 1] ?? 0] ?? 1) <= block)
    count *= x.shape[sorted[--from] ?? 0] ?? 1;
  return [sorted.slice(from), sorted.slice(0, from)];
}

/** `inner` over the first stage, `outer` over the rest. */
const staged =
  (inner: Operator, outer: Operator) =>
  (x: Tensor, axes: readonly number[] = allAxes(x)): Tensor => {
    if (axes.length === 0) return inner === outer ? x : mul(x, x);
    const [first, rest] = stages(x, axes);
    return rest.length === 0 ? reduce(inner, x, first) : reduce(outer, reduce(inner, x, first), rest);
  };

export const sum = staged(rows.sum, rows.sum);
export const mean = staged(rows.mean, rows.mean);
export const sumSquare = staged(rows.sumSquare, rows.sum);
export const max = (x: Tensor, axes: readonly number[] = allAxes(x)): Tensor => reduce(rows.max, x, axes);

/** Sums `gradient` over the axes along which `shape` was broadcast to it. */
export function sumTo(gradient: Tensor, shape: Shape): Tensor {
  const lead = gradient.shape.length - shape.length;
  const axes = [...gradient.shape.keys()].filter(
    (axis) => axis < lead || (shape[axis - lead] === 1 && gradient.shape[axis] !== 1),
  );
  return axes.length === 0 ? gradient : sum(gradient, axes);
}
