/** Training towards masks: Dice of whole validation images. */
import { writeModel } from "../inference/model-file.js";
import { TrainingPredictor } from "../inference/window-model.js";
import { loadPrepared } from "./data/cache-file.js";
import type { Objective } from "./objective.js";
import type { TrainOptions } from "./train-options.js";
import { validationDice } from "./validate.js";

export async function segmentationObjective({ plan, device, validation }: TrainOptions): Promise<Objective> {
  const predictor = await TrainingPredictor.create(plan, device);
  const cases = function* () {
    for (const one of validation) yield loadPrepared(one);
  };
  return {
    scores: { train: "Dice", validation: "Dice" },
    feeds: () => ({}),
    validate: (weights) => validationDice(plan, predictor.with(weights), cases()),
    writeModel: (path, weights, training) => writeModel(path, { plan, training }, weights),
    close: () => predictor.close(),
  };
}
