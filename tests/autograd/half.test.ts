import { describe, expect, it } from "vitest";
import { gradients } from "../../src/autograd/gradient.js";
import { halfPrecision } from "../../src/autograd/half.js";
import { topological } from "../../src/autograd/onnx/compile.js";
import { conv } from "../../src/autograd/operators/convolution.js";
import { mul, relu, sub } from "../../src/autograd/operators/elementwise.js";
import { instanceNorm } from "../../src/autograd/operators/normalise.js";
import { sum } from "../../src/autograd/operators/reduction.js";
import { constant, input, node, scalar, type Tensor } from "../../src/autograd/tensor.js";
import { evaluate, spread } from "./evaluate.js";

const shapes = { x: [1, 4, 72, 72], w: [4, 4, 3, 3] };
const feeds = {
  x: { shape: shapes.x, data: spread(shapes.x, 1) },
  w: { shape: shapes.w, data: spread(shapes.w, 2) },
};

function graph(): Record<string, Tensor> {
  const [x, w] = [input("x", shapes.x), input("w", shapes.w)];
  const y = relu(instanceNorm(conv(relu(conv(x, w, undefined, { padding: [1, 1] })), w, undefined, {})));
  const weights = constant(spread(y.shape, 3), y.shape);
  const [dx, dw] = gradients(sum(mul(y, weights)), [x, w]) as [Tensor, Tensor];
  return { y, dx, dw };
}

const precisionOf = (outputs: Readonly<Record<string, Tensor>>, name: string) =>
  topological(Object.values(outputs))
    .filter((t) => t.operator.name === name)
    .map((t) => t.dtype);

/** x rounded to the 11 binary digits of a 16-bit float (Veltkamp's splitting). */
function rounded(x: Tensor): Tensor {
  const c = mul(x, scalar(2 ** 13 + 1));
  return sub(c, sub(c, x));
}

/** The same graph on 32-bit floats that are rounded wherever it has 16-bit ones: no processor here computes on those. */
function emulated(outputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const made = new Map<Tensor, Tensor>();
  for (const t of topological(Object.values(outputs))) {
    const inputs = t.inputs.map((u) => made.get(u) ?? u);
    const isCast = t.operator.name === "cast" && inputs[0]?.dtype === "float32";
    const [dtype, isHalf] = [t.dtype === "float16" ? "float32" : t.dtype, t.dtype === "float16"] as const;
    const y = isCast ? inputs[0] : inputs.length > 0 ? node(t.operator, inputs, t.attributes, { dtype }) : t;
    made.set(t, isHalf ? rounded(y) : y);
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, t]) => [name, made.get(t) ?? t]));
}

describe("mixed precision", () => {
  it("computes convolutions with weights in 16 bits, gradients of weights and norms in 32", () => {
    const halved = halfPrecision(graph());
    expect(precisionOf(halved, "normalise")).toEqual(["float32"]);
    // Two convolutions forward and two backward; two gradients of weights, whose sums run over 5184 voxels.
    const convolutions = precisionOf(halved, "conv");
    expect(convolutions.filter((dtype) => dtype === "float16")).toHaveLength(4);
    expect(convolutions.filter((dtype) => dtype === "float32")).toHaveLength(2);
    expect(Object.values(halved).map((t) => t.dtype)).toEqual(["float32", "float32", "float32"]);
  });

  it("gives the results of 32 bits within what 11 binary digits allow, and not the same", async () => {
    const [expected, found] = [
      await evaluate(graph(), feeds),
      await evaluate(emulated(halfPrecision(graph())), feeds),
    ];
    for (const [name, values] of Object.entries(expected)) {
      const error =
        Math.hypot(...values.map((v, i) => v - (found[name]?.[i] ?? NaN))) / Math.hypot(...values);
      expect(error, name).toBeGreaterThan(1e-6);
      expect(error, name).toBeLessThan(2e-2);
    }
  });
});
