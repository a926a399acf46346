import { describe, expect, it } from "vitest";
import type { Layers } from "../../src/networks/layers.js";
import type { Network } from "../../src/networks/network.js";
import { networkCost } from "../../src/networks/cost.js";
import { networkNamed } from "../../src/networks/registry.js";
import { relu } from "../../src/autograd/operators/elementwise.js";
import type { Tensor } from "../../src/autograd/tensor.js";

const costOf = (build: (layers: Layers, image: Tensor) => Tensor, image: number[]) => {
  const network: Network = {
    ...{ title: "", dimensions: 2, hasPlannedDepth: false, features: [], divisor: () => [1, 1] },
    build: (layers, x) => ({ logits: build(layers, x) }),
  };
  return networkCost(network, { classes: 2, features: [] }, image);
};

describe("networkCost", () => {
  it.each<[string, number, (layers: Layers, image: Tensor) => Tensor, number[]]>([
    ["a convolution", 2 * (5 * 8 * 6) * (3 * 9), (l, x) => l.conv("a", x, 5, [3, 3]), [1, 3, 8, 6]],
    [
      "one with a stride, on a batch",
      2 * (4 * 5 * 4 * 3) * (3 * 9),
      (l, x) => l.conv("a", x, 5, [3, 3], { stride: [2, 2] }),
      [4, 3, 8, 6],
    ],
    [
      "a transposed convolution",
      2 * (3 * 8 * 6) * (5 * 9),
      (l, x) => l.convTranspose("a", x, 5, [3, 3], [2, 2]),
      [1, 3, 8, 6],
    ],
    [
      "one whose kernel is its stride",
      2 * (3 * 8 * 6) * (5 * 4),
      (l, x) => l.upsample("a", x, 5, [2, 2]),
      [1, 3, 8, 6],
    ],
    ["a linear layer", 2 * 4 * 7 * 11, (l, x) => l.linear("a", x, 11), [1, 4, 7]],
    [
      "a layer used twice",
      2 * 2 * 48 * 9,
      (l, x) => l.conv("a", l.conv("a", x, 1, [3, 3]), 1, [3, 3]),
      [1, 1, 8, 6],
    ],
    ["nothing but a norm", 0, (l, x) => l.batchNorm("a", x), [1, 3, 8, 6]],
  ])("counts %s", (_, expected, build, image) => {
    expect(costOf(build, image).operations).toBe(expected);
  });

  it("counts every result once, in bytes, and every parameter", () => {
    // A convolution to 5 channels and a ReLU, 8 × 6 each.
    const cost = costOf((l, x) => relu(l.conv("a", x, 5, [3, 3])), [1, 3, 8, 6]);
    expect(cost.activationBytes).toBe(4 * 2 * 5 * 48);
    expect(cost.parameters).toBe(5 * 3 * 9 + 5);
  });

  // Peak memory of training steps, measured with PyTorch's and Marrow's benchmark (docs/reference/performance.md).
  it.each<[string, number[], number]>([
    ["attention-unet-2.5d", [1, 1, 16, 192, 192], 3.5e9],
    ["unet-2d", [16, 1, 192, 192], 1.9e9],
    ["unet-3d", [1, 1, 16, 192, 192], 1.6e9],
  ])("comes within a quarter of the memory measured: %s", (name, image, measured) => {
    const network = networkNamed(name);
    const { activationBytes } = networkCost(network, { classes: 2, features: network.features }, image);
    expect(Math.abs(activationBytes / measured - 1)).toBeLessThan(0.25);
  });
});
