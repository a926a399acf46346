/** Graphs with some of their values taken from elsewhere, or computed otherwise. */
import { topological } from "./onnx/compile.js";
import { node, type Tensor } from "./tensor.js";

/** The same outputs, computed from `replacements` wherever one of their keys was. */
export function replaced(
  outputs: Readonly<Record<string, Tensor>>,
  replacements: ReadonlyMap<Tensor, Tensor>,
): Record<string, Tensor> {
  return rewritten(outputs, (t) => replacements.get(t));
}

/**
 * The same outputs, with every node that `rule` has something else for computed by that; `inputs` are the node's,
 * rewritten already.
 */
export function rewritten(
  outputs: Readonly<Record<string, Tensor>>,
  rule: (t: Tensor, inputs: readonly Tensor[]) => Tensor | undefined,
): Record<string, Tensor> {
  const made = new Map<Tensor, Tensor>();
  for (const t of topological(Object.values(outputs))) {
    const inputs = t.inputs.map((input) => made.get(input) ?? input);
    made.set(t, rule(t, inputs) ?? rebuilt(t, inputs));
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, t]) => [name, made.get(t) ?? t]));
}

function rebuilt(t: Tensor, inputs: readonly Tensor[]): Tensor {
  const isSame = inputs.every((input, i) => input === t.inputs[i]);
  return isSame ? t : node(t.operator, inputs, t.attributes, { dtype: t.dtype });
}
