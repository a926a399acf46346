/**
 * The training step: forward, loss, backward and update of a network as one ONNX model, and the state it works on. All
 * state is held twice; a step reads one set and writes the other, so that it allocates nothing.
 */
import { gradients } from "../autograd/gradient.js";
import {
  attentionLoss,
  crossEntropy,
  deepSupervision,
  focal,
  softDice,
  tversky,
} from "../autograd/losses.js";
import { compile } from "../autograd/onnx/compile.js";
import { add, mul } from "../autograd/operators/elementwise.js";
import { reshape } from "../autograd/operators/shape.js";
import {
  type Hyper,
  hyperValues,
  type OptimiserOptions,
  optimiserStep,
  slotNames,
} from "../autograd/optimiser.js";
import { type Device, floats, Session, type Value, value, type Values } from "../autograd/runtime.js";
import { input, scalar, type Shape, sizeOf, type Tensor } from "../autograd/tensor.js";
import type { Random } from "../base/random.js";
import { type DropoutMask, drawMask, initialValues, Layers } from "../networks/layers.js";
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

/** What one step reports. */
export interface StepResult {
  readonly loss: number;
  /** Soft Dice loss, mean over classes, where it is part of the loss. */
  readonly diceLoss: number;
  readonly gradientNorm: number;
}

export type State = Map<string, Float32Array<ArrayBuffer>>;

interface Slot {
  readonly name: string;
  readonly shape: Shape;
}

/** The graph of a step and the names of all it reads. */
interface StepGraph {
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
  return {
    total,
    dice: reshape(softDice(output.logits, labels, { ...options, background: false, batch: true }), [1]),
  };
}

function weightOf(weights: LossWeights, part: string): number {
  return Number(weights[part as keyof LossWeights]);
}

