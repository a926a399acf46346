/** What of a finished training must not depend on who trained it, where, and how often it was stopped. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readSafetensors } from "../../src/autograd/safetensors.js";
import { readMask } from "../../src/volume/nifti.js";
import { loadCheckpoint } from "../../src/training/checkpoint.js";
import { foldFiles } from "../../src/training/run-folder.js";

const json = async (file: string) => JSON.parse(await readFile(file, "utf8")) as unknown;

async function foldOf(folder: string, cases: readonly string[]) {
  const { tensors } = await readSafetensors(join(folder, foldFiles.last));
  const { progress } = await loadCheckpoint(join(folder, foldFiles.last), {});
  const masks = cases.map(
    async (id) => (await readMask(join(folder, foldFiles.predictions, `${id}.nii.gz`))).data,
  );
  return {
    tensors,
    history: progress.history.map((record) => ({ ...record, seconds: 0 })),
    iteration: progress.iteration,
    best: (await readSafetensors(join(folder, foldFiles.best))).tensors,
    scores: await json(join(folder, foldFiles.scores)),
    masks: await Promise.all(masks),
  };
}

/** Weights, optimiser, losses, scores and predictions of each fold, and the run's choice of post-processing. */
export async function resultOf(runFolder: string, folds: readonly (readonly string[])[]) {
  return {
    folds: await Promise.all(folds.map((cases, fold) => foldOf(join(runFolder, `fold-${fold}`), cases))),
    postprocessing: await json(join(runFolder, "postprocessing.json")),
  };
}
