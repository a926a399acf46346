import { describe, expect, it } from "vitest";
import { topological } from "../../src/autograd/onnx/compile.js";
import { transpose } from "../../src/autograd/operators/shape.js";
import { input, type Shape, sizeOf } from "../../src/autograd/tensor.js";
import { turnInSteps } from "../../src/autograd/transpositions.js";
import { evaluate } from "./evaluate.js";

const reversed: readonly [Shape, readonly number[]][] = [
  [
    [2, 3, 4],
    [2, 1, 0],
  ],
  [
    [2, 2, 1, 3, 4],
    [4, 3, 2, 0, 1],
  ],
  [
    [4, 3, 1, 2, 2],
    [3, 4, 2, 1, 0],
  ],
];
const others: readonly [Shape, readonly number[]][] = [
  [
    [2, 3, 4],
    [2, 0, 1],
  ],
  [
    [2, 3, 4],
    [0, 2, 1],
  ],
  [
    [2, 3, 4, 5],
    [3, 2, 1, 0],
  ],
  [
    [1, 3, 4],
    [2, 1, 0],
  ],
];

describe("transpositions in two turns", () => {
  for (const [shape, permutation] of reversed) {
    it(`[${shape.join()}] by ${permutation.join()}: as the runtime's, which has one node`, async () => {
      const outputs = { y: transpose(input("x", shape), permutation) };
      const turned = turnInSteps(outputs);
      const names = topological(Object.values(turned)).map((t) => t.operator.name);
      expect(names.filter((name) => name === "transpose")).toHaveLength(2);
      const feeds = { x: { shape, data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => i) } };
      expect(await evaluate(turned, feeds)).toEqual(await evaluate(outputs, feeds));
    });
  }

  for (const [shape, permutation] of others) {
    it(`[${shape.join()}] by ${permutation.join()}: stays`, () => {
      const outputs = { y: transpose(input("x", shape), permutation) };
      expect(turnInSteps(outputs)["y"]).toBe(outputs.y);
    });
  }
});
