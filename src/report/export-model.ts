/** Writes the models of a run for others: one self-describing file a fold, and the model card. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decode, encode } from "../autograd/onnx/wire.js";
import { asMarrowError, MarrowError } from "../base/errors.js";
import { modelInfo } from "../inference/model-info.js";
import type { Plan } from "../study/types.js";
import type { FoldScores } from "../training/predict-fold.js";
import { foldFiles, makeFolder, readJsonIfThere, writeAtomically } from "../training/run-folder.js";
import { type CardFold, type FoldRecord, modelCard } from "./model-card.js";

export const cardFile = "model-card.md";

/** Writes into `out` and returns the files. Throws MODEL_INVALID where the run has no model. */
export async function exportModels(runFolder: string, run: string, out: string): Promise<string[]> {
  const names = await foldNames(runFolder);
  await makeFolder(out);
  const chosen = await readJsonIfThere<Pick<Plan, "postprocessing">>(join(runFolder, "postprocessing.json"));
  const folds: CardFold[] = [];
  let plan: Plan | undefined;
  for (const name of names) {
    const folder = join(runFolder, name);
    const source = join(folder, foldFiles.model);
    const info = await modelInfo(source);
    plan ??= { ...info.plan, ...(chosen ? { postprocessing: chosen.postprocessing } : {}) };
    const bytes = withPlan(await readFile(source), {
      ...info.plan,
      ...(chosen ? { postprocessing: chosen.postprocessing } : {}),
    });
    const file = `${run}-${name}.onnx`;
    await writeFile(join(out, file), bytes, { flush: true }).catch((error: unknown) => {
      throw asMarrowError(error, join(out, file));
    });
    folds.push({
      record: (await readJsonIfThere<FoldRecord>(join(folder, foldFiles.run))) ?? {
        fold: Number(name.replace("fold-", "")),
      },
      scores: await readJsonIfThere<FoldScores>(join(folder, foldFiles.scores)),
      file,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    });
  }
  if (!plan) throw new MarrowError("MODEL_INVALID", { file: runFolder, expected: "fold-*/model.onnx" });
  await writeAtomically(join(out, cardFile), modelCard({ run, plan, folds }));
  return [...folds.map(({ file }) => file), cardFile].map((file) => join(out, file));
}

async function foldNames(runFolder: string): Promise<string[]> {
  const entries = await readdir(runFolder).catch((error: unknown) => {
    throw asMarrowError(error, runFolder);
  });
  return entries
    .filter((name) => /^fold-\d+$/.test(name) && existsSync(join(runFolder, name, foldFiles.model)))
    .sort((a, b) => Number(a.slice(5)) - Number(b.slice(5)));
}

/** The model with this plan in its metadata: with it, the post-processing that the cross-validation chose. */
function withPlan(bytes: Uint8Array, plan: Plan): Uint8Array {
  const model = decode("ModelProto", bytes);
  const others = model.metadataProps?.filter(({ key }) => key !== "marrow.plan") ?? [];
  return encode("ModelProto", {
    ...model,
    metadataProps: [...others, { key: "marrow.plan", value: JSON.stringify(plan) }],
  });
}
