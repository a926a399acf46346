/** Predicts a fold's validation cases with its exported model, on their own grids, and scores them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { asMarrowError } from "../base/errors.js";
import type { Device } from "../autograd/runtime.js";
import { openModel } from "../inference/model-file.js";
import { segmentFiles } from "../inference/segment-files.js";
import { type CaseScore, scoreCase } from "../statistics/evaluation.js";
import type { Case, Plan } from "../study/types.js";
import { readMask, writeNifti } from "../volume/nifti.js";
import { foldFiles, makeFolder, readJsonIfThere, writeJson } from "./run-folder.js";

export interface FoldScores {
  readonly scores: readonly CaseScore[];
  /** Cases that could not be predicted or scored, and why. */
  readonly failed: readonly { readonly id: string; readonly message: string }[];
}

/** Predicts what has not been predicted yet; a case that fails is reported and the rest goes on. */
export async function predictFold(
  folder: string,
  fold: number,
  cases: readonly Case[],
  device: Device,
  onCase?: (done: number, total: number) => void,
): Promise<FoldScores> {
  const scoresFile = join(folder, foldFiles.scores);
  const known = await readJsonIfThere<FoldScores>(scoresFile);
  if (known) return known;
  const model = await openModel(join(folder, foldFiles.model), device);
  await makeFolder(join(folder, foldFiles.predictions));
  const scores: CaseScore[] = [];
  const failed: { id: string; message: string }[] = [];
  // Chosen on the whole cross-validation afterwards, so it must not act here.
  const plan: Plan = { ...model.plan, postprocessing: { largestComponent: [], minimumVolume: 0 } };
  for (const [n, one] of cases.entries()) {
    try {
      const file = join(folder, foldFiles.predictions, `${one.id}.nii.gz`);
      const { mask } = existsSync(file)
        ? { mask: await readMask(file) }
        : await segmentFiles(one.images, [model], { plan });
      if (!existsSync(file))
        await writeNifti(file, mask, { description: "Marrow prediction. Research use only." });
      if (one.mask !== undefined) {
        scores.push(
          scoreCase({ id: one.id, fold, prediction: mask, reference: await readMask(one.mask) }, plan.labels),
        );
      }
    } catch (error) {
      failed.push({ id: one.id, message: asMarrowError(error).message });
    }
    onCase?.(n + 1, cases.length);
  }
  await model.close();
  const result = { scores, failed };
  await writeJson(scoresFile, result);
  return result;
}
