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

/** Few features for each network, in its own convention. */
const fewFeatures: Readonly<Record<string, number[]>> = {
  "attention-unet-2.5d": [2, 2, 4, 4, 8, 2],
  unetr: [2, 8, 12],
  "hrnet-w18-small": [2, 2, 3, 4, 5],
  "hrnet-w32": [2, 2, 3, 4, 5],
};
const standardFeatures = [2, 2, 4, 4, 8];
const narrowOf = (name: string): NetworkOptions => ({
  classes: 3,
  features: fewFeatures[name] ?? standardFeatures,
  heads: 2,
});

function build(network: Network, patch: Shape, options: NetworkOptions, training = false, channels = 1) {
  const layers = new Layers(training);
  const image = input("image", [1, channels, ...patch]);
  return { layers, ...network.build(layers, image, options) };
}

const countOf = (layers: Layers) =>
  [...layers.parameters.values()].reduce((total, { tensor }) => total + sizeOf(tensor.shape), 0);

const patchOf = (network: Network): Shape => (network.dimensions === 2 ? [32, 64] : [16, 32, 32]);

describe("parameter counts at the paper's size, 2 classes", () => {
  // attention-unet-2.5d: the authors' code; unet-2d and -3d: MONAI's BasicUNet with features 32, 32, 64, 128, 256, 32;
  // res-unet: MONAI's tutorial on the spleen prints 4 808 917 for this network, of which 2 436 are scales and shifts of the
  // batch norms it has there in place of instance norms.
  it.each<[string, Shape, number]>([
    ["attention-unet-2.5d", [16, 192, 192], 10_532_520],
    ["unet-2d", [192, 192], 1_978_466],
    ["unet-3d", [16, 192, 192], 5_749_410],
    ["res-unet", [96, 96, 96], 4_808_917 - 2436],
  ])("%s: %i", (name, patch, count) => {
    const network = networkNamed(name);
    const { layers, logits } = build(network, patch, { classes: 2, features: network.features });
    expect(countOf(layers)).toBe(count);
    expect(logits.shape).toEqual([1, 2, ...patch]);
  });
});

