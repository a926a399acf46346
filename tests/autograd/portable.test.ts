import { describe, expect, it } from "vitest";
import { gradients } from "../../src/autograd/gradient.js";
import { topological } from "../../src/autograd/onnx/compile.js";
import { mul } from "../../src/autograd/operators/elementwise.js";
import { maxPool } from "../../src/autograd/operators/pooling.js";
import { sum } from "../../src/autograd/operators/reduction.js";
import { portable } from "../../src/autograd/portable/rewrite.js";
import { constant, input, type Tensor } from "../../src/autograd/tensor.js";
import { evaluate, relativeError, spread } from "./evaluate.js";
import { compositeExamples, type Example, operatorExamples } from "./gradient-examples.js";

/** The example's result and gradients, and the values to feed. */
function graphOf({ inputs, build }: Example) {
  const specs = inputs.map((spec) => ("shape" in spec ? spec : { shape: spec, from: -1.5, to: 1.5 }));
  const tensors = specs.map(({ shape }, i) => input(`x${i}`, shape));
  const y = build(...tensors);
  const weights = constant(spread(y.shape, 77, 0.2, 1.2), y.shape);
  const outputs: Record<string, Tensor> = { y };
  gradients(sum(mul(y, weights)), tensors).forEach((g, i) => (outputs[`grad.x${i}`] = g));
  const feeds = Object.fromEntries(
    specs.map(({ shape, from, to }, i) => [`x${i}`, { shape, data: spread(shape, i + 1, from, to) }]),
  );
  return { outputs, feeds };
}

/** What WebGPU has no kernel for. */
function foreign(outputs: Readonly<Record<string, Tensor>>): string[] {
  return topological(Object.values(outputs)).flatMap(({ operator: { name }, shape, attributes }) => {
    const isMissing =
      name === "maxUnpool" ||
      name === "maxScatter" ||
      (shape.length === 5 && (name === "convTranspose" || (name === "conv" && attributes["groups"] !== 1)));
    return isMissing ? [name] : [];
  });
}

const rewritten = ["maxPool", "conv", "convTranspose"].flatMap((operator) =>
  (operatorExamples[operator] ?? []).map((one) => [`${operator}: ${one.name}`, one] as const),
);
const upsampling = compositeExamples.filter(({ name }) => name.startsWith("upsample"));
const tied: Example = {
  name: "ties",
  inputs: [[1, 1, 4, 4]],
  build: (x) => maxPool(mul(x, constant(new Float32Array(16), [1, 1, 4, 4])), [2, 2]),
};

describe("portable", () => {
  it.each([...rewritten, ...upsampling.map((one) => [one.name, one] as const), ["ties", tied] as const])(
    "computes the same without operators that devices lack: %s",
    async (_, example) => {
      const { outputs, feeds } = graphOf(example);
      const same = portable(outputs);
      expect(foreign(same)).toEqual([]);
      const [expected, got] = [await evaluate(outputs, feeds), await evaluate(same, feeds)];
      for (const [name, reference] of Object.entries(expected))
        expect(relativeError(got[name] ?? [], reference), name).toBeLessThan(2e-6);
    },
  );

  it("is tried on every kind of operator that it replaces", () => {
    const kinds = new Set(rewritten.flatMap(([, example]) => foreign(graphOf(example).outputs)));
    expect([...kinds].sort()).toEqual(["conv", "convTranspose", "maxScatter", "maxUnpool"]);
  });

  it("leaves a graph alone that needs nothing", () => {
    const x = input("x", [2, 3]);
    const y = mul(x, x);
    expect(portable({ y })).toEqual({ y });
    expect(portable({ y })["y"]).toBe(y);
  });
});
