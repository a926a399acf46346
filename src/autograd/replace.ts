/** Graphs with some of their values taken from elsewhere. */
import { topological } from "./onnx/compile.js";
import { node, type Tensor } from "./tensor.js";

/** The same outputs, computed from `replacements` wherever one of their keys was. */
export function replaced(
  outputs: Readonly<Record<string, Tensor>>,
  replacements: ReadonlyMap<Tensor, Tensor>,
): Record<string, Tensor> {
  const made = new Map(replacements);
  for (const t of topological(Object.values(outputs))) {
    if (made.has(t)) continue;
    const inputs = t.inputs.map((input) => made.get(input) ?? input);
    const isSame = inputs.every((input, i) => input === t.inputs[i]);
    made.set(t, isSame ? t : node(t.operator, inputs, t.attributes, { dtype: t.dtype }));
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, t]) => [name, made.get(t) ?? t]));
}
