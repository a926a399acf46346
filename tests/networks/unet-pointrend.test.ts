import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gradients } from "../../src/autograd/gradient.js";
import { crossEntropy, pointLoss } from "../../src/autograd/losses.js";
import { compile } from "../../src/autograd/onnx/compile.js";
import { decode } from "../../src/autograd/onnx/wire.js";
import { add } from "../../src/autograd/operators/elementwise.js";
import { reshape } from "../../src/autograd/operators/shape.js";
import { floats, Session, value } from "../../src/autograd/runtime.js";
import { readSafetensors, type SafeFile } from "../../src/autograd/safetensors.js";
import { input, sizeOf, type Tensor } from "../../src/autograd/tensor.js";
import { Random } from "../../src/base/random.js";
import { drawUniform, Layers } from "../../src/networks/layers.js";
import { networkNamed } from "../../src/networks/registry.js";
import { loadStateDict } from "../../src/networks/state-dict.js";
import { evaluate, type Fed, relativeError } from "../autograd/evaluate.js";

/** Made with PyTorch from the papers, see fixtures/make-pointrend-reference.py. */
const file = fileURLToPath(new URL("./fixtures/unet-pointrend.safetensors", import.meta.url));
const network = networkNamed("unet-pointrend");
const options = { classes: 3, features: [3, 4, 6, 8, 10] };

let reference: SafeFile["tensors"];
beforeAll(async () => {
  reference = (await readSafetensors(file)).tensors;
});

function fed(name: string): Fed {
  const tensor = reference.get(name);
  if (!tensor) throw new Error(`no ${name} in the fixture`);
  return { shape: tensor.shape, data: tensor.data as Float32Array<ArrayBuffer> };
}
const expected = (name: string) => fed(name).data as Float32Array<ArrayBuffer>;

/**
 * Values [2, C, K] with the points of each sample in the order of their rows: two candidates that are uncertain alike to the
 * last digit may change places.
 */
function ordered(values: Float32Array, coordinates: Float32Array): number[] {
  const [samples, points] = [2, (32 * 48) / 16];
  const channels = values.length / samples / points;
  return Array.from({ length: samples }, (_, n) => {
    const row = (k: number) => coordinates[2 * n * points + k];
    const order = Array.from({ length: points }, (__, k) => k).sort((a, b) => row(a) - row(b));
    return Array.from({ length: channels }, (__, c) =>
      order.map((k) => values[(n * channels + c) * points + k]),
    );
  }).flat(2);
}

function build(training: boolean, batch = 2) {
  const layers = new Layers(training);
  const image = input("image", [batch, 1, 32, 48]);
  return { layers, ...network.build(layers, image, options) };
}

function weightsOf(layers: Layers): Map<string, Float32Array<ArrayBuffer>> {
  const state = [...reference].filter(([name]) => name.startsWith("weight."));
  const named = new Map(state.map(([name, tensor]) => [name.slice("weight.".length), tensor]));
  return loadStateDict(network, layers, named, "NCHW", file);
}

function feedsOf(layers: Layers): Record<string, Fed> {
  const weights = weightsOf(layers);
  const stored = [...layers.parameters, ...layers.statistics].map(([name, { tensor }]): [string, Fed] => [
    name,
    { shape: tensor.shape, data: weights.get(name) ?? new Float32Array() },
  ]);
  const random = layers.uniforms.map((tensor, n): [string, Fed] => [
    tensor.name ?? "",
    fed(["candidates", "anywhere"][n]),
  ]);
  return { ...Object.fromEntries([...stored, ...random]), image: fed("image"), labels: fed("labels") };
}

