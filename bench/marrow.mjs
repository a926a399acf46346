/**
 * Measures one network in Marrow, one step at a time; the same line protocol as bench/pytorch/bench.py:
 *
 *     node bench/marrow.mjs NETWORK train|infer [--small] [--profile PREFIX]
 *
 * prints {"ready": true, "operations": per step, "parameters": …} after one unmeasured step, then for every line "step" runs
 * one and prints its milliseconds and the process's peak memory; ends at end of file. With --profile, ONNX Runtime writes a
 * profile to files of that prefix.
 */
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { foldWeights } from "../dist/autograd/fold-weights.js";
import { forDevice } from "../dist/autograd/for-device.js";
import { compile } from "../dist/autograd/onnx/compile.js";
import { input } from "../dist/autograd/tensor.js";
import { Session, value } from "../dist/autograd/runtime.js";
import { collectGarbage } from "../dist/base/collect-garbage.js";
import { Random } from "../dist/base/random.js";
import { networkCost } from "../dist/networks/cost.js";
import { initialValues, Layers } from "../dist/networks/layers.js";
import { networkNamed } from "../dist/networks/registry.js";
import { TrainingStep } from "../dist/training/step.js";
import { classes, sizeOf } from "./sizes.mjs";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { small: { type: "boolean" }, profile: { type: "string" } },
});
const [name, mode] = positionals;
const { profile } = values;
const { batch, patch, features, dropout, attention } = sizeOf(name, values.small);
const network = networkNamed(name);
const networkOptions = { classes, features, dropout };
const stream = (key) => new Random(1, key);
const random = stream("data");
const voxels = patch.reduce((a, b) => a * b, batch);
const image = Float32Array.from({ length: voxels }, () => random.normal());
const labels = Uint8Array.from(image, (v) => (v > 1 ? 1 : 0));

async function trainer() {
  const options = {
    network,
    networkOptions,
    loss: { crossEntropy: 1, dice: 1, focal: 0, tversky: 0, attention, background: true, batchDice: false },
    optimiser: { name: "adamw", weightDecay: 0.01 },
    averaging: 0,
    accumulate: 1,
    batch,
    channels: 1,
    patch,
    device: "cpu",
    ...(profile ? { profile } : {}),
  };
  const step = await TrainingStep.create(options, TrainingStep.initialState(options, stream));
  let iteration = 0;
  const run = () => step.run(image, labels, 5e-4, iteration, new Random(1, iteration++));
  return { run, close: () => step.close() };
}

async function predictor() {
  const layers = new Layers(false);
  const shape = [batch, 1, ...patch];
  const { logits } = network.build(layers, input("image", shape), networkOptions);
  const blocked = await forDevice({ logits }, "cpu");
  const { outputs, stored } = await foldWeights(blocked, initialValues(layers, stream));
  collectGarbage();
  const bytes = compile(outputs, { stored, apart: true });
  const session = await Session.open(bytes, { weights: stored, ...(profile ? { profile } : {}) });
  return { run: () => session.run({ image: value(image, shape) }), close: () => session.close() };
}

/** Floating-point operations of a step (the backward pass takes twice the forward pass's), and trained numbers. */
function costOf() {
  const { operations, parameters } = networkCost(network, networkOptions, [batch, 1, ...patch]);
  return { operations: mode === "train" ? 3 * operations : operations, parameters };
}

const { run, close } = await (mode === "train" ? trainer() : predictor());
// As before a model file's first prediction.
if (mode === "infer") collectGarbage();
await run();
console.log(JSON.stringify({ ready: true, ...costOf() }));
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() !== "step") break;
  const cpu = process.cpuUsage();
  const started = performance.now();
  await run();
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  const rssPeakMB = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000, rssPeakMB }));
}
await close();
