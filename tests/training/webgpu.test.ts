import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { forDevice } from "../../src/autograd/for-device.js";
import { compile } from "../../src/autograd/onnx/compile.js";
import { type Device, floats, Session, value } from "../../src/autograd/runtime.js";
import { input, sizeOf } from "../../src/autograd/tensor.js";
import { Random } from "../../src/base/random.js";
import { initialValues, Layers } from "../../src/networks/layers.js";
import { networkNamed, networks } from "../../src/networks/registry.js";
import type { StepOptions } from "../../src/training/step-graph.js";
import { TrainingStep } from "../../src/training/step.js";
import { verifyOracle } from "../../src/training/verify.js";
import { relativeError } from "../autograd/evaluate.js";
import { hasSoftwareVulkan } from "../software-vulkan.js";

/** Of the largest magnitude. Logits pass through some fifty layers, each of which sums in another order. */
const tolerance = { logits: 2e-4, loss: 5e-5, weights: 2e-3 };

const fewFeatures: Readonly<Record<string, number[]>> = {
  "attention-unet-2.5d": [2, 2, 4, 4, 8, 2],
  unetr: [2, 8, 12],
  "hrnet-w18-small": [2, 2, 3, 4, 5],
  "hrnet-w32": [2, 2, 3, 4, 5],
};

function tiny(name: string) {
  const network = networkNamed(name);
  const options = { classes: 3, features: fewFeatures[name] ?? [2, 2, 4, 4, 8], heads: 2, dropout: 0.2 };
  const patch = network.divisor(options).map((n) => Math.max(n, network.dimensions === 2 ? 32 : 8));
  return { network, options, patch };
}

const noise = (length: number, seed = 1) => {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => random.normal());
};

async function logitsOn(device: Device, name: string): Promise<Float32Array> {
  const { network, options, patch } = tiny(name);
  const layers = new Layers(false);
  const shape = [1, 1, ...patch];
  const { logits } = network.build(layers, input("image", shape), options);
  const stored = initialValues(layers, (key) => new Random(1, key));
  const session = await Session.open(compile(await forDevice({ logits }, device), { stored }), { device });
  const result = floats((await session.run({ image: value(noise(sizeOf(shape)), shape) }))["logits"]);
  await session.close();
  return result;
}

const loss = {
  ...{ crossEntropy: 1, dice: 1, focal: 0, tversky: 0 },
  ...{ attention: 0.2, background: true, batchDice: false },
};

/** Losses of three steps and what the state is then. */
async function trainedOn(device: Device, name: string, over: Partial<StepOptions> = {}) {
  const { network, options, patch } = tiny(name);
  const chosen: StepOptions = {
    ...{ network, networkOptions: options, loss, patch, device, batch: 1, channels: 1 },
    ...{ optimiser: { name: "sgd", momentum: 0.9, clipNorm: 12 }, averaging: 0, accumulate: 1 },
    ...over,
  };
  const step = await TrainingStep.create(
    chosen,
    TrainingStep.initialState(chosen, (key) => new Random(1, key)),
  );
  const voxels = sizeOf(patch);
  const random = new Random(3);
  const labels = Uint8Array.from({ length: voxels }, () => random.integer(3));
  const losses: number[] = [];
  for (let t = 0; t < 3; t++)
    losses.push((await step.run(noise(voxels), labels, 0.01, t, new Random(2, t))).loss);
  await step.bringHome();
  const state = new Map([...step.state()].map(([key, data]) => [key, data.slice()]));
  await step.close();
  return { losses, state };
}

function expectSameState(
  got: ReadonlyMap<string, Float32Array>,
  expected: ReadonlyMap<string, Float32Array>,
) {
  expect([...got.keys()]).toEqual([...expected.keys()]);
  for (const [key, data] of expected)
    expect(relativeError(got.get(key) ?? [], data, 0.05), key).toBeLessThan(tolerance.weights);
}

/** A software driver compiles hundreds of kernels; alone each test takes seconds. */
const patience = { timeout: 600_000 };

describe.skipIf(!hasSoftwareVulkan)("WebGPU agrees with the processor", patience, () => {
  it.each(Object.keys(networks))("in what %s predicts", async (name) => {
    const [expected, got] = [await logitsOn("cpu", name), await logitsOn("webgpu", name)];
    expect(relativeError(got, expected)).toBeLessThan(tolerance.logits);
  });

  it.each(["unet-2d", "unet-3d", "attention-unet-2.5d"])("in three training steps of %s", async (name) => {
    const [expected, got] = [await trainedOn("cpu", name), await trainedOn("webgpu", name)];
    got.losses.forEach((l, t) =>
      expect(Math.abs(l / (expected.losses[t] ?? NaN) - 1)).toBeLessThan(tolerance.loss),
    );
    expectSameState(got.state, expected.state);
  });

  it("with accumulated gradients and averaged weights", async () => {
    const over: Partial<StepOptions> = {
      ...{ accumulate: 2, averaging: 0.9, optimiser: { name: "sgd", averaging: true } },
    };
    const [expected, got] = [
      await trainedOn("cpu", "unet-2d", over),
      await trainedOn("webgpu", "unet-2d", over),
    ];
    expectSameState(got.state, expected.state);
  });
});

// The software driver has no 16-bit floats: a card that has them would train here.
describe.skipIf(!hasSoftwareVulkan)("mixed precision on the software driver", patience, () => {
  it("is refused with what the device says", async () => {
    await expect(trainedOn("webgpu", "unet-2d", { precision: "float16" })).rejects.toMatchObject({
      code: "DEVICE_PRECISION",
      details: { expected: "16-bit floats on device webgpu" },
    });
  });
});

const oracles = join(process.env["MARROW_SHARED"] ?? "../shared", "oracles");
/** The quickest of each kind; `marrow verify --device webgpu` takes all eight. */
const verified = ["unet-2d", "res-unet"];

describe.skipIf(!hasSoftwareVulkan || !existsSync(oracles))("verify on WebGPU", patience, () => {
  it.each(verified)("%s", async (name) => {
    const { rows } = await verifyOracle(join(oracles, `${name}.safetensors`), "webgpu");
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter((row) => !row.passed || Number.isNaN(row.error))).toEqual([]);
  });
});
