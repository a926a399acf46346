/**
 * Checks a network against an oracle file: the same weights and input must give the logits, losses and gradients that
 * the original PyTorch code gave (shared oracles' README has the tensors' names).
 */
import { gradients } from "../autograd/gradient.js";
import { crossEntropy, softDice } from "../autograd/losses.js";
import { compile } from "../autograd/onnx/compile.js";
import { add } from "../autograd/operators/elementwise.js";
import { portable } from "../autograd/portable/rewrite.js";
import { reshape } from "../autograd/operators/shape.js";
import { type Device, floats, Session, value, type Values } from "../autograd/runtime.js";
import { readSafetensors, type SafeFile, type SafeTensor } from "../autograd/safetensors.js";
import { input, type Tensor } from "../autograd/tensor.js";
import { MarrowError } from "../base/errors.js";
import { Random } from "../base/random.js";
import { Layers } from "../networks/layers.js";
import type { Network } from "../networks/network.js";
import { networkNamed } from "../networks/registry.js";
import { canonicalName, type Layout, loadStateDict, toOurLayout } from "../networks/state-dict.js";

export interface VerifyRow {
  readonly what: string;
  /** Largest absolute difference, relative to the scale of the reference. */
  readonly error: number;
  readonly tolerance: number;
  readonly passed: boolean;
  /** Where the largest error is, or how many tensors were compared. */
  readonly note: string;
}

export interface VerifyReport {
  readonly file: string;
  readonly network: string;
  readonly rows: readonly VerifyRow[];
}

interface Oracle {
  readonly file: string;
  readonly name: string;
  readonly network: Network;
  readonly layout: Layout;
  readonly tensors: SafeFile["tensors"];
  readonly features: number[];
  readonly heads?: number;
  readonly classes: number;
}

/** Metadata that hold a network's features: a list, or numbers that stand one by one. */
const featureKeys = [["features"], ["channels"], ["feature_size", "hidden_size", "mlp_dim"]] as const;

interface Tolerances {
  readonly logits: number;
  readonly loss: number;
  readonly gradient: number;
}

/** Relative to the largest magnitude of the reference (README of the oracles); losses relative to themselves. */
export const tolerances: Tolerances = { logits: 1e-4, loss: 1e-5, gradient: 1e-3 };

/** Graphics cards sum in an order of their own and take less exact square roots, exponentials and divisions. */
export const deviceTolerances: Tolerances = { logits: 2e-4, loss: 5e-5, gradient: 4e-3 };

const tolerancesOf = (device: Device) => (device === "cpu" ? tolerances : deviceTolerances);

export async function verifyOracle(file: string, device: Device = "cpu"): Promise<VerifyReport> {
  const allowed = tolerancesOf(device);
  const oracle = await readOracle(file);
  const evaluation = await run(oracle, false, device);
  const training = await run(oracle, true, device);
  const expectedTraining = tensorOf(
    oracle,
    oracle.tensors.has("logits.train") ? "logits.train" : "logits.eval",
  );
  const rows = [
    compareLogits(oracle, "logits (evaluation)", evaluation, tensorOf(oracle, "logits.eval"), allowed.logits),
    compareLogits(oracle, "logits (training)", training, expectedTraining, allowed.logits),
    ...compareLosses(oracle, training, allowed.loss),
  ];
  let grads = compareGradients(oracle, training, allowed.gradient);
  if (grads.some((row) => !row.passed)) {
    const responses = await roundingResponse(oracle, device, training);
    grads = compareGradients(oracle, training, allowed.gradient, responses);
  }
  return { file, network: oracle.name, rows: [...rows, ...grads] };
}

/** Disturbances of the weights, relative: four units in the last place of a float32, what a few dozen layers round off. */
const disturbance = 4 * 2 ** -24;
const disturbedRuns = 3;

/**
 * How far each gradient moves when the weights are disturbed by rounding errors. A ReLU or max-pool whose input lies
 * within rounding of a tie decides anew, and all gradients below it move together: there two correct float32
 * implementations differ by as much, and PyTorch differs from itself with another number of threads.
 */
async function roundingResponse(
  oracle: Oracle,
  device: Device,
  undisturbed: Values,
): Promise<Map<string, number>> {
  const responses = new Map<string, number>();
  for (let n = 0; n < disturbedRuns; n++) {
    const results = await run(oracle, true, device, new Random(1, "disturbance", n));
    for (const name of Object.keys(results)) {
      const moved = largestDifference(floats(results[name]), floats(undisturbed[name]));
      responses.set(name, Math.max(responses.get(name) ?? 0, moved));
    }
  }
  return responses;
}

async function readOracle(file: string): Promise<Oracle> {
  const { tensors, metadata } = await readSafetensors(file);
  const name = metadata["network"];
  if (name === undefined) throw new MarrowError("ORACLE_INVALID", { file, expected: "metadata `network`" });
  const keys = featureKeys.find((row) => row.every((key) => metadata[key] !== undefined)) ?? [];
  const features = keys.flatMap((key) => JSON.parse(metadata[key] ?? "[]") as number | number[]);
  const heads = metadata["num_heads"];
  const layout = (metadata["layout"] ?? "NCDHW") as Layout;
  return {
    file,
    name,
    network: networkNamed(name),
    layout,
    tensors,
    features,
    ...(heads !== undefined && { heads: Number(heads) }),
    classes: Number(metadata["classes"]),
  };
}

function tensorOf(oracle: Oracle, name: string): SafeTensor {
  const tensor = oracle.tensors.get(name);
  if (!tensor) throw new MarrowError("ORACLE_INVALID", { file: oracle.file, expected: `tensor ${name}` });
  return tensor;
}

