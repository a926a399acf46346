/** What a classifier's step is fed beside image and ROI, and the loss it lowers (paper 1: binary cross-entropy). */
import { binaryCrossEntropy } from "../autograd/losses.js";
import { cast, equal, greater, sub } from "../autograd/operators/elementwise.js";
import { mean } from "../autograd/operators/reduction.js";
import { reshape } from "../autograd/operators/shape.js";
import { value, type Values } from "../autograd/runtime.js";
import { input, scalar, type Tensor } from "../autograd/tensor.js";
import type { Layers } from "../networks/layers.js";
import type { Network, NetworkOptions } from "../networks/network.js";
import { type RoiMap, withRoiMap } from "../networks/roi-map.js";
import type { CaseTarget } from "../study/classification.js";

/** What makes a step one of classification. */
export interface ClassifierStep {
  readonly roiMap: RoiMap;
  /** Clinical numbers of a case; 0: none. */
  readonly clinical: number;
}

/** The weighted loss, and the share of cases on the wrong side of even odds. */
export function classificationLoss(
  layers: Layers,
  image: Tensor,
  roi: Tensor,
  { network, networkOptions }: { readonly network: Network; readonly networkOptions: NetworkOptions },
  { roiMap, clinical }: ClassifierStep,
): { total: Tensor; scoreLoss: Tensor } {
  const batch = image.shape[0];
  const late = clinical > 0 ? input("clinical", [batch, clinical]) : undefined;
  const [truth, weights] = [input("truth", [batch, 1]), input("classWeights", [batch, 1])];
  const { logits } = network.build(layers, withRoiMap(image, roi, roiMap), networkOptions, late);
  const decided = cast(greater(logits, scalar(0)), "float32");
  const right = mean(cast(equal(decided, truth), "float32"));
  return {
    total: reshape(binaryCrossEntropy(logits, truth, weights), [1]),
    scoreLoss: reshape(sub(scalar(1), right), [1]),
  };
}

/** What the loss of a positive and of a negative case counts. */
export interface ClassWeights {
  readonly positive: number;
  readonly negative: number;
}

/** Both classes count half in all, whatever their numbers: n / (2 · cases of the class). */
export function balancedWeights(targets: readonly CaseTarget[]): ClassWeights {
  const positive = targets.filter((target) => target.positive).length;
  const half = targets.length / 2;
  return { positive: half / positive, negative: half / (targets.length - positive) };
}

/** Feeds of one batch. */
export function classificationFeeds(targets: readonly CaseTarget[], weights: ClassWeights): Values {
  const column = (number: (target: CaseTarget) => number) =>
    value(Float32Array.from(targets, number), [targets.length, 1]);
  const clinical = targets[0].clinical.length;
  return {
    truth: column(({ positive }) => Number(positive)),
    classWeights: column(({ positive }) => (positive ? weights.positive : weights.negative)),
    clinical: value(Float32Array.from(targets.flatMap((target) => [...target.clinical])), [
      targets.length,
      clinical,
    ]),
  };
}
