/**
 * A trained model is one ONNX file: the inference graph with its weights, and in its metadata all that `segment` needs:
 * plan (pre- and post-processing, labels, test-time augmentation), how it was trained, licence and intended use. Stock
 * ONNX Runtime runs it: input `image` [1, channels, …patch], output `probabilities` [1, classes, …patch]. Here its bytes
 * are understood; files and the runtime are model-file.ts's, so that browsers read models with this too.
 */
import { z } from "zod";
import type { Message } from "../autograd/onnx/schema.js";
import { decode } from "../autograd/onnx/wire.js";
import type { Shape } from "../autograd/tensor.js";
import { MarrowError } from "../base/errors.js";
import { type Plan, planSchema } from "../study/types.js";
import type { PredictWindow } from "./window-model.js";

export interface ModelDescription {
  readonly plan: Plan;
  /** How it was trained, for people: version, seed, fold, iterations, scores. */
  readonly training: Readonly<Record<string, unknown>>;
}

export interface Model extends ModelDescription {
  readonly predict: PredictWindow;
  readonly close: () => Promise<void>;
}

/** A model file, read and not yet run. */
export interface ModelFile {
  readonly description: ModelDescription;
  readonly imageShape: Shape;
  readonly metadata: ReadonlyMap<string, string>;
  readonly model: Message<"ModelProto">;
  readonly bytes: Uint8Array;
}

/** Understands a model file's bytes; `file` names it in errors. Throws MODEL_INVALID. */
export function readModel(bytes: Uint8Array, file: string): ModelFile {
  let model: Message<"ModelProto">;
  try {
    model = decode("ModelProto", bytes);
  } catch {
    throw new MarrowError("MODEL_INVALID", { file, found: "bytes that are no ONNX model" });
  }
  const metadata = new Map(model.metadataProps?.map(({ key = "", value = "" }) => [key, value]));
  const image = model.graph?.input?.find((i) => i.name === "image");
  const imageShape = image?.type?.tensorType?.shape?.dim?.map((d) => d.dimValue ?? 1) ?? [];
  return { description: describeModel(metadata, file), imageShape, metadata, model, bytes };
}

/** What a model's metadata say of it. Throws MODEL_INVALID where they hold no plan that can be used. */
export function describeModel(metadata: ReadonlyMap<string, string>, file: string): ModelDescription {
  const invalid = (found: string) => new MarrowError("MODEL_INVALID", { file, found });
  const text = metadata.get("marrow.plan");
  if (text === undefined) throw invalid("an ONNX model without a plan in its metadata");
  const plan = planSchema.safeParse(parsed(text));
  if (!plan.success) throw invalid(`a plan that cannot be used: ${z.prettifyError(plan.error)}`);
  const training = parsed(metadata.get("marrow.training"));
  const isRecord = typeof training === "object" && training !== null;
  return { plan: plan.data, training: isRecord ? (training as Record<string, unknown>) : {} };
}

/** The value of JSON text; undefined where it is none. */
export function parsed(text = ""): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Throws MODEL_INVALID for a classifier. */
export function requireSegmentation({ plan }: ModelDescription, file: string): void {
  if (!plan.classification) return;
  throw new MarrowError("MODEL_INVALID", {
    file,
    expected: "a segmentation model",
    found: "a classifier",
    next: "Use `marrow classify` with this model.",
  });
}
