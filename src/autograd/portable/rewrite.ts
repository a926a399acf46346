/**
 * Rewrites a graph so that it runs on every device. ONNX Runtime's WebGPU kernels know neither the places of a pooling's
 * maxima nor transposed or grouped convolutions with three spatial axes; elementary operators say the same. Values agree
 * but for rounding.
 */
import { topological } from "../onnx/compile.js";
import { reshape } from "../operators/shape.js";
import type { Geometry } from "../operators/weight-gradient.js";
import { node, type Shape, type Tensor } from "../tensor.js";
import { groupedConv, subPixel } from "./convolution.js";
import { unpool } from "./unpool.js";

type Rule = (t: Tensor, inputs: readonly Tensor[]) => Tensor | undefined;

/** By operator; undefined leaves the node as it is. */
const rules: Readonly<Record<string, Rule>> = {
  maxUnpool: (t, [dy, pooled]) => unpool(dy, pooled, t.attributes["shape"] as Shape),
  maxScatter: (t, [dy, pooled]) => {
    const x = pooled.inputs[0];
    return reshape(unpool(dy, pooled, x.shape), t.shape);
  },
  conv: (t, [x, w, bias]) => {
    const g = geometryOf(t);
    return is3d(x) && g.groups > 1 ? groupedConv(x, w, bias, g) : undefined;
  },
  convTranspose: (t, [x, w, bias]) =>
    is3d(x) ? subPixel(x, w, bias, geometryOf(t), t.shape.slice(2)) : undefined,
};

/** The same outputs, computed by operators that every device has. */
export function portable(outputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const made = new Map<Tensor, Tensor>();
  const rebuilt = (t: Tensor, inputs: readonly Tensor[]) =>
    inputs.every((input, i) => input === t.inputs[i])
      ? t
      : node(t.operator, inputs, t.attributes, { dtype: t.dtype });
  for (const t of topological(Object.values(outputs))) {
    const inputs = t.inputs.map((input) => made.get(input) ?? input);
    made.set(t, rules[t.operator.name]?.(t, inputs) ?? rebuilt(t, inputs));
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, t]) => [name, made.get(t) ?? t]));
}

const is3d = (x: Tensor) => x.shape.length === 5;
const geometryOf = (t: Tensor) => t.attributes as unknown as Geometry;
