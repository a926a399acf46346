import { describe, expect, it } from "vitest";
import { channelBlock } from "../../src/autograd/blocked/probe.js";
import { blockChannels } from "../../src/autograd/blocked/rewrite.js";
import { gradients } from "../../src/autograd/gradient.js";
import { topological } from "../../src/autograd/onnx/compile.js";
import { conv } from "../../src/autograd/operators/convolution.js";
import { mul, relu } from "../../src/autograd/operators/elementwise.js";
import { instanceNorm } from "../../src/autograd/operators/normalise.js";
import { maxPool } from "../../src/autograd/operators/pooling.js";
import { sum } from "../../src/autograd/operators/reduction.js";
import { recompute } from "../../src/autograd/recompute.js";
import { constant, input, type Tensor } from "../../src/autograd/tensor.js";
import { evaluate, relativeError, spread } from "./evaluate.js";

const channels = 16;
const shapes = { x: [2, 1, 8, 8], a: [channels, 1, 3, 3], b: [channels, channels, 3, 3] };
const feeds = Object.fromEntries(
  Object.entries(shapes).map(([name, shape], i) => [name, { shape, data: spread(shape, i + 1, -1, 1) }]),
);

/** Two convolutions with norm and activation and a pool, their loss and its gradients. */
function network(): Record<string, Tensor> {
  const [x, a, b] = Object.entries(shapes).map(([name, shape]) => input(name, shape)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const layer = (t: Tensor, w: Tensor) => relu(instanceNorm(conv(t, w, undefined, { padding: [1, 1] })));
  const y = layer(maxPool(layer(x, a), [2, 2]), b);
  const loss = sum(mul(y, constant(spread(y.shape, 9, -1, 1), y.shape)));
  const [da, db] = gradients(loss, [a, b]);
  return { loss, da, db };
}

const count = (outputs: Readonly<Record<string, Tensor>>, name: string) =>
  topological(Object.values(outputs)).filter((t) => t.operator.name === name).length;

/** Tensors of the forward pass that the backward pass still reads. */
function kept(outputs: Readonly<Record<string, Tensor>>): string[] {
  const forward = new Set(topological([outputs["loss"]]));
  const backward = topological(Object.values(outputs)).filter((t) => !forward.has(t));
  const read = new Set(backward.flatMap((t) => t.inputs).filter((t) => forward.has(t)));
  return [...read].filter((t) => t.shape.length === 4 && t.inputs.length > 0).map((t) => t.operator.name);
}

describe("recompute", () => {
  it("keeps no activation after a norm, and on request no large convolution", () => {
    const outputs = network();
    expect(kept(outputs).filter((name) => name === "relu")).toHaveLength(2);
    const lean = recompute(outputs, outputs["loss"]);
    expect(kept(lean)).not.toContain("relu");
    expect(kept(lean)).toContain("conv");
    expect(kept(recompute(outputs, outputs["loss"], 1))).not.toContain("conv");
    expect(count(lean, "relu")).toBe(4);
  });

  it("gives the same loss and gradients, plain and blocked", async () => {
    const outputs = network();
    const expected = await evaluate(outputs, feeds);
    const block = await channelBlock("cpu");
    for (const large of [Infinity, 1]) {
      const lean = recompute(outputs, outputs["loss"], large);
      for (const graph of [lean, blockChannels(lean, block)]) {
        const found = await evaluate(graph, feeds);
        for (const [name, values] of Object.entries(expected))
          expect(relativeError(found[name], values), name).toBeLessThan(1e-4);
      }
    }
  });
});