describe.each(Object.keys(networks))("%s", (name) => {
  const network = networkNamed(name);
  const narrow = narrowOf(name);
  const patch = patchOf(network);

  it("gives logits of the patch's size for any number of channels and classes", () => {
    const { logits } = build(network, patch, { ...narrow, classes: 5 }, false, 2);
    expect(logits.shape).toEqual([1, 5, ...patch]);
  });

  it("fits patches of its divisor", () => {
    const divisor = network.divisor(narrow);
    expect(divisor.length).toBe(network.dimensions);
    const smallest = divisor.map((n) => 2 * n);
    expect(build(network, smallest, narrow).logits.shape.slice(2)).toEqual(smallest);
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
  const narrow = narrowOf("attention-unet-2.5d");

  it.each<[Shape]>([[[4, 48, 48]], [[2, 16, 16]], [[2, 32, 16]], [[6, 16, 48]]])(
    "computes finite logits on the small patch %o",
    async (patch) => {
      const { layers, logits } = build(network, patch, narrow);
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
    const { attention } = build(network, [4, 32, 48], narrow);
    expect(attention?.map((map) => map.shape)).toEqual([
      [1, 1, 4, 32, 48],
      [1, 1, 4, 16, 24],
      [1, 1, 4, 8, 12],
    ]);
  });
});

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

describe.each(Object.keys(networks).filter((name) => networkNamed(name).hasPlannedDepth))(
  "%s with a planned geometry",
  (name) => {
    const network = networkNamed(name);
    const inPlane = (list: readonly (readonly number[])[] = []) =>
      network.dimensions === 3 ? list : list.map((factors) => factors.slice(1));
    const options = { ...planned, pooling: inPlane(planned.pooling), kernels: inPlane(planned.kernels) };
    const divisor = network.dimensions === 3 ? [2, 8, 8] : [8, 8];

    it("multiplies the pooling to its divisor", () => {
      expect(network.divisor(options)).toEqual(divisor);
    });

    it("gives logits of every patch its divisor allows", () => {
      const patch = divisor.map((n, axis) => (axis + 1) * n);
      expect(build(network, patch, options).logits.shape).toEqual([1, 3, ...patch]);
    });

    it("gives every level its kernel", () => {
      const kernels = [...build(network, divisor, options).layers.parameters]
        .map(([, { tensor }]) => tensor.shape.slice(2))
        .filter((kernel) => kernel.length === network.dimensions && kernel.some((n) => n === 3));
      const [fine, coarse] = [options.kernels[0], options.kernels[3]].map((kernel) => kernel.join());
      expect(new Set(kernels.map((kernel) => kernel.join()))).toEqual(new Set([fine, coarse]));
    });
  },
);

describe("deep supervision", () => {
  it("of unet-3d: coarser levels in training only, from fine to coarse", () => {
    const network = networkNamed("unet-3d");
    const { logits, supervision } = build(network, [4, 16, 24], planned, true);
    expect(logits.shape).toEqual([1, 3, 4, 16, 24]);
    expect(supervision?.map((t) => t.shape)).toEqual([[1, 3, 4, 8, 12]]);
    expect(build(network, [4, 16, 24], planned).supervision).toBeUndefined();
    const labels = input("labels", [1, 4, 16, 24], "uint8");
    expect(sizeOf(deepSupervision([logits, ...(supervision ?? [])], labels, crossEntropy).shape)).toBe(1);
  });

  it("of unet-plus-plus: a head for each earlier step of the finest level, all at full resolution", () => {
    const network = networkNamed("unet-plus-plus");
    const options = { ...narrowOf("unet-plus-plus"), deepSupervision: true };
    const { layers, supervision } = build(network, [16, 32], options, true);
    expect(supervision?.map((t) => t.shape)).toEqual(Array.from({ length: 3 }, () => [1, 3, 16, 32]));
    const heads = [...layers.parameters.keys()].filter((name) => /^final_conv.*weight/.test(name));
    expect(heads.sort()).toEqual([1, 2, 3, 4].map((step) => `final_conv_0_${step}.weight`));
    expect(build(network, [16, 32], options).supervision).toBeUndefined();
  });

  it("counts outputs of one resolution alike, and each coarser one half as much", async () => {
    // Mean entropies ln 2 (equal logits) and about 0 (sure of the true class); weights 1, 1, ½ normalised.
    const labels = { shape: [1, 2, 2], data: new Uint8Array(4) };
    const unsure = (size: number) => ({ shape: [1, 2, size, size], data: new Float32Array(2 * size ** 2) });
    const sure = (size: number) => ({
      shape: [1, 2, size, size],
      data: Float32Array.from({ length: 2 * size ** 2 }, (_, i) => (i < size ** 2 ? 50 : -50)),
    });
    const lossOf = async (...fed: { shape: number[]; data: Float32Array<ArrayBuffer> }[]) => {
      const outputs = fed.map(({ shape }, i) => input(`logits${i}`, shape));
      const loss = deepSupervision(outputs, input("labels", labels.shape, "uint8"), crossEntropy);
      const feeds = Object.fromEntries(fed.map((value, i) => [`logits${i}`, value]));
      return (await evaluate({ loss }, { ...feeds, labels }))["loss"][0] / Math.LN2;
    };
    expect(await lossOf(unsure(2), sure(2), sure(1))).toBeCloseTo(0.4, 5);
    expect(await lossOf(sure(2), unsure(2), sure(1))).toBeCloseTo(0.4, 5);
    expect(await lossOf(sure(2), sure(2), unsure(1))).toBeCloseTo(0.2, 5);
  });
});

describe("networkNamed", () => {
  it.each(["unet-4d", "toString", ""])("lists the names there are: %s", (name) => {
    expect(() => networkNamed(name)).toThrow(expect.objectContaining({ code: "NETWORK_UNKNOWN" }));
    expect(() => networkNamed(name)).toThrow(Object.keys(networks).join(", "));
  });
});
