import { describe, expect, it } from "vitest";
import { gradients } from "../../src/autograd/gradient.js";
import { attentionLoss, crossEntropy, deepSupervision } from "../../src/autograd/losses.js";
import { topological } from "../../src/autograd/onnx/compile.js";
import { add } from "../../src/autograd/operators/elementwise.js";
import { operators } from "../../src/autograd/operators/table.js";
import { input, type Operator, type Shape, sizeOf } from "../../src/autograd/tensor.js";
import { Random } from "../../src/base/random.js";
import { drawMask, initialValues, Layers } from "../../src/networks/layers.js";
import type { Network, NetworkOptions } from "../../src/networks/network.js";
import { networkNamed, networks } from "../../src/networks/registry.js";
import { evaluate } from "../autograd/evaluate.js";

const narrow: NetworkOptions = { classes: 3, features: [2, 2, 4, 4, 8, 2] };

function build(
  network: Network,
  patch: Shape,
  options: NetworkOptions = narrow,
  training = false,
  channels = 1,
) {
  const layers = new Layers(training);
  const image = input("image", [1, channels, ...patch]);
  return { layers, ...network.build(layers, image, options) };
}

const countOf = (layers: Layers) =>
  [...layers.parameters.values()].reduce((total, { tensor }) => total + sizeOf(tensor.shape), 0);

const patchOf = (network: Network): Shape => (network.dimensions === 2 ? [32, 48] : [16, 32, 32]);

describe("parameter counts at the paper's size, 2 classes", () => {
  // attention-unet-2.5d: the authors' code; unet-2d and -3d: MONAI's BasicUNet with features 32, 32, 64, 128, 256, 32.
  it.each<[string, Shape, number]>([
    ["attention-unet-2.5d", [16, 192, 192], 10_532_520],
    ["unet-2d", [192, 192], 1_978_466],
    ["unet-3d", [16, 192, 192], 5_749_410],
  ])("%s: %i", (name, patch, count) => {
    const network = networkNamed(name);
    const { layers, logits } = build(network, patch, { classes: 2, features: network.features });
    expect(countOf(layers)).toBe(count);
    expect(logits.shape).toEqual([1, 2, ...patch]);
  });
});

describe.each(Object.keys(networks))("%s", (name) => {
  const network = networkNamed(name);
  const patch = patchOf(network);

  it("gives logits of the patch's size for any number of channels and classes", () => {
    const { logits } = build(network, patch, { ...narrow, classes: 5 }, false, 2);
    expect(logits.shape).toEqual([1, 5, ...patch]);
  });

  it("fits patches of its divisor", () => {
    const divisor = network.divisor(narrow);
    expect(divisor.length).toBe(network.dimensions);
    const smallest = divisor.map((n) => 2 * n);
    expect(build(network, smallest).logits.shape.slice(2)).toEqual(smallest);
  });

  it("has the same parameters in training and evaluation", () => {
    const describeAll = (training: boolean) =>
      [...build(network, patch, narrow, training).layers.parameters].map(([key, { tensor }]) => [
        key,
        tensor.shape,
      ]);
    expect(describeAll(true)).toEqual(describeAll(false));
  });

  it("uses only operators of the table, each with a gradient where one is asked for", () => {
    const { layers, logits, attention = [] } = build(network, patch, { ...narrow, dropout: 0.1 }, true);
    const labels = input("labels", [1, ...patch], "uint8");
    const loss = attention.reduce(
      (total, map) => add(total, attentionLoss(map, labels)),
      crossEntropy(logits, labels),
    );
    const parameters = [...layers.parameters.values()].map((p) => p.tensor);
    const rows = new Set<Operator>(Object.values(operators));
    const used = topological(gradients(loss, parameters)).filter((t) => t.inputs.length > 0);
    expect(used.filter((t) => !rows.has(t.operator)).map((t) => t.operator.name)).toEqual([]);
  });

  it("draws the same start values from the same seed, and masks only in training with dropout", () => {
    const { layers } = build(network, patch, { ...narrow, dropout: 0.5 }, true);
    const values = (seed: number) => initialValues(layers, (key) => new Random(seed, key));
    expect(values(1)).toEqual(values(1));
    expect(values(1)).not.toEqual(values(2));
    expect(layers.dropoutMasks.length).toBeGreaterThan(0);
    expect(build(network, patch, { ...narrow, dropout: 0.5 }).layers.dropoutMasks).toEqual([]);
  });
});

