import { describe, expect, it } from "vitest";
import { gradients } from "../../src/autograd/gradient.js";
import { topological } from "../../src/autograd/onnx/compile.js";
import { conv, type ConvOptions } from "../../src/autograd/operators/convolution.js";
import { mul } from "../../src/autograd/operators/elementwise.js";
import { sum } from "../../src/autograd/operators/reduction.js";
import { constant, input, type Shape, type Tensor } from "../../src/autograd/tensor.js";
import { winograd } from "../../src/autograd/winograd.js";
import { evaluate, spread } from "./evaluate.js";

const same = { padding: [1, 1] };
const inSlice = { padding: [0, 1, 1] };
const wide: Shape = [256, 256, 3, 3];

interface Example {
  readonly x: Shape;
  readonly w: Shape;
  readonly options: ConvOptions;
}

/** Extents that are and are not whole tiles, one tile, slices. */
const taken: Record<string, Example> = {
  "whole tiles": { x: [16, 256, 8, 8], w: wide, options: same },
  "parts of tiles": { x: [11, 256, 9, 6], w: wide, options: same },
  "images smaller than a tile": { x: [64, 256, 3, 2], w: wide, options: same },
  "other numbers of channels": { x: [16, 256, 8, 8], w: [288, 256, 3, 3], options: same },
  "slices of a volume": { x: [2, 256, 8, 8, 8], w: [256, 256, 1, 3, 3], options: inSlice },
};

const left: Record<string, Example> = {
  "few channels": { x: [16, 128, 8, 8], w: [128, 128, 3, 3], options: same },
  "large images": { x: [1, 256, 64, 64], w: wide, options: same },
  "few tiles": { x: [2, 256, 8, 8], w: wide, options: same },
  "a stride": { x: [16, 256, 16, 16], w: wide, options: { padding: [1, 1], stride: [2, 2] } },
  "a dilation": { x: [16, 256, 8, 8], w: wide, options: { padding: [1, 1], dilation: [2, 2] } },
  "another padding": { x: [16, 256, 8, 8], w: wide, options: { padding: [0, 0] } },
  "another kernel": { x: [16, 256, 8, 8], w: [256, 256, 1, 1], options: {} },
  "a kernel across slices": {
    x: [2, 256, 8, 8, 8],
    w: [256, 256, 3, 3, 3],
    options: { padding: [1, 1, 1] },
  },
};

const hasConvolution = (outputs: Readonly<Record<string, Tensor>>) =>
  topological(Object.values(outputs)).some((t) => t.operator.name === "conv");

/** y, and its gradients by input, weights and bias where the forward pass was rewritten by `rewrite`. */
function graphOf({ x, w, options }: Example, rewrite: typeof winograd): Record<string, Tensor> {
  const tensors = [input("x", x), input("w", w), input("b", [w[0] ?? 1])] as const;
  const { y } = rewrite({ y: conv(tensors[0], tensors[1], tensors[2], options) });
  const weights = constant(spread(y.shape, 77, -1, 1), y.shape);
  const [dx, dw, db] = gradients(sum(mul(y, weights)), tensors);
  return { y, dx, dw, db };
}

const largest = (data: Float32Array) => data.reduce((m, v) => Math.max(m, Math.abs(v)), 0);

describe("convolutions by tiles", () => {
  for (const [name, example] of Object.entries(taken)) {
    it(`${name}: result and gradients as of the runtime's convolution`, async () => {
      const feeds = Object.fromEntries(
        [example.x, example.w, [example.w[0] ?? 1]].map((shape, i) => [
          ["x", "w", "b"][i] ?? "",
          { shape, data: spread(shape, i + 1, -1, 1) },
        ]),
      );
      const tiled = graphOf(example, winograd);
      expect(hasConvolution(tiled)).toBe(false);
      const expected = await evaluate(
        graphOf(example, (outputs) => ({ ...outputs })),
        feeds,
      );
      const found = await evaluate(tiled, feeds);
      for (const [key, values] of Object.entries(expected)) {
        const difference = values.map((v, i) => v - (found[key]?.[i] ?? NaN));
        expect(largest(difference) / largest(values), key).toBeLessThan(3e-5);
      }
    });
  }

  for (const [name, { x, w, options }] of Object.entries(left)) {
    it(`${name}: stays a convolution`, () => {
      const outputs = { y: conv(input("x", x), input("w", w), undefined, options) };
      expect(winograd(outputs)["y"]).toBe(outputs.y);
    });
  }
});
