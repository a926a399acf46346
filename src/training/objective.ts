/** What differs between training a segmentation network and a classifier: further feeds, validation, the exported model. */
import type { Values } from "../autograd/runtime.js";
import type { ModelDescription } from "../inference/model.js";
import type { ScoreNames } from "./history.js";
import type { State } from "./step.js";

export interface Objective {
  readonly scores: ScoreNames;
  /** What the step reads beside images and labels, for the batch of this iteration. */
  feeds(iteration: number): Values;
  /** Score of the validation cases with these weights; higher is better, NaN where it is not defined. */
  validate(weights: State): Promise<number>;
  writeModel(path: string, weights: State, training: ModelDescription["training"]): Promise<void>;
  close(): Promise<void>;
}
