/** Arithmetic, comparison and activations, element by element with broadcasting. */
import { elementTypes } from "../onnx/schema.js";
import {
  type Backward,
  broadcastShape,
  type DType,
  node,
  type Operator,
  scalar,
  type Tensor,
} from "../tensor.js";

type Gradients = ReturnType<NonNullable<Operator["gradient"]>>;
type Rule = (backward: Backward & { a: Tensor; b: Tensor }) => Gradients;

function row(name: string, onnx: string, gradient?: Rule, dtype?: DType): Operator {
  return {
    name,
    shape: (inputs) => inputs.reduce((a, b) => ({ ...a, shape: broadcastShape(name, a, b) })).shape,
    ...(dtype ? { dtype: () => dtype } : {}),
    emit: (emitter, _, inputs) => emitter.node(onnx, inputs),
    ...(gradient
      ? {
          gradient: (back) => gradient({ ...back, a: back.inputs[0], b: back.inputs[1] }),
        }
      : {}),
  };
}

export const rows = {
  add: row("add", "Add", ({ dy }) => [() => dy, () => dy]),
  sub: row("sub", "Sub", ({ dy }) => [() => dy, () => neg(dy)]),
  mul: row("mul", "Mul", ({ dy, a, b }) => [() => mul(dy, b), () => mul(dy, a)]),
  div: row("div", "Div", ({ dy, y, b }) => [() => div(dy, b), () => neg(div(mul(dy, y), b))]),
  pow: row("pow", "Pow", ({ dy, a, b }) => [() => mul(dy, mul(b, pow(a, sub(b, scalar(1)))))]),
  maximum: row("maximum", "Max", ({ dy, a, b }) => [
    () => mul(dy, cast(greaterEqual(a, b), "float32")),
    () => mul(dy, cast(greater(b, a), "float32")),
  ]),
  minimum: row("minimum", "Min", ({ dy, a, b }) => [
    () => mul(dy, cast(greaterEqual(b, a), "float32")),
    () => mul(dy, cast(greater(a, b), "float32")),
  ]),
  neg: row("neg", "Neg", ({ dy }) => [() => neg(dy)]),
  abs: row("abs", "Abs", ({ dy, a }) => [() => mul(dy, sign(a))]),
  sign: row("sign", "Sign"),
  floor: row("floor", "Floor"),
  exp: row("exp", "Exp", ({ dy, y }) => [() => mul(dy, y)]),
  log: row("log", "Log", ({ dy, a }) => [() => div(dy, a)]),
  sqrt: row("sqrt", "Sqrt", ({ dy, y }) => [() => div(dy, mul(scalar(2), y))]),
  reciprocal: row("reciprocal", "Reciprocal", ({ dy, y }) => [() => neg(mul(dy, mul(y, y)))]),
  tanh: row("tanh", "Tanh", ({ dy, y }) => [() => mul(dy, sub(scalar(1), mul(y, y)))]),
  sigmoid: row("sigmoid", "Sigmoid", ({ dy, y }) => [() => mul(dy, mul(y, sub(scalar(1), y)))]),
  erf: row("erf", "Erf", ({ dy, a }) => [
    () => mul(dy, mul(scalar(2 / Math.sqrt(Math.PI)), exp(neg(mul(a, a))))),
  ]),
  relu: row("relu", "Relu", ({ dy, y }) => [() => mul(dy, step(y))]),
  /** 1 where positive, 0 elsewhere, in one pass: a line so steep that it has reached 1 at 1e-30, cut at 0 and 1. */
  step: {
    ...row("step", "HardSigmoid"),
    emit: (emitter, _, inputs) =>
      emitter.node("HardSigmoid", inputs, { alpha: { float: 1e30 }, beta: { float: 0 } }),
  },
  greater: row("greater", "Greater", undefined, "bool"),
  greaterEqual: row("greaterEqual", "GreaterOrEqual", undefined, "bool"),
  equal: row("equal", "Equal", undefined, "bool"),
  where: {
    ...row("where", "Where"),
    dtype: (inputs) => inputs[1]?.dtype ?? "float32",
    gradient: ({ dy, inputs: [condition] }) => [
      undefined,
      () => where(condition, dy, scalar(0)),
      () => where(condition, scalar(0), dy),
    ],
  },
  leakyRelu: {
    ...row("leakyRelu", "LeakyRelu"),
    emit: (emitter, t, inputs) =>
      emitter.node("LeakyRelu", inputs, { alpha: { float: t.attributes["alpha"] as number } }),
    gradient: ({ dy, y }) => [() => leakyReluGradient(dy, y, y.attributes["alpha"] as number)],
  },
  cast: {
    name: "cast",
    shape: ([a]) => a.shape,
    dtype: (_, attributes) => attributes["to"] as DType,
    emit: (emitter, t, inputs) => emitter.node("Cast", inputs, { to: elementTypes[t.dtype] }),
  },
} satisfies Record<string, Operator>;

/** The slope is 1 where the result is positive and alpha elsewhere (0 < alpha < 1, so the result's sign is the input's). */
function leakyReluGradient(dy: Tensor, y: Tensor, alpha: number): Tensor {
  return mul(dy, maximum(step(y), scalar(alpha)));
}

export const add = (a: Tensor, b: Tensor): Tensor => node(rows.add, [a, b]);
export const sub = (a: Tensor, b: Tensor): Tensor => node(rows.sub, [a, b]);
export const mul = (a: Tensor, b: Tensor): Tensor => node(rows.mul, [a, b]);
export const div = (a: Tensor, b: Tensor): Tensor => node(rows.div, [a, b]);
/** a to the power of a constant b. */
export const pow = (a: Tensor, b: Tensor): Tensor => node(rows.pow, [a, b]);
export const maximum = (a: Tensor, b: Tensor): Tensor => node(rows.maximum, [a, b]);
export const minimum = (a: Tensor, b: Tensor): Tensor => node(rows.minimum, [a, b]);
export const neg = (a: Tensor): Tensor => node(rows.neg, [a]);
export const abs = (a: Tensor): Tensor => node(rows.abs, [a]);
export const sign = (a: Tensor): Tensor => node(rows.sign, [a]);
export const floor = (a: Tensor): Tensor => node(rows.floor, [a]);
export const exp = (a: Tensor): Tensor => node(rows.exp, [a]);
export const log = (a: Tensor): Tensor => node(rows.log, [a]);
export const sqrt = (a: Tensor): Tensor => node(rows.sqrt, [a]);
export const reciprocal = (a: Tensor): Tensor => node(rows.reciprocal, [a]);
export const tanh = (a: Tensor): Tensor => node(rows.tanh, [a]);
export const sigmoid = (a: Tensor): Tensor => node(rows.sigmoid, [a]);
export const erf = (a: Tensor): Tensor => node(rows.erf, [a]);
export const relu = (a: Tensor): Tensor => node(rows.relu, [a]);
export const step = (a: Tensor): Tensor => node(rows.step, [a]);
export const leakyRelu = (a: Tensor, alpha = 0.01): Tensor => node(rows.leakyRelu, [a], { alpha });
export const greater = (a: Tensor, b: Tensor): Tensor => node(rows.greater, [a, b]);
export const greaterEqual = (a: Tensor, b: Tensor): Tensor => node(rows.greaterEqual, [a, b]);
export const equal = (a: Tensor, b: Tensor): Tensor => node(rows.equal, [a, b]);
export const where = (condition: Tensor, a: Tensor, b: Tensor): Tensor => node(rows.where, [condition, a, b]);
export const cast = (a: Tensor, to: DType): Tensor => (a.dtype === to ? a : node(rows.cast, [a], { to }));
