/** Moving elements without changing them. */
import { node, type Operator, shapeError, sizeOf, type Shape, type Tensor, constant } from "../tensor.js";

const first = (inputs: readonly Tensor[]) => inputs[0];
const numbers = (t: Tensor, key: string) => t.attributes[key] as readonly number[];

/** ONNX `mode` of each kind of padding. */
const padModes = { zero: "constant", reflect: "reflect", edge: "edge" } as const;
export type PadMode = keyof typeof padModes;

export const rows = {
  reshape: {
    name: "reshape",
    shape: (inputs, attributes) => {
      const shape = attributes["shape"] as Shape;
      if (sizeOf(shape) !== sizeOf(first(inputs).shape))
        throw shapeError("reshape", `${sizeOf(shape)} elements`, ...inputs);
      return shape;
    },
    emit: (emitter, t, [x]) => emitter.node("Reshape", [x, emitter.ints(t.shape)]),
    gradient: ({ dy, inputs }) => [() => reshape(dy, first(inputs).shape)],
  },
  transpose: {
    name: "transpose",
    shape: (inputs, attributes) =>
      (attributes["permutation"] as readonly number[]).map((p) => first(inputs).shape[p] ?? 1),
    emit: (emitter, t, inputs) => emitter.node("Transpose", inputs, { perm: numbers(t, "permutation") }),
    gradient: ({ dy, y }) => [() => transpose(dy, inversePermutation(numbers(y, "permutation")))],
  },
  expand: {
    name: "expand",
    shape: (_, attributes) => attributes["shape"] as Shape,
    emit: (emitter, t, [x]) => emitter.node("Expand", [x, emitter.ints(t.shape)]),
    gradient: ({ dy }) => [() => dy],
  },
  /** Window [starts, starts + size · steps) of every axis; a negative step of -1 runs backwards over the whole axis. */
  slice: {
    name: "slice",
    shape: (_, attributes) => attributes["size"] as Shape,
    emit: (emitter, t, [x]) => {
      const [starts, steps] = [numbers(t, "starts"), numbers(t, "steps")];
      const ends = starts.map((s, axis) =>
        steps[axis] === -1 ? -(2 ** 31) : s + ((t.shape[axis] ?? 1) - 1) * (steps[axis] ?? 1) + 1,
      );
      const axes = changedAxes(t);
      if (axes.length === 0) return [x];
      const pick = (values: readonly number[]) => emitter.ints(axes.map((axis) => values[axis] ?? 0));
      return emitter.node("Slice", [x, pick(starts), pick(ends), emitter.ints(axes), pick(steps)]);
    },
    gradient: ({ dy, y, inputs }) => [() => unslice(dy, y, first(inputs).shape)],
  },
  pad: {
    name: "pad",
    shape: (inputs, attributes) => {
      const [before, after] = [attributes["before"] as Shape, attributes["after"] as Shape];
      return first(inputs).shape.map((n, axis) => n + (before[axis] ?? 0) + (after[axis] ?? 0));
    },
    emit: (emitter, t, [x]) => {
      const pads = emitter.ints([...numbers(t, "before"), ...numbers(t, "after")]);
      return emitter.node("Pad", [x, pads], { mode: padModes[t.attributes["mode"] as PadMode] });
    },
    gradient: ({ dy, y, inputs }) => {
      if (y.attributes["mode"] !== "zero") return [() => foldPadding(dy, y, first(inputs).shape)];
      return [() => slice(dy, numbers(y, "before"), first(inputs).shape)];
    },
  },
  concat: {
    name: "concat",
    shape: (inputs, attributes) => {
      const axis = attributes["axis"] as number;
      const total = inputs.reduce((sum, t) => sum + (t.shape[axis] ?? 0), 0);
      const fits = inputs.every((t) => t.shape.every((n, i) => i === axis || n === first(inputs).shape[i]));
      if (!fits) throw shapeError("concat", `equal shapes but for axis ${axis}`, ...inputs);
      return first(inputs).shape.map((n, i) => (i === axis ? total : n));
    },
    emit: (emitter, t, inputs) => emitter.node("Concat", inputs, { axis: t.attributes["axis"] as number }),
    gradient: ({ dy, y, inputs }) => {
      const axis = y.attributes["axis"] as number;
      let offset = 0;
      return inputs.map((t) => {
        const starts = t.shape.map((_, i) => (i === axis ? offset : 0));
        offset += t.shape[axis] ?? 0;
        return () => slice(dy, starts, t.shape);
      });
    },
  },
  /** Rows of `axis` picked by constant indices; its gradient sums with a constant 0/1 matrix. */
  gather: {
    name: "gather",
    shape: (inputs, attributes) => {
      const count = (attributes["indices"] as Shape).length;
      return first(inputs).shape.map((n, i) => (i === attributes["axis"] ? count : n));
    },
    emit: (emitter, t, [x]) =>
      emitter.node("Gather", [x, emitter.ints(numbers(t, "indices"))], {
        axis: t.attributes["axis"] as number,
      }),
    gradient: ({ dy, y, inputs }) => [
      () => scatterAdd(dy, y.attributes["axis"] as number, numbers(y, "indices"), first(inputs).shape),
    ],
  },
  /** The same value, through which no gradient flows. */
  detach: {
    name: "detach",
    shape: (inputs) => first(inputs).shape,
    emit: (_, __, inputs) => [inputs[0]],
    gradient: () => [undefined],
  },
  /** x itself, but not before the second input is known (which must be finite): keeps the runtime from working ahead. */
  after: {
    name: "after",
    shape: (inputs) => first(inputs).shape,
    emit: (emitter, _, [x, trigger]) => {
      const [flat] = emitter.node("Reshape", [trigger, emitter.ints([-1])]);
      const [one] = emitter.node("Slice", [flat, emitter.ints([0]), emitter.ints([1])]);
      const [zero] = emitter.node("Mul", [one, emitter.float(0)]);
      return emitter.node("Add", [x, zero]);
    },
  },
  scatterAdd: {
    name: "scatterAdd",
    shape: (_, attributes) => attributes["shape"] as Shape,
    emit: (emitter, t, [x, zeros]) => {
      const axis = t.attributes["axis"] as number;
      const count = numbers(t, "indices").length;
      const full = t.shape.map((n, i) => (i === axis ? count : n));
      const column = full.map((_, i) => (i === axis ? count : 1));
      const [shaped] = emitter.node("Reshape", [emitter.ints(numbers(t, "indices")), emitter.ints(column)]);
      const [indices] = emitter.node("Expand", [shaped, emitter.ints(full)]);
      return emitter.node("ScatterElements", [zeros, indices, x], {
        axis,
        reduction: "add",
      });
    },
    gradient: ({ dy, y }) => [
      () => gather(dy, y.attributes["axis"] as number, numbers(y, "indices")),
      undefined,
    ],
  },
} satisfies Record<string, Operator>;

