/**
 * Training towards a class for each case: AUC of the validation cases; temperature and operating point of the exported model
 * are chosen on them too, and on nothing else.
 */
import { MarrowError } from "../base/errors.js";
import { classificationOf } from "../inference/classifier-graph.js";
import {
  type ModelDecision,
  type PredictLogit,
  TrainingClassifier,
  writeClassifier,
} from "../inference/classifier-model.js";
import { classifierInput } from "../inference/classify.js";
import { auc } from "../statistics/diagnostic/auc.js";
import { fitDecision, type ScoredCase } from "../statistics/diagnostic/cross-validated.js";
import type { CaseTarget } from "../study/classification.js";
import { balancedWeights, classificationFeeds, type ClassWeights } from "./classification-loss.js";
import { chosenCase, sampleRandom } from "./data/augment.js";
import { type CachedCase, loadPrepared } from "./data/cache-file.js";
import type { Objective } from "./objective.js";
import type { TrainOptions } from "./train-options.js";

/** Throws CLASSIFY_ONE_CLASS, CLASSIFY_COLUMN where a case's class is not given. */
export async function classificationObjective(options: TrainOptions): Promise<Objective> {
  const { plan, device, seed, fold, train, validation } = options;
  const targets = targetsOf(options, train);
  requireBoth(targets, fold, "training");
  if (validation.length > 0) requireBoth(targetsOf(options, validation), fold, "validation");
  const { balanced, operatingPoint } = classificationOf(plan);
  const weights: ClassWeights = balanced ? balancedWeights(targets) : { positive: 1, negative: 1 };
  // The balanced loss learns log p(seen | positive) / p(seen | negative); the odds in training bring it back.
  const priorLogit = Math.log(weights.negative / weights.positive);
  const classifier = await TrainingClassifier.create(plan, device);
  const score = (state: Parameters<TrainingClassifier["with"]>[0]) =>
    scoreCases(options, classifier.with(state), priorLogit);
  return {
    scores: { train: "Accuracy", validation: "AUC" },
    feeds: (iteration) => {
      const chosen = Array.from({ length: plan.batch }, (_, n) =>
        chosenCase(sampleRandom(seed, fold, iteration, n), train.length),
      );
      return classificationFeeds(
        chosen.map((index) => targets[index]),
        weights,
      );
    },
    validate: async (state) => areaOf(await score(state)),
    writeModel: async (path, state, training) => {
      const cases = await score(state);
      const decision: ModelDecision = {
        ...fitDecision(cases, operatingPoint, priorLogit),
        cases: cases.length,
      };
      await writeClassifier(path, { plan, training }, decision, state);
    },
    close: () => classifier.close(),
  };
}

function targetsOf({ targets }: TrainOptions, cases: readonly CachedCase[]): CaseTarget[] {
  return cases.map(({ id }) => {
    const target = targets?.get(id);
    if (!target) throw new MarrowError("CLASSIFY_COLUMN", { found: `no class for ${id}` });
    return target;
  });
}

function requireBoth(targets: readonly CaseTarget[], fold: number, side: string): void {
  const positive = targets.filter((target) => target.positive).length;
  if (positive > 0 && positive < targets.length) return;
  throw new MarrowError("CLASSIFY_ONE_CLASS", {
    expected: `both classes among the ${side} cases of fold ${fold}`,
    found: `${positive} positive, ${targets.length - positive} negative`,
  });
}

/** Logits of the validation cases, whole images. */
async function scoreCases(
  options: TrainOptions,
  predict: PredictLogit,
  priorLogit: number,
): Promise<ScoredCase[]> {
  const { plan, validation, fold } = options;
  const scored: ScoredCase[] = [];
  for (const [n, { positive, clinical }] of targetsOf(options, validation).entries()) {
    const { id, channels, mask, size, affine } = loadPrepared(validation[n]);
    const image = { channels: channels as Float32Array<ArrayBuffer>, size, affine };
    const roi = { data: mask as Uint8Array<ArrayBuffer>, size, affine };
    const logit = await predict(classifierInput(image, roi, plan, clinical));
    scored.push({ id, fold, positive, logit, priorLogit });
  }
  return scored;
}

function areaOf(cases: readonly ScoredCase[]): number {
  const truth = cases.map(({ positive }) => Number(positive));
  return (
    auc(
      truth,
      cases.map(({ logit }) => logit),
    ).value ?? NaN
  );
}