function stepGraph(options: StepOptions): StepGraph {
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
function updateGraph(layers: Layers, optimiser: OptimiserOptions): Record<string, Tensor> {
  const parameters = [...layers.parameters.values()].map((p) => p.tensor);
  const sums = parameters.map((p) => input(`sum:${p.name}`, p.shape));
  const outputs: Record<string, Tensor> = {};
  addUpdate(outputs, parameters, sums, optimiser);
  return outputs;
}

/** A network in training: its state and the compiled step. */
export class TrainingStep {
  private constructor(
    private readonly options: StepOptions,
    private readonly session: Session,
    private readonly update: Session | undefined,
    private readonly masks: readonly DropoutMask[],
    private readonly shapes: ReadonlyMap<string, Shape>,
    private current: Values,
    private spare: Values,
  ) {}

  /** Compiles the step. `initial` holds start values by state name; the rest is zero (moving averages: the weights). */
  static async create(options: StepOptions, initial: State): Promise<TrainingStep> {
    const graph = stepGraph(options);
    const session = await Session.open(compile(graph.outputs), sessionOptions(options));
    const accumulated =
      options.accumulate > 1 ? compile(updateGraph(graph.layers, options.optimiser)) : undefined;
    const update = accumulated ? await Session.open(accumulated, sessionOptions(options)) : undefined;
    const shapes = stateShapes(graph, options);
    const [current, spare] = [allocate(shapes), allocate(shapes)];
    const step = new TrainingStep(
      options,
      session,
      update,
      graph.layers.dropoutMasks,
      shapes,
      current,
      spare,
    );
    step.load(initial);
    return step;
  }

  /** Start values drawn from the seed. */
  static initialState(options: StepOptions, random: (name: string) => Random): State {
    return initialValues(stepGraph(options).layers, random);
  }

  /** Overwrites the state; moving averages that are not given start at the weights. */
  load(state: State): void {
    for (const [name, tensor] of Object.entries(this.current)) {
      const data =
        state.get(name) ?? (name.endsWith("#average") ? state.get(name.replace("#average", "")) : undefined);
      floats(tensor).fill(0);
      if (data) floats(tensor).set(data);
    }
  }

  /** The live state by name: parameters, running statistics, `parameter#slot`. Copy what must outlast the next step. */
  state(): State {
    return new Map(Object.entries(this.current).map(([name, tensor]) => [name, floats(tensor)]));
  }

  shapeOf(name: string): Shape {
    return this.shapes.get(name) ?? [];
  }

  /** The weights to use for prediction: their moving average where there is one, and the running statistics. */
  weights(): State {
    const all = this.state();
    const plain = [...all].filter(([name]) => !name.includes("#") && !name.startsWith("sum:"));
    return new Map(plain.map(([name, data]) => [name, all.get(`${name}#average`) ?? data]));
  }

  /**
   * One step on a batch: images [N, C, …], labels [N, …]. `iteration` counts batches from 0; `random` draws the dropout
   * masks and must depend on the iteration alone, so that a resumed run repeats it.
   */
  async run(
    images: Float32Array,
    labels: Uint8Array,
    learningRate: number,
    iteration: number,
    random: Random,
  ): Promise<StepResult> {
    const { batch, channels, patch, accumulate } = this.options;
    const feeds: Values = {
      image: value(images, [batch, channels, ...patch]),
      labels: value(labels, [batch, ...patch]),
    };
    for (const mask of this.masks)
      feeds[mask.tensor.name as string] = value(drawMask(mask, random), mask.tensor.shape);
    if (accumulate === 1)
      return this.execute(this.session, { ...feeds, ...this.hyper(learningRate, iteration) });
    const result = await this.execute(this.session, feeds);
    if ((iteration + 1) % accumulate !== 0) return result;
    const updates = Math.floor(iteration / accumulate);
    const { gradientNorm } = await this.execute(this.update as Session, this.hyper(learningRate, updates));
    for (const [name, tensor] of Object.entries(this.current))
      if (name.startsWith("sum:")) floats(tensor).fill(0);
    return { ...result, gradientNorm };
  }

  private hyper(learningRate: number, iteration: number): Values {
    const { optimiser, averaging } = this.options;
    const numbers = hyperValues(optimiser, learningRate, iteration, averaging);
    const names = Object.keys(numbers) as (keyof Hyper)[];
    return Object.fromEntries(
      names.map((name) => [`hyper.${name}`, value(Float32Array.of(numbers[name]), [1])]),
    );
  }

  /** Runs a model that reads the current set and writes the spare one; what it does not write stays as it is. */
  private async execute(session: Session, extra: Values): Promise<StepResult> {
    const feeds: Values = {};
    for (const name of session.inputs) feeds[name] = extra[name] ?? this.current[name];
    const fetches: Values = {};
    const reports: Record<string, Value | null> = {};
    for (const output of session.outputs) {
      const name = output.replace(/^next:/, "");
      if (name === output) reports[output] = null;
      else fetches[output] = this.spare[name];
    }
    const results = await session.run(feeds, { ...fetches, ...reports } as Values);
    for (const output of Object.keys(fetches)) {
      const name = output.replace(/^next:/, "");
      [this.current[name], this.spare[name]] = [this.spare[name], this.current[name]];
    }
    const number = (name: string) => (results[name] ? (floats(results[name])[0] ?? NaN) : NaN);
    return { loss: number("loss"), diceLoss: number("dice"), gradientNorm: number("gradientNorm") };
  }

  async close(): Promise<void> {
    await this.session.close();
    await this.update?.close();
  }
}

function sessionOptions({ device, threads, profile }: StepOptions) {
  return {
    device,
    ...(threads === undefined ? {} : { threads }),
    ...(profile === undefined ? {} : { profile }),
  };
}

function stateShapes(graph: StepGraph, options: StepOptions): Map<string, Shape> {
  const shapes = new Map<string, Shape>(graph.slots.map(({ name, shape }) => [name, shape]));
  for (const [name, { tensor }] of graph.layers.parameters) {
    shapes.set(name, tensor.shape);
    for (const slot of slotNames(options.optimiser)) shapes.set(`${name}#${slot}`, tensor.shape);
    if (options.accumulate > 1) shapes.set(`sum:${name}`, tensor.shape);
  }
  return shapes;
}

function allocate(shapes: ReadonlyMap<string, Shape>): Values {
  return Object.fromEntries(
    [...shapes].map(([name, shape]) => [name, value(new Float32Array(sizeOf(shape)), shape)]),
  );
}
