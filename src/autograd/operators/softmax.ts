/** Softmax and its logarithm along one axis. */
import { node, type Operator, type Tensor } from "../tensor.js";
import { exp, mul, sub } from "./elementwise.js";
import { sum } from "./reduction.js";

function row(
  name: string,
  onnx: string,
  gradient: (dy: Tensor, y: Tensor, axis: number) => Tensor,
): Operator {
  return {
    name,
    shape: (inputs) => inputs[0].shape,
    emit: (emitter, t, inputs) => emitter.node(onnx, inputs, { axis: t.attributes["axis"] as number }),
    gradient: ({ dy, y }) => [() => gradient(dy, y, y.attributes["axis"] as number)],
  };
}

export const rows = {
  softmax: row("softmax", "Softmax", (dy, y, axis) => mul(y, sub(dy, sum(mul(dy, y), [axis])))),
  logSoftmax: row("logSoftmax", "LogSoftmax", (dy, y, axis) => sub(dy, mul(exp(y), sum(dy, [axis])))),
} satisfies Record<string, Operator>;

export const softmax = (x: Tensor, axis: number): Tensor => node(rows.softmax, [x], { axis });
export const logSoftmax = (x: Tensor, axis: number): Tensor => node(rows.logSoftmax, [x], { axis });
