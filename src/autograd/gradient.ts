/** Reverse-mode differentiation: walks a graph backwards and builds the graph of the gradients. */
import { MarrowError } from "../base/errors.js";
import { topological } from "./onnx/compile.js";
import { add } from "./operators/elementwise.js";
import { sumTo } from "./operators/reduction.js";
import { reshape, rows as shape } from "./operators/shape.js";
import { constant, type Tensor } from "./tensor.js";

/**
 * Gradients of a scalar `loss` with respect to each of `wrt`, in their order; zeros where the loss does not depend on
 * one. Only rules on a path from `wrt` to the loss are asked, and only for the gradients needed.
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  const order = topological([loss]);
  const needed = new Set<Tensor>(wrt);
  for (const tensor of order)
    if (tensor.operator !== shape.detach && tensor.inputs.some((t) => needed.has(t))) needed.add(tensor);
  const total = new Map<Tensor, Tensor>([[loss, filled(1, loss)]]);
  for (const y of order.reverse()) {
    const dy = total.get(y);
    if (!dy || !needed.has(y) || y.inputs.length === 0) continue;
    propagate(y, dy, needed, total);
  }
  return wrt.map((tensor) => total.get(tensor) ?? filled(0, tensor));
}

function propagate(y: Tensor, dy: Tensor, needed: ReadonlySet<Tensor>, total: Map<Tensor, Tensor>): void {
  const rule = y.operator.gradient;
  if (!rule) {
    throw new MarrowError("GRAPH_NO_GRADIENT", { found: `operator ${y.operator.name}` });
  }
  const parts = rule({ dy, y, inputs: y.inputs });
  y.inputs.forEach((input, i) => {
    const part = parts[i];
    if (!part || !needed.has(input)) return;
    const gradient = reshape(sumTo(part(), input.shape), input.shape);
    const known = total.get(input);
    total.set(input, known ? add(known, gradient) : gradient);
  });
}

function filled(value: number, like: Tensor): Tensor {
  const size = like.shape.reduce((product, n) => product * n, 1);
  return constant(new Float32Array(size).fill(value), like.shape);
}
