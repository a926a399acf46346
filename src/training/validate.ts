/** Validation during training: Dice of whole images on the network's grid, without test-time augmentation. */
import { plainPass } from "../inference/plain-pass.js";
import { slideWindows } from "../inference/sliding-window.js";
import type { PredictWindow } from "../inference/window-model.js";
import { countVoxels } from "../statistics/confusion.js";
import { dice } from "../statistics/dice.js";
import { meanOfDefined } from "../statistics/summary.js";
import type { Plan } from "../study/types.js";
import type { Prepared } from "./data/prepared.js";

/** Mean over cases and labels; cases where a label is in neither mask do not count for it. NaN without any. */
export async function validationDice(
  plan: Plan,
  predict: PredictWindow,
  cases: Iterable<Prepared>,
): Promise<number> {
  const plain = plainPass(plan);
  const labels = plan.labels.map((label) => label.value);
  const scores: number[] = [];
  for (const prepared of cases) {
    const image = {
      channels: prepared.channels as Float32Array<ArrayBuffer>,
      size: prepared.size,
      affine: prepared.affine,
    };
    const predicted = await slideWindows(image, { plan: plain, models: [predict] });
    scores.push(...countVoxels(predicted, prepared.mask, labels).map(dice));
  }
  return meanOfDefined(scores);
}
