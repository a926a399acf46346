import { describe, expect, it } from "vitest";
import { channelBlock } from "../../src/autograd/blocked/probe.js";
import { blockChannels } from "../../src/autograd/blocked/rewrite.js";
import { gradients } from "../../src/autograd/gradient.js";
import { topological } from "../../src/autograd/onnx/compile.js";
import { conv, convTranspose } from "../../src/autograd/operators/convolution.js";
import { add, leakyRelu, mul, relu, sub } from "../../src/autograd/operators/elementwise.js";
import { instanceNorm } from "../../src/autograd/operators/normalise.js";
import { maxPool } from "../../src/autograd/operators/pooling.js";
import { mean, sum, sumSquare } from "../../src/autograd/operators/reduction.js";
import { concat, slice, transpose } from "../../src/autograd/operators/shape.js";
import { upsample } from "../../src/autograd/upsample.js";
import { constant, input, type Shape, type Tensor } from "../../src/autograd/tensor.js";
import { evaluate, type Fed, spread } from "./evaluate.js";

const block = await channelBlock("cpu");
const c = Math.max(block, 2);

interface Example {
  readonly inputs: readonly Shape[];
  readonly build: (...inputs: Tensor[]) => Tensor;
  /** Operators of the plain graph that must not be left. */
  readonly gone: readonly string[];
}

const same = { padding: [1, 1] };
const inSlice = { padding: [0, 1, 1] };
const body = (x: Tensor, w: Tensor) => conv(x, w, undefined, x.shape.length === 4 ? same : inSlice);

