/** A network that predicts one window at a time: from an exported file, or with weights that are still being trained. */
import { forDevice } from "../autograd/for-device.js";
import { compile } from "../autograd/onnx/compile.js";
import { type Device, floats, Session, value, type Values } from "../autograd/runtime.js";
import type { Shape } from "../autograd/tensor.js";
import type { Plan } from "../study/types.js";
import { inferenceGraph } from "./graph.js";

/** Probabilities [classes, D, H, W] of a window [C, D, H, W], whose D counts the slices seen beside those predicted. */
export type PredictWindow = (window: Float32Array) => Promise<Float32Array>;

/** A compiled network whose weights are fed, so that it need not be compiled again while they change. */
export class TrainingPredictor {
  private constructor(
    private readonly session: Session,
    private readonly imageShape: Shape,
    private readonly shapes: ReadonlyMap<string, Shape>,
  ) {}

  static async create(plan: Plan, device: Device): Promise<TrainingPredictor> {
    const { layers, probabilities, imageShape } = inferenceGraph(plan);
    const outputs = await forDevice({ probabilities }, device);
    const session = await Session.open(compile(outputs), { device });
    const stored = [...layers.parameters, ...layers.statistics];
    return new TrainingPredictor(
      session,
      imageShape,
      new Map(stored.map(([name, { tensor }]) => [name, tensor.shape])),
    );
  }

  /** Predicts with these weights, by parameter name. */
  with(weights: ReadonlyMap<string, Float32Array>): PredictWindow {
    const feeds: Values = {};
    for (const [name, shape] of this.shapes) {
      const data = weights.get(name);
      if (data && this.session.inputs.includes(name)) feeds[name] = value(data, shape);
    }
    return async (window) => {
      const results = await this.session.run({ ...feeds, image: value(window, this.imageShape) });
      return floats(results["probabilities"]);
    };
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

/** A predictor of an opened exported model. */
export function filePredictor(session: Session, imageShape: Shape): PredictWindow {
  return async (window) => {
    const results = await session.run({ image: value(window, imageShape) });
    return floats(results["probabilities"]);
  };
}
