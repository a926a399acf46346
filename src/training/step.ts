/**
 * The training step: forward, loss, backward and update of a network as one ONNX model, and the state it works on. A
 * step returns the next state as a whole, so one that fails has not touched the old one.
 */
import { forDevice } from "../autograd/for-device.js";
import { requireHalf } from "../autograd/half-probe.js";
import { compile } from "../autograd/onnx/compile.js";
import { type Hyper, hyperValues } from "../autograd/optimiser.js";
import { recompute } from "../autograd/recompute.js";
import { floats, Session, type Value, value, type Values } from "../autograd/runtime.js";
import { type Shape, sizeOf } from "../autograd/tensor.js";
import { collectGarbage } from "../base/collect-garbage.js";
import type { Random } from "../base/random.js";
import { drawMask, drawUniform, initialValues, type Layers } from "../networks/layers.js";
import { readVectors, stateVectors, stepGraph, type StepOptions, updateGraph } from "./step-graph.js";
import { type State, StepState, staysOnDevice } from "./step-state.js";

/** What one step reports. */
export interface StepResult {
  readonly loss: number;
  /** 1 − score of the batch: of soft Dice over the foreground, or of the share of cases classified rightly. */
  readonly scoreLoss: number;
  readonly gradientNorm: number;
}

/** Elements of one image (64 MB) from which it pays to compute a convolution twice rather than keep its result. */
const largeResult = 2 ** 24;
/** Elements of a state (64 MB) from which a step's old state is returned at once. */
const largeState = 2 ** 24;

export type { State };

/** A network in training: its state and the compiled step. */
export class TrainingStep {
  private constructor(
    private readonly options: StepOptions,
    private readonly session: Session,
    private readonly update: Session | undefined,
    private readonly layers: Layers,
    private readonly shapes: ReadonlyMap<string, Shape>,
    private readonly current: StepState,
    private readonly isLarge: boolean,
  ) {}

  /** Compiles the step. `initial` holds start values by state name; the rest is zero (moving averages: the weights). */
  static async create(options: StepOptions, initial: State): Promise<TrainingStep> {
    const graph = stepGraph(options);
    const lean = recompute(graph.outputs, graph.outputs["loss"], largeResult);
    const { device, precision } = options;
    if (precision === "float16" && device !== "cpu") await requireHalf(device);
    const outputs = readVectors(await forDevice(lean, device, precision), graph.layers);
    const session = await Session.open(compile(outputs), sessionOptions(options, Object.keys(outputs)));
    const updated = options.accumulate > 1 ? updateGraph(graph.layers, options.optimiser) : undefined;
    const update =
      updated && (await Session.open(compile(updated), sessionOptions(options, Object.keys(updated))));
    const vectors = stateVectors(graph.layers, options);
    const shapes = vectors.flatMap(({ layout, nameOf }) =>
      [...layout.entries].map(([name, { shape }]) => [nameOf(name), shape] as const),
    );
    const state = new StepState(vectors, device);
    const isLarge = vectors.reduce((sum, { layout }) => sum + sizeOf(layout.shape), 0) >= largeState;
    const step = new TrainingStep(options, session, update, graph.layers, new Map(shapes), state, isLarge);
    step.load(initial);
    return step;
  }

  /** Start values drawn from the seed. */
  static initialState(options: StepOptions, random: (name: string) => Random): State {
    return initialValues(stepGraph(options).layers, random);
  }

  /** Overwrites the state; moving averages that are not given start at the weights. */
  load(state: State): void {
    this.current.load(state);
  }

  /** Copies the state here from a device that keeps it; to be called before `state` and `weights`. */
  async bringHome(): Promise<void> {
    await this.current.bringHome();
  }

  /** The live state by name: parameters, running statistics, `parameter#slot`. Copy what must outlast the next step. */
  state(): State {
    return this.current.read();
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
   * One step on a batch: images [N, C, …], labels [N, …], and what else the loss reads. `iteration` counts batches from
   * 0; `random` draws dropout masks and random points and must depend on the iteration alone, so that a resumed run
   * repeats it.
   */
  async run(
    images: Float32Array,
    labels: Uint8Array,
    learningRate: number,
    iteration: number,
    random: Random,
    others: Values = {},
  ): Promise<StepResult> {
    const { batch, channels, patch, accumulate } = this.options;
    const feeds: Values = {
      ...others,
      image: value(images, [batch, channels, ...patch]),
      labels: value(labels, [batch, ...patch]),
    };
    for (const mask of this.layers.dropoutMasks)
      feeds[mask.tensor.name as string] = value(drawMask(mask, random), mask.tensor.shape);
    for (const tensor of this.layers.uniforms)
      feeds[tensor.name as string] = value(drawUniform(tensor, random), tensor.shape);
    if (accumulate === 1)
      return this.advance(this.session, { ...feeds, ...this.hyper(learningRate, iteration) });
    const result = await this.advance(this.session, feeds);
    if ((iteration + 1) % accumulate !== 0) return result;
    const updates = Math.floor(iteration / accumulate);
    const { gradientNorm } = await this.advance(this.update as Session, this.hyper(learningRate, updates));
    this.current.clear("sum:");
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

  private async advance(session: Session, extra: Values): Promise<StepResult> {
    const result = await this.execute(session, extra);
    if (this.isLarge) collectGarbage();
    return result;
  }

  /** Runs a model that reads the state and returns the next one; what it does not return stays as it is. */
  private async execute(session: Session, extra: Values): Promise<StepResult> {
    const feeds: Values = {};
    for (const name of session.inputs) feeds[name] = extra[name] ?? (this.current.get(name) as Value);
    const results = await session.run(feeds);
    for (const output of session.outputs) {
      const name = output.replace(/^next:/, "");
      if (name !== output) this.current.set(name, results[output]);
    }
    const number = (name: string) => (results[name] ? (floats(results[name])[0] ?? NaN) : NaN);
    return { loss: number("loss"), scoreLoss: number("scoreLoss"), gradientNorm: number("gradientNorm") };
  }

  async close(): Promise<void> {
    await this.session.close();
    await this.update?.close();
    await this.current.close();
  }
}

function sessionOptions({ device, threads, profile }: StepOptions, outputs: readonly string[]) {
  return {
    device,
    ...(staysOnDevice(device) ? { keepOnDevice: outputs.filter((name) => name.startsWith("next:")) } : {}),
    ...(threads === undefined ? {} : { threads }),
    ...(profile === undefined ? {} : { profile }),
  };
}
