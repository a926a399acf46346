/** What a model file says of itself, read without its weights. */
import type { OnnxSummary } from "../autograd/onnx/inspect.js";
import { inspectOnnxFile } from "../autograd/onnx/inspect-file.js";
import { describeModel, type ModelDescription } from "./model.js";

export interface ModelInfo extends OnnxSummary, ModelDescription {
  readonly file: string;
}

/** Throws MODEL_INVALID for a file that is damaged or not Marrow's. */
export async function modelInfo(file: string): Promise<ModelInfo> {
  const summary = await inspectOnnxFile(file);
  return { ...summary, ...describeModel(summary.metadata, file), file };
}
