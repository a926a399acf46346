/**
 * Chooses post-processing on the cross-validation: keeping only the largest component of a label, where that raises the
 * label's mean Dice over all validation cases (nnU-Net's rule).
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { postprocess } from "../inference/postprocess.js";
import { countLabels } from "../statistics/confusion.js";
import { dice } from "../statistics/dice.js";
import { meanOfDefined } from "../statistics/summary.js";
import type { Case, Plan } from "../study/types.js";
import { readMask } from "../volume/nifti.js";
import { foldFiles } from "./run-folder.js";

export interface ChosenPostprocessing {
  readonly postprocessing: Plan["postprocessing"];
  /** Mean Dice of each label without and with its largest component alone. */
  readonly trials: readonly { readonly label: string; readonly plain: number; readonly largest: number }[];
}

/** `folds` names each fold's folder and its validation cases. */
export async function choosePostprocessing(
  plan: Plan,
  folds: readonly { readonly folder: string; readonly cases: readonly Case[] }[],
): Promise<ChosenPostprocessing> {
  const scores = new Map(
    plan.labels.map(({ value }) => [value, { plain: [] as number[], largest: [] as number[] }]),
  );
  for (const { folder, cases } of folds) {
    for (const one of cases) {
      const file = join(folder, foldFiles.predictions, `${one.id}.nii.gz`);
      if (one.mask === undefined || !existsSync(file)) continue;
      const [predicted, reference] = [await readMask(file), await readMask(one.mask)];
      for (const { value } of plan.labels) {
        const kept = postprocess(predicted, { largestComponent: [value], minimumVolume: 0 });
        scores.get(value)?.plain.push(...countLabels(predicted, reference, [value]).map(dice));
        scores.get(value)?.largest.push(...countLabels(kept, reference, [value]).map(dice));
      }
    }
  }
  const trials = plan.labels.map(({ value, name }) => {
    const { plain, largest } = scores.get(value) ?? { plain: [], largest: [] };
    return { label: name, plain: meanOfDefined(plain), largest: meanOfDefined(largest) };
  });
  const chosen = plan.labels.filter((_, i) => (trials[i]?.largest ?? 0) > (trials[i]?.plain ?? 0));
  const { minimumVolume } = plan.postprocessing;
  return { postprocessing: { largestComponent: chosen.map((label) => label.value), minimumVolume }, trials };
}
