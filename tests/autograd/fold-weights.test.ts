import { expect, it } from "vitest";
import { foldWeights } from "../../src/autograd/fold-weights.js";
import { topological } from "../../src/autograd/onnx/compile.js";
import { matmul } from "../../src/autograd/operators/matmul.js";
import { add, mul } from "../../src/autograd/operators/elementwise.js";
import { transpose } from "../../src/autograd/operators/shape.js";
import { input, isParameter, parameter, scalar } from "../../src/autograd/tensor.js";
import { evaluate } from "./evaluate.js";

const x = { shape: [2, 3], data: Float32Array.from([1, 2, 3, 4, 5, 6]) };
const weights = new Map([
  ["w", Float32Array.from([1, -1, 2, 0, 3, 5])],
  ["bias", Float32Array.from([10, 20])],
]);

it("computes beforehand what depends on weights alone, and nothing else", async () => {
  const bias = parameter("bias", [2]);
  const turned = transpose(mul(parameter("w", [2, 3]), scalar(2)), [1, 0]);
  const outputs = { y: add(matmul(input("x", [2, 3]), turned), bias) };
  const folded = await foldWeights(outputs, weights);
  const order = topological(Object.values(folded.outputs));
  expect(order.map((t) => t.operator.name)).not.toContain("transpose");
  expect(order.filter(isParameter).map((t) => t.name)).toEqual(["folded.0", "bias"]);
  expect([...(folded.stored.get("folded.0") ?? [])]).toEqual([2, 0, -2, 6, 4, 10]);
  const feeds = { x, bias: { shape: [2], data: weights.get("bias") ?? new Float32Array() } };
  const found = await evaluate(folded.outputs, {
    ...feeds,
    "folded.0": { shape: [3, 2], data: folded.stored.get("folded.0") ?? new Float32Array() },
  });
  // By hand: [1 2 3; 4 5 6] · [2 0; −2 6; 4 10] + [10 20].
  expect([...(found["y"] ?? [])]).toEqual([20, 62, 32, 110]);
});

it("leaves a graph without stored weights as it is", async () => {
  const outputs = { y: mul(input("x", [2, 3]), parameter("w", [2, 3])) };
  expect((await foldWeights(outputs, new Map())).outputs).toBe(outputs);
});