/** Every rule, in a graph whose first convolution makes it blocked. */
const examples: Record<string, Example> = {
  "convolution of an image": {
    inputs: [[2, 1, 6, 8], [c, 1, 3, 3], [c]],
    build: (x, w, b) => conv(x, w, b, same),
    gone: ["relu"],
  },
  "convolution to few channels": {
    inputs: [[2, c, 6, 8], [c, c, 3, 3], [2, c, 1, 1], [2]],
    build: (x, w, v, b) => conv(body(x, w), v, b),
    gone: [],
  },
  "convolution in the slice with stride": {
    inputs: [
      [2, c, 3, 6, 8],
      [2 * c, c, 1, 3, 3],
    ],
    build: (x, w) => conv(x, w, undefined, { stride: [1, 2, 2], padding: [0, 1, 1] }),
    gone: [],
  },
  "convolution with stride in all directions": {
    inputs: [[2, c, 5, 6, 8], [2 * c, c, 3, 3, 3], [2 * c]],
    build: (x, w, b) => conv(x, w, b, { stride: [2, 2, 2], padding: [1, 1, 1] }),
    gone: [],
  },
  "convolution to every second slice": {
    inputs: [
      [1, c, 6, 4, 4],
      [c, c, 1, 1, 1],
    ],
    build: (x, w) => conv(x, w, undefined, { stride: [2, 2, 2] }),
    gone: [],
  },
  "convolution that loses slices": {
    inputs: [
      [2, c, 4, 5, 6],
      [c, c, 2, 2, 2],
    ],
    build: (x, w) => conv(x, w),
    gone: [],
  },
  "transposed convolution with overlapping windows": {
    inputs: [[2, c, 3, 4], [c, 2 * c, 3, 3], [2 * c]],
    build: (x, w, b) => convTranspose(x, w, b, { stride: [2, 2], padding: [1, 1], output: [6, 8] }),
    gone: ["convTranspose"],
  },
  "transposed convolution in all directions": {
    inputs: [[2, c, 2, 3, 4], [c, c, 3, 3, 3], [c]],
    build: (x, w, b) => convTranspose(x, w, b, { stride: [2, 2, 2], padding: [1, 1, 1], output: [4, 6, 8] }),
    gone: ["convTranspose"],
  },
  "transposed convolution within the slice, other strides": {
    inputs: [
      [2, c, 3, 3, 4],
      [c, c, 3, 5, 4],
    ],
    build: (x, w) =>
      convTranspose(x, w, undefined, { stride: [1, 3, 2], padding: [1, 1, 1], output: [3, 9, 8] }),
    gone: ["convTranspose"],
  },
  "transposed convolution along the slices": {
    inputs: [
      [2, c, 3, 3, 4],
      [c, c, 4, 1, 1],
    ],
    build: (x, w) =>
      convTranspose(x, w, undefined, { stride: [2, 1, 1], padding: [1, 0, 0], output: [6, 3, 4] }),
    gone: ["convTranspose"],
  },
  "transposed convolution some of whose places have no tap": {
    inputs: [
      [2, c, 3, 4],
      [c, c, 1, 1],
    ],
    build: (x, w) => convTranspose(x, w, undefined, { stride: [2, 2], output: [6, 8] }),
    gone: [],
  },
  "convolution along the slices": {
    inputs: [
      [2, c, 4, 3, 5],
      [2 * c, c, 3, 1, 1],
    ],
    build: (x, w) => conv(x, w, undefined, { padding: [1, 0, 0] }),
    gone: [],
  },
  "convolution in all directions": {
    inputs: [[2, c, 4, 3, 5], [2 * c, c, 3, 3, 3], [2 * c]],
    build: (x, w, b) => conv(x, w, b, { padding: [1, 1, 1] }),
    gone: [],
  },
  "dilated convolution in all directions": {
    inputs: [
      [1, c, 6, 5, 5],
      [c, c, 3, 3, 3],
    ],
    build: (x, w) => conv(x, w, undefined, { padding: [2, 2, 2], dilation: [2, 2, 2] }),
    gone: [],
  },
  "convolution of an image in all directions": {
    inputs: [
      [2, 1, 4, 3, 5],
      [c, 1, 3, 3, 3],
    ],
    build: (x, w) => conv(x, w, undefined, { padding: [1, 1, 1] }),
    gone: [],
  },
  "norm, activation and residual": {
    inputs: [[2, c, 3, 6, 8], [c, c, 1, 3, 3], [c], [c]],
    build: (x, w, scale, shift) => relu(add(instanceNorm(body(x, w), scale, shift), x)),
    gone: ["normalise", "relu"],
  },
  "norm and leaky activation": {
    inputs: [
      [3, c, 6, 8],
      [c, c, 3, 3],
    ],
    build: (x, w) => leakyRelu(instanceNorm(body(x, w)), 0.1),
    gone: ["normalise", "leakyRelu"],
  },
  "product with a map": {
    inputs: [
      [2, c, 3, 4, 6],
      [c, c, 1, 3, 3],
      [2, 1, 3, 4, 6],
    ],
    build: (x, w, map) => mul(body(x, w), map),
    gone: [],
  },
  "product with a number per channel": {
    inputs: [
      [2, c, 4, 6],
      [c, c, 3, 3],
      [1, c, 1, 1],
    ],
    build: (x, w, column) => mul(body(x, w), column),
    gone: [],
  },
  "sums and means": {
    inputs: [
      [2, c, 3, 4, 6],
      [c, c, 1, 3, 3],
    ],
    build: (x, w) => mul(mean(body(x, w), [2, 3, 4]), sum(body(x, w), [0, 2, 3, 4])),
    gone: [],
  },
  "sums of squares and of products along rows": {
    inputs: [
      [2, c, 3, 4, 6],
      [c, c, 1, 3, 3],
      [c, c, 1, 3, 3],
    ],
    build: (x, w, v) =>
      mul(sumSquare(body(x, w), [2, 3, 4]), mean(mul(body(x, w), body(x, v)), [0, 2, 3, 4])),
    gone: ["sumSquare"],
  },
  "difference from a number per channel": {
    inputs: [
      [2, c, 4, 6],
      [c, c, 3, 3],
      [2, c, 1, 1],
    ],
    build: (x, w, column) => sub(body(x, w), column),
    gone: [],
  },
  "max pooling in the slice": {
    inputs: [
      [2, c, 3, 4, 6],
      [c, c, 1, 3, 3],
    ],
    build: (x, w) => maxPool(body(x, w), [1, 2, 2]),
    gone: ["maxPool", "maxUnpool"],
  },
  "max pooling in all directions": {
    inputs: [
      [2, c, 4, 4, 6],
      [c, c, 1, 3, 3],
    ],
    build: (x, w) => maxPool(body(x, w), [2, 2, 2]),
    gone: ["maxPool", "maxUnpool"],
  },
  "concatenation and part": {
    inputs: [
      [2, c, 4, 6],
      [2 * c, c, 3, 3],
    ],
    build: (x, w) => concat([slice(body(x, w), [0, c, 0, 0], [2, c, 4, 6]), x], 1),
    gone: [],
  },
  "upsampling in the slice": {
    inputs: [[2, c, 3, 4, 6], [c, c, 1, 3, 3], [c, c, 1, 2, 2], [c]],
    build: (x, w, v, b) => relu(upsample(body(x, w), v, b)),
    gone: ["depthToSpace", "spaceToDepth"],
  },
  "upsampling in all directions": {
    inputs: [[2, c, 3, 4, 6], [c, c, 1, 3, 3], [c, c, 2, 2, 2], [c]],
    build: (x, w, v, b) => relu(upsample(body(x, w), v, b)),
    gone: ["channelsToSlices", "slicesToChannels", "depthToSpace", "spaceToDepth"],
  },
  "an image from channels last": {
    inputs: [
      [2, 6, 8, c],
      [c, c, 3, 3],
    ],
    build: (x, w) => body(relu(transpose(x, [0, 3, 1, 2])), w),
    gone: [],
  },
  "a volume from channels last": {
    inputs: [
      [2, 3, 6, 8, c],
      [c, c, 1, 3, 3],
    ],
    build: (x, w) => body(relu(transpose(x, [0, 4, 1, 2, 3])), w),
    gone: [],
  },
};

