/**
 * A trained model is one ONNX file: the inference graph with its weights, and in its metadata all that `segment` needs:
 * plan (pre- and post-processing, labels, test-time augmentation), how it was trained, licence and intended use. Stock
 * ONNX Runtime runs it: input `image` [1, channels, …patch], output `probabilities` [1, classes, …patch].
 */
import { readFile, rename, writeFile } from "node:fs/promises";
import { channelBlock } from "../autograd/blocked/probe.js";
import { compile } from "../autograd/onnx/compile.js";
import type { Message } from "../autograd/onnx/schema.js";
import { inspectOnnx } from "../autograd/onnx/inspect.js";
import { decode } from "../autograd/onnx/wire.js";
import { portable } from "../autograd/portable/rewrite.js";
import { type Device, Session } from "../autograd/runtime.js";
import type { Shape, Tensor } from "../autograd/tensor.js";
import { z } from "zod";
import { asMarrowError, MarrowError } from "../base/errors.js";
import { type Plan, planSchema } from "../study/types.js";
import { blockedModel } from "./blocked-model.js";
import { inferenceGraph } from "./graph.js";
import { filePredictor, type PredictWindow } from "./window-model.js";

export interface ModelDescription {
  readonly plan: Plan;
  /** How it was trained, for people: version, seed, fold, iterations, scores. */
  readonly training: Readonly<Record<string, unknown>>;
}

export interface Model extends ModelDescription {
  readonly predict: PredictWindow;
  readonly close: () => Promise<void>;
}

const notice = "Research use only. Not a medical device.";

export async function writeModel(
  path: string,
  description: ModelDescription,
  weights: ReadonlyMap<string, Float32Array>,
): Promise<void> {
  const { probabilities } = inferenceGraph(description.plan);
  await saveModel(path, { probabilities }, description, weights);
}

/** Writes a model of these outputs, with the metadata that every model has and `more`. */
export async function saveModel(
  path: string,
  outputs: Readonly<Record<string, Tensor>>,
  { plan, training }: ModelDescription,
  weights: ReadonlyMap<string, Float32Array>,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const metadata = {
    "marrow.format": "1",
    "marrow.plan": JSON.stringify(plan),
    "marrow.training": JSON.stringify(training),
    "marrow.labels": JSON.stringify({
      background: 0,
      ...Object.fromEntries(plan.labels.map((l) => [l.name, l.value])),
    }),
    "marrow.notice": notice,
    licence: "Apache-2.0 (graph); weights: as the data they were trained on",
    ...more,
  };
  const bytes = compile(portable(outputs), {
    stored: weights,
    metadata,
    description: `${plan.networks[0].name} for ${plan.task}. ${notice}`,
  });
  try {
    await writeFile(`${path}.part`, bytes, { flush: true });
    await rename(`${path}.part`, path);
  } catch (error) {
    throw asMarrowError(error, path);
  }
}

/** Opens an exported segmentation model. Throws MODEL_INVALID for an ONNX file that is not Marrow's, or a classifier. */
export async function openModel(path: string, device: Device = "cpu"): Promise<Model> {
  const { description, imageShape, model, bytes } = await readModelFile(path);
  if (description.plan.classification)
    throw new MarrowError("MODEL_INVALID", {
      file: path,
      expected: "a segmentation model",
      found: "a classifier",
      next: "Use `marrow classify` with this model.",
    });
  const blocked = blockedModel(model, description.plan, await channelBlock(device));
  const session = await openSession(blocked ?? bytes, path, device);
  return { ...description, predict: filePredictor(session, imageShape), close: () => session.close() };
}

/** A session of a model file's graph. Throws MODEL_INVALID where the graph is damaged. */
export async function openSession(bytes: Uint8Array, path: string, device: Device): Promise<Session> {
  return Session.open(bytes, { device }).catch((error: unknown) => {
    const { code, details } = asMarrowError(error);
    if (code !== "INTERNAL") throw error;
    throw new MarrowError("MODEL_INVALID", {
      file: path,
      found: details.found ?? "a damaged graph",
      cause: error,
    });
  });
}

/** A model file, read and not yet run. */
export interface ModelFile {
  readonly description: ModelDescription;
  readonly imageShape: Shape;
  readonly metadata: ReadonlyMap<string, string>;
  readonly model: Message<"ModelProto">;
  readonly bytes: Uint8Array;
}

/** Reads a model file of either kind. Throws MODEL_INVALID, and as reading a file does. */
export async function readModelFile(path: string): Promise<ModelFile> {
  await inspectOnnx(path);
  const bytes = await readFile(path).catch((error: unknown) => {
    throw asMarrowError(error, path);
  });
  return { ...describe(bytes, path), bytes };
}

function describe(bytes: Uint8Array, file: string): Omit<ModelFile, "bytes"> {
  const invalid = (found: string) => new MarrowError("MODEL_INVALID", { file, found });
  let model: Message<"ModelProto">;
  try {
    model = decode("ModelProto", bytes);
  } catch {
    throw invalid("bytes that are no ONNX model");
  }
  const metadata = new Map(model.metadataProps?.map(({ key = "", value = "" }) => [key, value]));
  const text = metadata.get("marrow.plan");
  if (text === undefined) throw invalid("an ONNX model without a plan in its metadata");
  const plan = planSchema.safeParse(parsed(text));
  if (!plan.success) throw invalid(`a plan that cannot be used: ${z.prettifyError(plan.error)}`);
  const training = (parsed(metadata.get("marrow.training")) ?? {}) as Record<string, unknown>;
  const image = model.graph?.input?.find((i) => i.name === "image");
  const imageShape = image?.type?.tensorType?.shape?.dim?.map((d) => d.dimValue ?? 1) ?? [];
  return { description: { plan: plan.data, training }, imageShape, metadata, model };
}

/** The value of JSON text; undefined where it is none. */
export function parsed(text = ""): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
