/** Softmax and its logarithm along one axis. */
import { type Emitter, node, type Operator, type Tensor } from "../tensor.js";
import { exp, mul, sub } from "./elementwise.js";
import { sum } from "./reduction.js";

type Emit = (emitter: Emitter, shifted: string, axes: string) => string[];

/**
 * Along any axis but the last the runtime's own kernels transpose the whole tensor twice; written out over the axis, a
 * softmax is three times as fast. The maximum is taken off first, so that nothing overflows.
 */
function row(name: string, emit: Emit, gradient: (dy: Tensor, y: Tensor, axis: number) => Tensor): Operator {
  return {
    name,
    shape: (inputs) => inputs[0].shape,
    emit: (emitter, t, [x]) => {
      const axes = emitter.ints([t.attributes["axis"] as number]);
      const [largest] = emitter.node("ReduceMax", [x, axes], { keepdims: 1 });
      const [shifted] = emitter.node("Sub", [x, largest]);
      return emit(emitter, shifted, axes);
    },
    gradient: ({ dy, y }) => [() => gradient(dy, y, y.attributes["axis"] as number)],
  };
}

function exponentials(emitter: Emitter, shifted: string, axes: string): [terms: string, total: string] {
  const [terms] = emitter.node("Exp", [shifted]);
  const [total] = emitter.node("ReduceSum", [terms, axes], { keepdims: 1 });
  return [terms, total];
}

export const rows = {
  softmax: row(
    "softmax",
    (emitter, shifted, axes) => emitter.node("Div", exponentials(emitter, shifted, axes)),
    (dy, y, axis) => mul(y, sub(dy, sum(mul(dy, y), [axis]))),
  ),
  logSoftmax: row(
    "logSoftmax",
    (emitter, shifted, axes) => {
      const [, total] = exponentials(emitter, shifted, axes);
      return emitter.node("Sub", [shifted, ...emitter.node("Log", [total])]);
    },
    (dy, y, axis) => sub(dy, mul(exp(y), sum(dy, [axis]))),
  ),
} satisfies Record<string, Operator>;

export const softmax = (x: Tensor, axis: number): Tensor => node(rows.softmax, [x], { axis });
export const logSoftmax = (x: Tensor, axis: number): Tensor => node(rows.logSoftmax, [x], { axis });
