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
import { add, mul } from "../autograd/operators/elementwise.js";
import { reshape } from "../autograd/operators/shape.js";
import { type OptimiserOptions, optimiserStep, slotNames } from "../autograd/optimiser.js";
import type { Device } from "../autograd/runtime.js";
import { input, scalar, type Shape, type Tensor } from "../autograd/tensor.js";
import { Layers } from "../networks/layers.js";
import type { Network, NetworkOptions, NetworkOutput } from "../networks/network.js";

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
  readonly device: Device;
  readonly threads?: number;
  readonly profile?: string;
}

interface Slot {
  readonly name: string;
  readonly shape: Shape;
}

/** The graph of a step and the names of all it reads. */
export interface StepGraph {
  readonly outputs: Record<string, Tensor>;
  readonly layers: Layers;
  readonly slots: readonly Slot[];
}

const nextName = (name: string) => `next:${name}`;

function totalLoss(
  output: NetworkOutput,
  labels: Tensor,
  weights: LossWeights,
): { total: Tensor; dice: Tensor } {
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
    dice: reshape(softDice(output.logits, labels, { ...options, background: false, batch: true }), [1]),
  };
}

function weightOf(weights: LossWeights, part: string): number {
  return Number(weights[part as keyof LossWeights]);
}

export function stepGraph(options: StepOptions): StepGraph {
  const layers = new Layers(true);
  const image = input("image", [options.batch, options.channels, ...options.patch]);
  const labels = input("labels", [options.batch, ...options.patch], "uint8");
  const output = options.network.build(layers, image, options.networkOptions);
  const { total, dice } = totalLoss(output, labels, options.loss);
  const parameters = [...layers.parameters].map(([name, { tensor }]) => ({ name, tensor }));
  const grads = gradients(
    total,
    parameters.map((p) => p.tensor),
  );
  const outputs: Record<string, Tensor> = { loss: total, dice };
  const slots: Slot[] = [];
  for (const [name, { tensor }] of layers.statistics) {
    slots.push({ name, shape: tensor.shape });
    outputs[nextName(name)] = layers.updates.get(name) as Tensor;
  }
  if (options.accumulate > 1) {
    const shares = grads.map((g) => mul(g, scalar(1 / options.accumulate)));
    parameters.forEach(({ name, tensor }, i) => {
      const sum = input(`sum:${name}`, tensor.shape);
      outputs[nextName(`sum:${name}`)] = add(sum, shares[i]);
    });
  } else {
    addUpdate(
      outputs,
      parameters.map((p) => p.tensor),
      grads,
      options.optimiser,
    );
  }
  return { outputs, layers, slots };
}

function addUpdate(
  outputs: Record<string, Tensor>,
  parameters: readonly Tensor[],
  grads: readonly Tensor[],
  optimiser: OptimiserOptions,
): void {
  const step = optimiserStep(parameters, grads, optimiser);
  outputs["gradientNorm"] = step.gradientNorm;
  for (const [name, tensor] of step.next) outputs[nextName(name)] = tensor;
}

/** The update alone, from summed gradients (gradient accumulation). */
export function updateGraph(layers: Layers, optimiser: OptimiserOptions): Record<string, Tensor> {
  const parameters = [...layers.parameters.values()].map((p) => p.tensor);
  const sums = parameters.map((p) => input(`sum:${p.name}`, p.shape));
  const outputs: Record<string, Tensor> = {};
  addUpdate(outputs, parameters, sums, optimiser);
  return outputs;
}

/** Extents of everything a training keeps between steps, by state name. */
export function stateShapes(graph: StepGraph, options: StepOptions): Map<string, Shape> {
  const shapes = new Map<string, Shape>(graph.slots.map(({ name, shape }) => [name, shape]));
  for (const [name, { tensor }] of graph.layers.parameters) {
    shapes.set(name, tensor.shape);
    for (const slot of slotNames(options.optimiser)) shapes.set(`${name}#${slot}`, tensor.shape);
    if (options.accumulate > 1) shapes.set(`sum:${name}`, tensor.shape);
  }
  return shapes;
}
