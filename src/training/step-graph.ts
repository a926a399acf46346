/** The graphs of a training: forward, loss, backward and update of a network, and the state they read and write. */
import { gradients } from "../autograd/gradient.js";
import {
  attentionLoss,
  crossEntropy,
  deepSupervision,
  focal,
  pointLoss,
  softDice,
  tversky,
} from "../autograd/losses.js";
import { add, div, mul, where } from "../autograd/operators/elementwise.js";
import { reshape } from "../autograd/operators/shape.js";
import { globalNorm, type OptimiserOptions, optimiserStep, slotNames } from "../autograd/optimiser.js";
import type { Precision } from "../autograd/half.js";
import { replaced } from "../autograd/replace.js";
import { forTraining } from "../autograd/for-device.js";
import type { Device } from "../autograd/runtime.js";
import { input, parameter, scalar, type Shape, type Tensor } from "../autograd/tensor.js";
import { Layers } from "../networks/layers.js";
import type { Network, NetworkOptions, NetworkOutput } from "../networks/network.js";
import { joined, type Layout, layoutOf, layoutsOf, partOf, type StateVector } from "./flat-state.js";
import { classificationLoss, type ClassifierStep } from "./classification-loss.js";
import { isFinite, type LossScale, lossScale, lossScaleState } from "./loss-scale.js";

/** Weights of the parts of the loss; parts of weight 0 are not computed. */
export interface LossWeights {
  readonly crossEntropy: number;
  readonly dice: number;
  readonly focal: number;
  readonly tversky: number;
  readonly attention: number;
  readonly background: boolean;
  readonly batchDice: boolean;
}

export interface StepOptions {
  readonly network: Network;
  /** Of classifiers; the step is then fed ROIs as labels, and what classification-loss.ts says. */
  readonly classifier?: ClassifierStep;
  readonly networkOptions: NetworkOptions;
  readonly loss: LossWeights;
  readonly optimiser: OptimiserOptions;
  /** Decay of the moving average of the weights; 0: none. */
  readonly averaging: number;
  /** Batches whose gradients are averaged before one update. */
  readonly accumulate: number;
  readonly batch: number;
  readonly channels: number;
  /** Extents of the patch: D, H, W, or H, W for a 2-D network. */
  readonly patch: Shape;
  /** Default: float32. */
  readonly precision?: Precision;
  readonly device: Device;
  readonly threads?: number;
  readonly profile?: string;
}

/** The graph of a step and the names of all it reads. */
export interface StepGraph {
  readonly outputs: Record<string, Tensor>;
  readonly layers: Layers;
}

const statisticsName = "statistics";
const weightsName = (n: number) => `weights.${n}`;
const sumName = (n: number) => `sum:${weightsName(n)}`;
const nextName = (name: string) => `next:${name}`;
/** Whether the network reads its parameters from this vector; the other vectors of the state are inputs. */
const holdsParameters = (name: string) => name === statisticsName || /^weights\.\d+$/.test(name);

function totalLoss(
  output: NetworkOutput,
  labels: Tensor,
  weights: LossWeights,
): { total: Tensor; scoreLoss: Tensor } {
  const options = { background: weights.background, batch: weights.batchDice };
  const parts: Record<string, (logits: Tensor, labels: Tensor) => Tensor> = {
    crossEntropy,
    dice: (x, y) => softDice(x, y, options),
    focal: (x, y) => focal(x, y),
    tversky: (x, y) => tversky(x, y, 0.3, 0.7, options),
  };
  const segmentation = (logits: Tensor, truth: Tensor) => {
    const chosen = Object.entries(parts).filter(([name]) => weightOf(weights, name) > 0);
    const weighted = chosen.map(([name, part]) =>
      mul(reshape(part(logits, truth), [1]), scalar(weightOf(weights, name))),
    );
    return weighted.reduce((a, b) => add(a, b));
  };
  const outputs = [output.logits, ...(output.supervision ?? [])];
  let total =
    outputs.length > 1 ? deepSupervision(outputs, labels, segmentation) : segmentation(output.logits, labels);
  if (weights.attention > 0) {
    for (const map of output.attention ?? []) {
      total = add(total, mul(reshape(attentionLoss(map, labels), [1]), scalar(weights.attention)));
    }
  }
  if (output.points) {
    const { logits, coordinates } = output.points;
    total = add(total, reshape(pointLoss(logits, coordinates, labels), [1]));
  }
  return {
    total,
    scoreLoss: reshape(softDice(output.logits, labels, { ...options, background: false, batch: true }), [1]),
  };
}

function weightOf(weights: LossWeights, part: string): number {
  return Number(weights[part as keyof LossWeights]);
}