function changedAxes(t: Tensor): number[] {
  const from = first(t.inputs).shape;
  const steps = numbers(t, "steps");
  return [...t.shape.keys()].filter((axis) => t.shape[axis] !== from[axis] || steps[axis] !== 1);
}

function inversePermutation(permutation: readonly number[]): number[] {
  return permutation.map((_, axis) => permutation.indexOf(axis));
}

/** Puts a slice's gradient back: reversed axes are reversed, strided ones scattered, the rest padded with zeros. */
function unslice(dy: Tensor, y: Tensor, shape: Shape): Tensor {
  const [starts, steps] = [numbers(y, "starts"), numbers(y, "steps")];
  const strided = [...steps.keys()].filter((axis) => (steps[axis] ?? 1) > 1);
  let result = steps.includes(-1)
    ? flip(
        dy,
        [...steps.keys()].filter((axis) => steps[axis] === -1),
      )
    : dy;
  for (const axis of strided) {
    const indices = Array.from(
      { length: y.shape[axis] ?? 0 },
      (_, i) => (starts[axis] ?? 0) + i * (steps[axis] ?? 1),
    );
    result = scatterAdd(
      result,
      axis,
      indices,
      result.shape.map((n, i) => (i === axis ? (shape[axis] ?? n) : n)),
    );
  }
  const before = starts.map((s, axis) => (steps[axis] === 1 ? s : 0));
  const after = shape.map((n, axis) =>
    steps[axis] === 1 ? n - (before[axis] ?? 0) - (y.shape[axis] ?? 0) : 0,
  );
  return pad(result, before, after);
}

