/**
 * A trained classifier is one ONNX file, like a segmentation model: inputs `image`, `roi` and, where clinical variables are
 * used, `clinical`; outputs `logit` and the calibrated `probability` of the positive class, both [1, 1]. Its metadata have
 * the temperature and the operating point beside the plan.
 */
import { forDevice } from "../autograd/for-device.js";
import { compile } from "../autograd/onnx/compile.js";
import { add, mul, sigmoid } from "../autograd/operators/elementwise.js";
import { type Device, floats, Session, value, type Values } from "../autograd/runtime.js";
import { scalar, type Shape } from "../autograd/tensor.js";
import { z } from "zod";
import { MarrowError } from "../base/errors.js";
import { classificationOf, classifierGraph } from "./classifier-graph.js";
import { type ModelDescription, parsed } from "./model.js";
import { openSession, readModelFile, saveModel } from "./model-file.js";

/** How a classifier's logit becomes a probability and a decision. */
export const decisionSchema = z.object({
  temperature: z.number().positive(),
  /** Log odds of the positive class in training, which the balanced loss took out. */
  priorLogit: z.number(),
  /** Probabilities above this are called positive. */
  threshold: z.number().min(0).max(1),
  /** Validation cases on which temperature and threshold were chosen; 0: they are 1 and 0.5. */
  cases: z.int().min(0),
});
export type ModelDecision = z.infer<typeof decisionSchema>;

/** What a classifier is shown of one case: the window [C, D, H, W], its ROI [D, H, W], the clinical numbers. */
export interface ClassifierInput {
  readonly image: Float32Array<ArrayBuffer>;
  readonly roi: Uint8Array<ArrayBuffer>;
  readonly clinical: Float32Array<ArrayBuffer>;
}

export type PredictLogit = (input: ClassifierInput) => Promise<number>;

export interface Classifier extends ModelDescription {
  readonly decision: ModelDecision;
  readonly predict: PredictLogit;
  readonly close: () => Promise<void>;
}

export async function writeClassifier(
  path: string,
  description: ModelDescription,
  decision: ModelDecision,
  weights: ReadonlyMap<string, Float32Array>,
): Promise<void> {
  const { logit } = classifierGraph(description.plan);
  const { temperature, priorLogit } = decision;
  const probability = sigmoid(add(mul(logit, scalar(1 / temperature)), scalar(priorLogit)));
  const { column, positive } = classificationOf(description.plan);
  await saveModel(path, { logit, probability }, description, weights, {
    "marrow.decision": JSON.stringify(decision),
    "marrow.classes": JSON.stringify({ column, positive }),
  });
}

/** Opens an exported classifier. Throws MODEL_INVALID for a file that is none. */
export async function openClassifier(path: string, device: Device = "cpu"): Promise<Classifier> {
  const { description, metadata, bytes } = await readModelFile(path);
  if (!description.plan.classification)
    throw new MarrowError("MODEL_INVALID", {
      file: path,
      expected: "a classifier",
      found: "a segmentation model",
      next: "Use `marrow segment` with this model.",
    });
  const decision = decisionSchema.safeParse(parsed(metadata.get("marrow.decision")));
  if (!decision.success)
    throw new MarrowError("MODEL_INVALID", {
      file: path,
      found: "a classifier without temperature and operating point",
    });
  const session = await openSession({ bytes }, path, device);
  const { inputs } = classifierGraph(description.plan);
  return {
    ...description,
    decision: decision.data,
    predict: logitOf(session, inputs, {}),
    close: () => session.close(),
  };
}

/** A compiled classifier whose weights are fed, so that it need not be compiled again while they change. */
export class TrainingClassifier {
  private constructor(
    private readonly session: Session,
    private readonly inputs: ReadonlyMap<string, Shape>,
    private readonly stored: ReadonlyMap<string, Shape>,
  ) {}

  static async create(plan: ModelDescription["plan"], device: Device): Promise<TrainingClassifier> {
    const { layers, inputs, logit } = classifierGraph(plan);
    const outputs = await forDevice({ logit }, device);
    const stored = [...layers.parameters, ...layers.statistics];
    return new TrainingClassifier(
      await Session.open(compile(outputs), { device }),
      inputs,
      new Map(stored.map(([name, { tensor }]) => [name, tensor.shape])),
    );
  }

  /** Predicts with these weights, by parameter name. */
  with(weights: ReadonlyMap<string, Float32Array>): PredictLogit {
    const feeds: Values = {};
    for (const [name, shape] of this.stored) {
      const data = weights.get(name);
      if (data && this.session.inputs.includes(name)) feeds[name] = value(data, shape);
    }
    return logitOf(this.session, this.inputs, feeds);
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

function logitOf(session: Session, inputs: ReadonlyMap<string, Shape>, weights: Values): PredictLogit {
  return async (given) => {
    const feeds: Values = { ...weights };
    for (const [name, shape] of inputs) feeds[name] = value(given[name as keyof ClassifierInput], shape);
    return floats((await session.run(feeds))["logit"])[0];
  };
}