describe("drawMask", () => {
  it("is 0 or 1 / (1 − p), in the right share", () => {
    const mask = { tensor: input("m", [20, 50, 1, 1]), probability: 0.25 };
    const values = drawMask(mask, new Random(3));
    const dropped = values.filter((v) => v === 0).length;
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    expect(dropped / values.length).toBeGreaterThan(0.2);
    expect(dropped / values.length).toBeLessThan(0.3);
  });
});

describe("attention-unet-2.5d", () => {
  const network = networkNamed("attention-unet-2.5d");

  it.each<[Shape]>([[[4, 48, 48]], [[2, 16, 16]], [[2, 32, 16]], [[6, 16, 48]]])(
    "computes finite logits on the small patch %o",
    async (patch) => {
      const { layers, logits } = build(network, patch);
      const random = new Random(4);
      const data = Float32Array.from({ length: sizeOf(patch) }, () => random.normal());
      const feeds = Object.fromEntries(
        [...initialValues(layers, (key) => new Random(4, key))].map(([key, values]) => [
          key,
          { data: values, shape: layers.parameters.get(key)?.tensor.shape ?? [] },
        ]),
      );
      const got = await evaluate({ logits }, { ...feeds, image: { data, shape: [1, 1, ...patch] } });
      expect(got["logits"].length).toBe(3 * sizeOf(patch));
      expect(got["logits"].every(Number.isFinite)).toBe(true);
      expect(new Set(got["logits"]).size).toBeGreaterThan(10);
    },
  );

  it("gives its attention maps from fine to coarse", () => {
    const { attention } = build(network, [4, 32, 48]);
    expect(attention?.map((map) => map.shape)).toEqual([
      [1, 1, 4, 32, 48],
      [1, 1, 4, 16, 24],
      [1, 1, 4, 8, 12],
    ]);
  });
});

describe("unet-3d with a planned geometry", () => {
  const network = networkNamed("unet-3d");
  const planned: NetworkOptions = {
    classes: 3,
    features: [2, 4, 4, 8],
    pooling: [
      [1, 2, 2],
      [1, 2, 2],
      [2, 2, 2],
    ],
    kernels: [
      [1, 3, 3],
      [1, 3, 3],
      [3, 3, 3],
      [3, 3, 3],
    ],
    deepSupervision: true,
  };

  it("multiplies the pooling to its divisor", () => {
    expect(network.divisor(planned)).toEqual([2, 8, 8]);
  });

  it("gives the kernels of each level", () => {
    const { layers } = build(network, [2, 16, 16], planned);
    const kernel = (name: string) =>
      layers.parameters.get(`${name}.conv_0.conv.weight`)?.tensor.shape.slice(2);
    expect(kernel("conv_0")).toEqual([1, 3, 3]);
    expect(kernel("down_2.convs")).toEqual([3, 3, 3]);
    expect(kernel("upcat_1.convs")).toEqual([1, 3, 3]);
  });

  it("supervises coarser levels in training only, from fine to coarse", () => {
    const { logits, supervision } = build(network, [4, 16, 24], planned, true);
    expect(logits.shape).toEqual([1, 3, 4, 16, 24]);
    expect(supervision?.map((t) => t.shape)).toEqual([[1, 3, 4, 8, 12]]);
    expect(build(network, [4, 16, 24], planned).supervision).toBeUndefined();
    const labels = input("labels", [1, 4, 16, 24], "uint8");
    expect(sizeOf(deepSupervision([logits, ...(supervision ?? [])], labels, crossEntropy).shape)).toBe(1);
  });
});

describe("networkNamed", () => {
  it.each(["unet-4d", "toString", ""])("lists the names there are: %s", (name) => {
    expect(() => networkNamed(name)).toThrow(expect.objectContaining({ code: "NETWORK_UNKNOWN" }));
    expect(() => networkNamed(name)).toThrow("unet-2d, unet-3d, attention-unet-2.5d");
  });
});