/** Gradient of reflect and edge padding: each padded element's share goes to the element it copied. */
function foldPadding(dy: Tensor, y: Tensor, shape: Shape): Tensor {
  const [before, after] = [numbers(y, "before"), numbers(y, "after")];
  return shape.reduce((result, n, axis) => {
    const [left, right] = [before[axis] ?? 0, after[axis] ?? 0];
    if (left + right === 0) return result;
    const source = (i: number) =>
      y.attributes["mode"] === "edge" ? Math.min(Math.max(i, 0), n - 1) : reflect(i, n);
    const indices = Array.from({ length: n + left + right }, (_, i) => source(i - left));
    return scatterAdd(
      result,
      axis,
      indices,
      result.shape.map((m, i) => (i === axis ? n : m)),
    );
  }, dy);
}

function reflect(index: number, n: number): number {
  const folded = Math.abs(index) % Math.max(1, 2 * (n - 1));
  return folded < n ? folded : 2 * (n - 1) - folded;
}

export const reshape = (x: Tensor, shape: Shape): Tensor =>
  shape.length === x.shape.length && shape.every((n, i) => n === x.shape[i])
    ? x
    : node(rows.reshape, [x], { shape });
export const transpose = (x: Tensor, permutation: readonly number[]): Tensor =>
  node(rows.transpose, [x], { permutation });
export const expand = (x: Tensor, shape: Shape): Tensor => node(rows.expand, [x], { shape });

/** The window of `size` elements from `starts`, every `steps`-th element (default 1). */
export function slice(
  x: Tensor,
  starts: readonly number[],
  size: Shape,
  steps: readonly number[] = size.map(() => 1),
): Tensor {
  const fits = x.shape.every(
    (n, i) => steps[i] === -1 || (starts[i] ?? 0) + ((size[i] ?? 1) - 1) * (steps[i] ?? 1) < n,
  );
  if (!fits) throw shapeError("slice", `a window [${starts.join()}] + [${size.join()}] inside`, x);
  return node(rows.slice, [x], { starts, size, steps });
}

/** x with the order of the elements along `axes` reversed. */
export function flip(x: Tensor, axes: readonly number[]): Tensor {
  const steps = x.shape.map((_, axis) => (axes.includes(axis) ? -1 : 1));
  const starts = x.shape.map((n, axis) => (axes.includes(axis) ? n - 1 : 0));
  return node(rows.slice, [x], { starts, size: x.shape, steps });
}

export function pad(
  x: Tensor,
  before: readonly number[],
  after: readonly number[],
  mode: PadMode = "zero",
): Tensor {
  if ([...before, ...after].every((n) => n === 0)) return x;
  return node(rows.pad, [x], { before, after, mode });
}
export const concat = (tensors: readonly Tensor[], axis: number): Tensor =>
  node(rows.concat, tensors, { axis });
export const gather = (x: Tensor, axis: number, indices: readonly number[]): Tensor =>
  node(rows.gather, [x], { axis, indices });

export const after = (x: Tensor, trigger: Tensor): Tensor => node(rows.after, [x, trigger]);
export const detach = (x: Tensor): Tensor => node(rows.detach, [x]);

/** Zeros of `shape` to which the rows of x are added at `indices` along `axis`. */
export function scatterAdd(x: Tensor, axis: number, indices: readonly number[], shape: Shape): Tensor {
  const zeros = expand(
    constant(
      Float32Array.of(0),
      shape.map(() => 1),
    ),
    shape,
  );
  return node(rows.scatterAdd, [x, zeros], { axis, indices, shape });
}