export function stepGraph(options: StepOptions): StepGraph {
  const layers = new Layers(true);
  const image = input("image", [options.batch, options.channels, ...options.patch]);
  const labels = input("labels", [options.batch, ...options.patch], "uint8");
  const built = options.classifier
    ? classificationLoss(layers, image, labels, options, options.classifier)
    : totalLoss(options.network.build(layers, image, options.networkOptions), labels, options.loss);
  const { total, scoreLoss, ...updates } = forTraining(
    { ...built, ...Object.fromEntries(layers.updates) },
    options.device,
  );
  const parameters = [...layers.parameters.values()].map((p) => p.tensor);
  const scaling = options.precision === "float16" ? lossScale() : undefined;
  const grads = gradients(scaling ? mul(total, scaling.scale) : total, parameters);
  const outputs: Record<string, Tensor> = { loss: total, scoreLoss };
  const { weights, statistics } = vectorsOf(layers);
  if (layers.statistics.size > 0)
    outputs[nextName(statisticsName)] = joined(statistics, new Map(Object.entries(updates)));
  const byName = new Map([...layers.parameters.keys()].map((name, i) => [name, grads[i]]));
  const scaled = weights.map((layout) => joined(layout, byName));
  const gradient = scaling ? scaled.map((g) => div(g, scaling.scale)) : scaled;
  if (options.accumulate > 1) addSums(outputs, gradient, options.accumulate);
  else addUpdate(outputs, gradient, options.optimiser);
  return { outputs: scaling ? guarded(outputs, gradient, scaling) : outputs, layers };
}

/** The outputs of a step that leaves the state as it was where its gradients have overflowed, but for the loss's scale. */
function guarded(
  outputs: Readonly<Record<string, Tensor>>,
  gradient: readonly Tensor[],
  scaling: LossScale,
): Record<string, Tensor> {
  const norm = outputs["gradientNorm"] ?? globalNorm(gradient);
  const isGood = isFinite(norm);
  const kept = Object.entries(outputs).map(([output, next]): [string, Tensor] => {
    const name = output.replace(/^next:/, "");
    const leaf = holdsParameters(name) ? parameter : input;
    return [output, name === output ? next : where(isGood, next, leaf(name, next.shape))];
  });
  return { ...Object.fromEntries(kept), [nextName(lossScaleState.name)]: scaling.next(norm) };
}

/** How the parameters lie in their vectors, and the statistics in theirs. */
function vectorsOf(layers: Layers): { weights: Layout[]; statistics: Layout } {
  const shapes = (map: Layers["parameters"]) =>
    [...map].map(([name, { tensor }]) => [name, tensor.shape] as const);
  return { weights: layoutsOf(shapes(layers.parameters)), statistics: layoutOf(shapes(layers.statistics)) };
}

function addSums(outputs: Record<string, Tensor>, gradient: readonly Tensor[], accumulate: number): void {
  gradient.forEach((g, n) => {
    const sum = input(sumName(n), g.shape);
    outputs[nextName(sumName(n))] = add(sum, mul(g, scalar(1 / accumulate)));
  });
}

function addUpdate(
  outputs: Record<string, Tensor>,
  gradient: readonly Tensor[],
  optimiser: OptimiserOptions,
): void {
  const weights = gradient.map((g, n) => parameter(weightsName(n), g.shape));
  const step = optimiserStep(weights, gradient, optimiser);
  outputs["gradientNorm"] = step.gradientNorm;
  for (const [name, tensor] of step.next) outputs[nextName(name)] = tensor;
}

/** The update alone, from summed gradients (gradient accumulation). */
export function updateGraph(layers: Layers, optimiser: OptimiserOptions): Record<string, Tensor> {
  const outputs: Record<string, Tensor> = {};
  const sums = vectorsOf(layers).weights.map(({ shape }, n) => input(sumName(n), shape));
  addUpdate(outputs, sums, optimiser);
  return outputs;
}

/** The same outputs with every parameter and statistic cut out of its vector: the last rewrite of a step. */
export function readVectors(
  outputs: Readonly<Record<string, Tensor>>,
  layers: Layers,
): Record<string, Tensor> {
  const { weights, statistics } = vectorsOf(layers);
  const cut = (map: Layers["parameters"], name: string, layout: Layout) => {
    const vector = parameter(name, layout.shape);
    return [...layout.entries.keys()].map((key) => {
      const { tensor } = map.get(key) as { tensor: Tensor };
      return [tensor, partOf(vector, layout, key)] as const;
    });
  };
  return replaced(
    outputs,
    new Map([
      ...weights.flatMap((layout, n) => cut(layers.parameters, weightsName(n), layout)),
      ...cut(layers.statistics, statisticsName, statistics),
    ]),
  );
}

/** Everything a training keeps between steps. */
export function stateVectors(layers: Layers, options: StepOptions): StateVector[] {
  const { weights, statistics } = vectorsOf(layers);
  const vectors = (nameOf: (name: string) => string) =>
    weights.map((layout, n) => ({ name: nameOf(weightsName(n)), layout, nameOf }));
  return [
    ...vectors((name) => name),
    ...(layers.statistics.size > 0
      ? [{ name: statisticsName, layout: statistics, nameOf: (name: string) => name }]
      : []),
    ...slotNames(options.optimiser).flatMap((slot) => vectors((name) => `${name}#${slot}`)),
    ...(options.accumulate > 1 ? vectors((name) => `sum:${name}`) : []),
    ...(options.precision === "float16" ? [lossScaleState] : []),
  ];
}