function withPrefix(oracle: Oracle, prefix: string): Map<string, SafeTensor> {
  const entries = [...oracle.tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(entries.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

/** Runs the network; `disturb` multiplies every weight by 1 ± `disturbance`. */
async function run(oracle: Oracle, training: boolean, device: Device, disturb?: Random): Promise<Values> {
  const layers = new Layers(training);
  const image = toOurLayout(tensorOf(oracle, "input"), oracle.layout, 2);
  const target = toOurLayout(tensorOf(oracle, "target"), oracle.layout, 1);
  const { logits } = oracle.network.build(layers, input("image", image.shape), oracle);
  const outputs = training
    ? trainingOutputs(layers, logits, input("labels", target.shape, "uint8"))
    : { logits };
  const state = loadStateDict(
    oracle.network,
    layers,
    withPrefix(oracle, "weight."),
    oracle.layout,
    oracle.file,
  );
  const session = await Session.open(compile(device === "cpu" ? outputs : portable(outputs)), { device });
  const feeds: Values = { image: value(image.data, image.shape) };
  if (training) feeds["labels"] = value(Uint8Array.from(target.data), target.shape);
  for (const [name, { tensor }] of [...layers.parameters, ...layers.statistics]) {
    if (!session.inputs.includes(name)) continue;
    const exact = state.get(name) as Float32Array;
    feeds[name] = value(
      disturb ? exact.map((w) => w * (1 + (disturb.chance(0.5) ? disturbance : -disturbance))) : exact,
      tensor.shape,
    );
  }
  // Dropout off, as in the oracles: masks of ones.
  for (const { tensor } of layers.dropoutMasks) {
    const ones = new Float32Array(tensor.shape.reduce((a, b) => a * b, 1)).fill(1);
    feeds[tensor.name as string] = value(ones, tensor.shape);
  }
  const results = await session.run(feeds);
  await session.close();
  return results;
}

function trainingOutputs(layers: Layers, logits: Tensor, labels: Tensor): Record<string, Tensor> {
  const [entropy, dice] = [crossEntropy(logits, labels), softDice(logits, labels)].map((t) =>
    reshape(t, [1]),
  ) as [Tensor, Tensor];
  const total = add(entropy, dice);
  const parameters = [...layers.parameters].map(([name, { tensor }]) => ({ name, tensor }));
  const grads = gradients(
    total,
    parameters.map((p) => p.tensor),
  );
  return {
    logits,
    "loss.entropy": entropy,
    "loss.dice": dice,
    "loss.total": total,
    ...Object.fromEntries(parameters.map(({ name }, i) => [`grad.${name}`, grads[i]])),
  };
}

const magnitude = (data: ArrayLike<number>) => {
  let largest = 0;
  for (let i = 0; i < data.length; i++) largest = Math.max(largest, Math.abs(data[i] ?? 0));
  return largest;
};

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < b.length; i++) {
    const difference = Math.abs((a[i] ?? NaN) - (b[i] ?? 0));
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}

function verdict(what: string, error: number, tolerance: number, note: string): VerifyRow {
  return { what, error, tolerance, passed: error <= tolerance, note };
}

function compareLogits(
  oracle: Oracle,
  what: string,
  results: Values,
  reference: SafeTensor,
  allowed: number,
): VerifyRow {
  const expected = toOurLayout(reference, oracle.layout, 2).data;
  const error = largestDifference(floats(results["logits"]), expected) / magnitude(expected);
  return verdict(what, error, allowed, `[${reference.shape.join(", ")}]`);
}

function compareLosses(oracle: Oracle, results: Values, allowed: number): VerifyRow[] {
  const expected = tensorOf(oracle, "loss").data as Float32Array;
  return ["entropy", "dice", "total"].map((part, i) => {
    const [got, want] = [floats(results[`loss.${part}`])[0] ?? NaN, expected[i] ?? NaN];
    return verdict(`loss: ${part}`, Math.abs(got - want) / Math.abs(want), allowed, want.toFixed(6));
  });
}

function compareGradients(
  oracle: Oracle,
  results: Values,
  allowed: number,
  responses?: ReadonlyMap<string, number>,
): VerifyRow[] {
  return [...withPrefix(oracle, "grad.")].map(([name, reference]) => {
    const ours = `grad.${canonicalName(oracle.network, name)}`;
    const expected = toOurLayout(reference, oracle.layout, 2).data;
    const scale = scaleOf(oracle, name, expected);
    const error = largestDifference(floats(results[ours]), expected) / scale;
    const response = (responses?.get(ours) ?? 0) / scale;
    const tolerance = allowed + margin * response;
    const note = response > allowed ? `rounding alone moves it by ${response.toExponential(1)}` : "";
    return verdict(`gradient ${name}`, error, tolerance, note);
  });
}

/** The largest of a few disturbed runs is below the largest there is. */
const margin = 2;

/**
 * What a gradient's error is compared with: its largest magnitude. The bias of a convolution before a norm has gradient
 * zero in exact arithmetic and holds only rounding noise; it is compared with the scale of its convolution's weights.
 */
function scaleOf(oracle: Oracle, name: string, expected: Float32Array): number {
  const own = magnitude(expected);
  if (!name.endsWith(".bias")) return own;
  const weight = oracle.tensors.get(`grad.${name.replace(/bias$/, "weight")}`);
  return Math.max(own, weight ? magnitude(weight.data as Float32Array) : 0);
}
