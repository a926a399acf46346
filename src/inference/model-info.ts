/** What a model file says of itself, read without its weights. */
import { z } from "zod";
import { inspectOnnx, type OnnxSummary } from "../autograd/onnx/inspect.js";
import { MarrowError } from "../base/errors.js";
import { type Plan, planSchema } from "../study/types.js";

export interface ModelInfo extends OnnxSummary {
  readonly file: string;
  readonly plan: Plan;
  readonly training: Readonly<Record<string, unknown>>;
}

/** Throws MODEL_INVALID for a file that is damaged or not Marrow's. */
export async function modelInfo(file: string): Promise<ModelInfo> {
  const summary = await inspectOnnx(file);
  const invalid = (found: string) => new MarrowError("MODEL_INVALID", { file, found });
  const plan = planSchema.safeParse(jsonOf(summary.metadata.get("marrow.plan")));
  if (!summary.metadata.has("marrow.plan")) throw invalid("an ONNX model without a plan in its metadata");
  if (!plan.success) throw invalid(`a plan that cannot be used: ${z.prettifyError(plan.error)}`);
  const training = jsonOf(summary.metadata.get("marrow.training"));
  const isRecord = typeof training === "object" && training !== null;
  return {
    ...summary,
    file,
    plan: plan.data,
    training: isRecord ? (training as Record<string, unknown>) : {},
  };
}

function jsonOf(text = ""): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