describe("unet-pointrend computes what the papers' structure does in PyTorch", () => {
  let got: Record<string, Float32Array>;
  const labels = input("labels", [2, 32, 48], "uint8");

  beforeAll(async () => {
    const { layers, logits, points } = build(true);
    if (!points) throw new Error("no points in training");
    const parts = [crossEntropy(logits, labels), pointLoss(points.logits, points.coordinates, labels)];
    const [entropy, pointEntropy] = parts.map((part) => reshape(part, [1])) as [Tensor, Tensor];
    const names = [...layers.parameters.keys()];
    const tensors = [...layers.parameters.values()].map(({ tensor }) => tensor);
    const grads = gradients(add(entropy, pointEntropy), tensors);
    const outputs = {
      logits,
      ...{ entropy, pointEntropy, points: points.logits, coordinates: points.coordinates },
      ...Object.fromEntries(names.map((name, n) => [`grad.${name}`, grads[n]])),
    };
    got = await evaluate(outputs, feedsOf(layers));
  });

  it("chooses the points it is trained on", () => {
    const [ours, theirs] = [got["coordinates"], expected("coordinates")];
    expect(ordered(ours, ours)).toEqual(ordered(theirs, theirs));
  });

  it("predicts them, and the coarse map", () => {
    const points = ordered(got["points"], got["coordinates"]);
    expect(relativeError(points, ordered(expected("points"), expected("coordinates")))).toBeLessThan(1e-4);
    expect(relativeError(got["logits"], expected("logits.train"))).toBeLessThan(1e-4);
  });

  it("has their losses", () => {
    expect(got["entropy"][0]).toBeCloseTo(expected("loss")[0], 5);
    expect(got["pointEntropy"][0]).toBeCloseTo(expected("loss")[1], 5);
  });

  it("has the gradients of all parameters, of the points' head and of what lies before it", () => {
    const names = [...reference.keys()].filter((name) => name.startsWith("grad."));
    expect(names.filter((name) => name.startsWith("grad.point_head.")).length).toBe(8);
    for (const name of names) expect(relativeError(got[name], expected(name)), name).toBeLessThan(1e-3);
  });

  it("renders the coarse map in three steps", async () => {
    const { layers, logits } = build(false);
    const rendered = (await evaluate({ logits }, feedsOf(layers)))["logits"];
    expect(relativeError(rendered, expected("logits.eval"))).toBeLessThan(1e-4);
  });
});

describe("the exported graph", () => {
  const session: { open?: Session } = {};
  afterAll(() => session.open?.close());

  it("holds the weights, has standard operators and static shapes, and gives what the definition gives", async () => {
    const { layers, logits } = build(false);
    const bytes = compile({ logits }, { stored: weightsOf(layers) });
    const graph = decode("ModelProto", bytes).graph;
    expect(graph?.input?.map(({ name }) => name)).toEqual(["image"]);
    expect(graph?.node?.filter(({ domain }) => (domain ?? "") !== "")).toEqual([]);
    expect(graph?.node?.filter(({ opType }) => opType === "TopK").length).toBe(3);
    const open = await Session.open(bytes, { threads: 1 });
    session.open = open;
    const image = fed("image");
    const run = async () => floats((await open.run({ image: value(image.data, image.shape) }))["logits"]);
    const direct = (await evaluate({ logits }, feedsOf(layers)))["logits"];
    const exported = Float32Array.from(await run());
    // Constant weights are folded before the run, which may round otherwise.
    expect(relativeError(exported, direct)).toBeLessThan(1e-5);
    expect(await run()).toEqual(exported);
  });
});

describe("random points", () => {
  it("are drawn from the seed, three candidates a point and a quarter of the points anywhere", () => {
    const { layers } = build(true);
    const points = (32 * 48) / 16;
    expect(layers.uniforms.map(({ shape }) => shape)).toEqual([
      [2, 2, 3 * points],
      [2, 2, points / 4],
    ]);
    const [first, again, other] = [1, 1, 2].map((seed) =>
      drawUniform(layers.uniforms[0], new Random(seed, "points")),
    );
    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
    expect(first.length).toBe(sizeOf(layers.uniforms[0].shape));
    expect(first.every((share) => share >= 0 && share < 1)).toBe(true);
  });

  it("are not asked for outside training", () => {
    const { layers, points } = build(false);
    expect([layers.uniforms, points]).toEqual([[], undefined]);
  });
});
