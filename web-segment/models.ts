/** What dropped model files say of themselves; their weights are read by the worker alone. */
import { inspectOnnx } from "../src/autograd/onnx/inspect.js";
import { describeModel, requireSegmentation } from "../src/inference/model.js";
import { requireEnsemble } from "../src/inference/segment.js";
import type { Plan } from "../src/study/types.js";
import { sourceOf } from "./bytes.js";

export interface ChosenModels {
  readonly files: readonly File[];
  readonly plan: Plan;
}

/** Checks the files. Throws MODEL_INVALID, MODEL_MISMATCH. */
export async function readModels(files: readonly File[]): Promise<ChosenModels> {
  const descriptions = [];
  for (const file of files) {
    const { metadata } = await inspectOnnx(sourceOf(file), file.name);
    const description = describeModel(metadata, file.name);
    requireSegmentation(description, file.name);
    descriptions.push(description);
  }
  const names = files.map(({ name }) => name);
  return { files, plan: requireEnsemble(descriptions, names) };
}

/** One line: network, labels, images it wants, passes. */
export function modelLine({ files, plan }: ChosenModels): string {
  const { networks, labels, channels, inference } = plan;
  const mirrored = 2 ** inference.mirror.filter(Boolean).length;
  const passes = (mirrored + 3 * inference.noisyPasses) * files.length;
  const names = files.map(({ name }) => name).join(", ");
  return `${names}: ${networks[0].name}, ${labels.map(({ name }) => name).join(", ")} on ${channels.join(" + ")}; ${passes} ${passes === 1 ? "pass" : "passes"} a window`;
}
