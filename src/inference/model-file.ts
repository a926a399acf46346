/** Writes and opens model files. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { channelBlock } from "../autograd/blocked/probe.js";
import { compile } from "../autograd/onnx/compile.js";
import { inspectOnnxFile } from "../autograd/onnx/inspect-file.js";
import { portable } from "../autograd/portable/rewrite.js";
import { type Device, Session } from "../autograd/runtime.js";
import type { Tensor } from "../autograd/tensor.js";
import { collectGarbage } from "../base/collect-garbage.js";
import { asMarrowError, MarrowError } from "../base/errors.js";
import { blockedModel, type SplitModel } from "./blocked-model.js";
import { inferenceGraph } from "./graph.js";
import {
  type Model,
  type ModelDescription,
  type ModelFile,
  readModel,
  requireSegmentation,
} from "./model.js";
import { filePredictor, type PredictWindow } from "./window-model.js";

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
  const { description, imageShape, ...model } = await prepared(path, device);
  // The file itself is garbage by now, and the runtime is about to hold the weights twice.
  collectGarbage();
  const session = await openSession(model, path, device);
  const predict = oncePrepared(filePredictor(session, imageShape), collectGarbage);
  return { ...description, predict, close: () => session.close() };
}

/** A model file as this machine runs it best. */
async function prepared(path: string, device: Device) {
  const { description, imageShape, model, bytes } = await readModelFile(path);
  requireSegmentation(description, path);
  const blocked = await blockedModel(model, description.plan, await channelBlock(device));
  return { description, imageShape, ...(blocked ?? { bytes }) };
}

/**
 * Prepares before the first prediction. What a model was read and opened with is garbage by then, and prediction is where
 * memory peaks.
 */
function oncePrepared(predict: PredictWindow, prepare: () => void): PredictWindow {
  let isPrepared = false;
  return (window) => {
    if (!isPrepared) prepare();
    isPrepared = true;
    return predict(window);
  };
}

/** A session of a model file's graph. Throws MODEL_INVALID where the graph is damaged. */
export async function openSession(
  { bytes, weights }: { bytes: Uint8Array; weights?: SplitModel["weights"] },
  path: string,
  device: Device,
): Promise<Session> {
  return Session.open(bytes, { device, ...(weights && { weights }) }).catch((error: unknown) => {
    const { code, details } = asMarrowError(error);
    if (code !== "INTERNAL") throw error;
    throw new MarrowError("MODEL_INVALID", {
      file: path,
      found: details.found ?? "a damaged graph",
      cause: error,
    });
  });
}

/** Reads a model file of either kind. Throws MODEL_INVALID, and as reading a file does. */
export async function readModelFile(path: string): Promise<ModelFile> {
  await inspectOnnxFile(path);
  const bytes = await readFile(path).catch((error: unknown) => {
    throw asMarrowError(error, path);
  });
  return readModel(bytes, path);
}
