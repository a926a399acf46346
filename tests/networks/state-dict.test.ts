import { describe, expect, it } from "vitest";
import type { SafeTensor } from "../../src/autograd/safetensors.js";
import { input } from "../../src/autograd/tensor.js";
import { Layers } from "../../src/networks/layers.js";
import type { Network } from "../../src/networks/network.js";
import { canonicalName, loadStateDict, slicesFirst, toOurLayout } from "../../src/networks/state-dict.js";

/** One 3-D convolution, called `head`, which published files also hold as `old.head`; a batch norm called `norm`. */
const network: Network = {
  title: "one convolution",
  dimensions: 3,
  hasPlannedDepth: false,
  features: [],
  divisor: () => [1, 1, 1],
  build: (layers, image) => ({ logits: layers.batchNorm("norm", layers.conv("head", image, 2, [1, 2, 3])) }),
  aliases: { old: "head" },
};

function layersOf(): Layers {
  const layers = new Layers(false);
  network.build(layers, input("image", [1, 1, 2, 4, 4]), { classes: 2, features: [] });
  return layers;
}

const tensor = (shape: number[], from = 0): SafeTensor => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => from + i),
});

const whole = (): Map<string, SafeTensor> =>
  new Map([
    ["head.weight", tensor([2, 1, 1, 2, 3])],
    ["head.bias", tensor([2], 100)],
    ["norm.weight", tensor([2])],
    ["norm.bias", tensor([2])],
    ["norm.running_mean", tensor([2])],
    ["norm.running_var", tensor([2])],
  ]);

const load = (state: ReadonlyMap<string, SafeTensor>, layout: "NCDHW" | "NCHWD" = "NCDHW") =>
  loadStateDict(network, layersOf(), state, layout, "w.safetensors");

describe("loadStateDict", () => {
  it("finds every parameter and statistic by name", () => {
    const values = load(whole());
    expect([...values.keys()].sort()).toEqual([...whole().keys()].sort());
    expect([...(values.get("head.bias") ?? [])]).toEqual([100, 101]);
  });

  it("ignores PyTorch's batch counters and takes second names", () => {
    const state = whole();
    state.set("norm.num_batches_tracked", { shape: [], data: BigInt64Array.of(7n) });
    const bias = state.get("head.bias") as SafeTensor;
    state.delete("head.bias");
    state.set("old.bias", bias);
    expect([...(load(state).get("head.bias") ?? [])]).toEqual([100, 101]);
  });

  it("moves the slices of a NCHWD kernel to the front", () => {
    const state = whole();
    state.set("head.weight", tensor([2, 1, 2, 3, 1]));
    expect([...(load(state, "NCHWD").get("head.weight") ?? [])]).toEqual([...tensor([12]).data]);
  });

  it.each<[string, (state: Map<string, SafeTensor>) => void, RegExp]>([
    [
      "a tensor too many",
      (s) => s.set("tail.weight", tensor([1])),
      /tail\.weight, which the network does not have/,
    ],
    ["another shape", (s) => s.set("head.bias", tensor([3])), /head\.bias of shape \[2\][^]*\[3\]/],
    ["one missing", (s) => s.delete("norm.running_var"), /norm\.running_var[^]*no such tensor/],
    ["none at all", (s) => s.clear(), /no such tensor/],
  ])("says what does not fit: %s", (_, change, message) => {
    const state = whole();
    change(state);
    expect(() => load(state)).toThrow(expect.objectContaining({ code: "WEIGHTS_MISMATCH" }));
    expect(() => load(state)).toThrow(message);
    expect(() => load(state)).toThrow("w.safetensors");
  });
});

describe("slicesFirst", () => {
  it("reads [.., H, W, D] as [.., D, H, W]", () => {
    // Value 100 h + 10 w + d at [h, w, d].
    const values = [0, 1].flatMap((h) => [0, 1, 2].flatMap((w) => [0, 1].map((d) => 100 * h + 10 * w + d)));
    const { shape, data } = slicesFirst({ shape: [1, 2, 3, 2], data: Float32Array.from(values) }, 1);
    expect(shape).toEqual([1, 2, 2, 3]);
    expect([...data]).toEqual([0, 10, 20, 100, 110, 120, 1, 11, 21, 101, 111, 121]);
  });

  it("leaves vectors and other layouts alone", () => {
    expect(toOurLayout(tensor([4]), "NCHWD", 2)).toEqual(tensor([4]));
    expect(toOurLayout(tensor([1, 1, 2, 3, 2]), "NCDHW", 2)).toEqual(tensor([1, 1, 2, 3, 2]));
  });
});

describe("canonicalName", () => {
  it("replaces a whole prefix only", () => {
    expect(canonicalName(network, "old.weight")).toBe("head.weight");
    expect(canonicalName(network, "older.weight")).toBe("older.weight");
  });
});