/** The result and its gradients by every input. */
function graphOf({ inputs, build }: Example): [Record<string, Tensor>, Record<string, Fed>] {
  const tensors = inputs.map((shape, i) => input(`x${i}`, shape));
  const y = build(...tensors);
  const weights = constant(spread(y.shape, 77, -1, 1), y.shape);
  const grads = gradients(sum(mul(y, weights)), tensors);
  const feeds = inputs.map((shape, i): [string, Fed] => [`x${i}`, { shape, data: spread(shape, i + 1) }]);
  const outputs = [["y", y], ...grads.map((g, i) => [`grad.x${i}`, g])] as [string, Tensor][];
  return [Object.fromEntries(outputs), Object.fromEntries(feeds)];
}

const largest = (data: Float32Array) => data.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
const operatorsOf = (outputs: Readonly<Record<string, Tensor>>) =>
  topological(Object.values(outputs)).map((t) => t.operator.name);

// Processors without blocked kernels (block 1) have nothing to compare.
describe.skipIf(block === 1)("blocked channels", () => {
  for (const [name, example] of Object.entries(examples)) {
    it(`${name}: result and gradients as plain`, async () => {
      const [outputs, feeds] = graphOf(example);
      const blocked = blockChannels(outputs, block);
      expect(operatorsOf(blocked)).toContain("blockedConv");
      for (const operator of example.gone) expect(operatorsOf(blocked)).not.toContain(operator);
      const [expected, found] = [await evaluate(outputs, feeds), await evaluate(blocked, feeds)];
      for (const [key, values] of Object.entries(expected)) {
        const difference = values.map((v, i) => v - (found[key]?.[i] ?? NaN));
        expect(largest(difference) / largest(values), key).toBeLessThan(2e-5);
      }
    });
  }
});

describe("a graph that is too narrow for blocks, or a machine without", () => {
  it("stays as it is", () => {
    const x = input("x", [1, 3, 4, 4]);
    const outputs = { y: relu(conv(x, input("w", [3, 3, 3, 3]), undefined, same)) };
    expect(blockChannels(outputs, 16)["y"]).toBe(outputs.y);
    expect(blockChannels(outputs, 1)["y"]).toBe(outputs.y);
  });
});
