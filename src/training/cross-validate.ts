/** Trains networks on folds, predicts every validation case by the model that has not seen it, and compares. */
import { join } from "node:path";
import { MarrowError } from "../base/errors.js";
import { collect, type Evaluation } from "../statistics/evaluation.js";
import { places } from "../study/names.js";
import { planForNetwork } from "../study/plan.js";
import type { Case, Plan, Splits, Study } from "../study/types.js";
import { choosePostprocessing, type ChosenPostprocessing } from "./choose-postprocessing.js";
import { type CachedCase } from "./data/cache-file.js";
import type { CrossValidationListener, CrossValidationOptions } from "./cross-validation-options.js";
import type { FailedCase } from "./data/cache.js";
import { type ClassifierOutcome, crossValidateClassifier } from "./cross-validate-classifier.js";
import { prepareCases } from "./prepare-cases.js";
import { type FoldScores, predictFold } from "./predict-fold.js";
import { foldFolder, makeFolder, runNameOf, writeJson } from "./run-folder.js";
import type { TrainResult } from "./train-options.js";
import { trainFold } from "./trainer.js";

export type { CrossValidationListener, CrossValidationOptions };

export interface FoldOutcome {
  readonly fold: number;
  readonly folder: string;
  readonly training: TrainResult;
  readonly scores: FoldScores;
}

export interface RunOutcome {
  readonly network: string;
  readonly folder: string;
  readonly folds: readonly FoldOutcome[];
  readonly evaluation: Evaluation;
  readonly postprocessing: ChosenPostprocessing;
}

export interface CrossValidationResult {
  readonly runs: readonly RunOutcome[];
  readonly classifiers: readonly ClassifierOutcome[];
  /** Cases that could not be read; they took no part. */
  readonly failed: readonly FailedCase[];
  /** False where a signal stopped it. */
  readonly finished: boolean;
}

/** The folder of a run of this study. */
export function runFolder(study: Study, run: string): string {
  return join(study.dir, places.runs, run);
}

export async function crossValidate(options: CrossValidationOptions): Promise<CrossValidationResult> {
  const { study, networks, folds } = options;
  const { plan, splits } = required(study, folds);
  const runs: RunOutcome[] = [];
  const classifiers: ClassifierOutcome[] = [];
  const failed: FailedCase[] = [];
  for (const network of networks) {
    const networkPlan = withEpochs(planForNetwork(plan, network), options.epochs);
    const folder = runFolder(study, runNameOf(options, network));
    if (networkPlan.classification) {
      const outcome = await crossValidateClassifier({ ...options, plan: networkPlan, splits, folder });
      failed.push(...outcome.failed.filter(({ id }) => !failed.some((known) => known.id === id)));
      if (!outcome.finished) return { runs, classifiers, failed, finished: false };
      if (outcome.classifier) classifiers.push(outcome.classifier);
      continue;
    }
    const prepared = await prepareCases(study, networkPlan, splits, options.listener);
    for (const one of prepared.failed) if (!failed.some((known) => known.id === one.id)) failed.push(one);
    const outcomes: FoldOutcome[] = [];
    for (const fold of folds) {
      options.listener?.onFold?.(network, fold);
      const outcome = await runFold(
        { ...options, plan: networkPlan, splits, fold, folder: foldFolder(folder, fold) },
        prepared.ready,
      );
      if (!outcome) return { runs, classifiers, failed, finished: false };
      outcomes.push(outcome);
    }
    if (options.summary ?? true)
      runs.push(await summarise(study, splits, networkPlan, network, folder, outcomes));
  }
  return { runs, classifiers, failed, finished: true };
}

function required(study: Study, folds: readonly number[]): { plan: Plan; splits: Splits } {
  const { plan, splits, dir } = study;
  if (!plan)
    throw new MarrowError("PLAN_MISSING", {
      file: join(dir, places.plan),
      next: `Run \`marrow plan ${dir}\`.`,
    });
  if (!splits)
    throw new MarrowError("SPLITS_MISSING", {
      file: join(dir, places.splits),
      next: `Run \`marrow split ${dir}\`.`,
    });
  const missing = folds.find((fold) => !splits.folds[fold]);
  if (missing !== undefined) {
    throw new MarrowError("BAD_ARGUMENT", {
      expected: `folds 0 to ${splits.folds.length - 1}`,
      found: `fold ${missing}`,
    });
  }
  return { plan, splits };
}

function withEpochs(plan: Plan, epochs: number | undefined): Plan {
  return epochs === undefined ? plan : { ...plan, epochs };
}

interface FoldTask extends CrossValidationOptions {
  readonly plan: Plan;
  readonly splits: Splits;
  readonly fold: number;
  readonly folder: string;
}

async function runFold(task: FoldTask, ready: readonly CachedCase[]): Promise<FoldOutcome | undefined> {
  const { study, splits, fold, folder, device } = task;
  const sets = splits.folds[fold] ?? { train: [], validation: [] };
  const pick = (ids: readonly string[]) => ready.filter((one) => ids.includes(one.id));
  const training = await trainFold({ ...task, train: pick(sets.train), validation: pick(sets.validation) });
  if (!training.finished) return undefined;
  const scores = await predictFold(
    folder,
    fold,
    casesOf(study, sets.validation),
    device,
    task.listener?.onPredict,
  );
  return { fold, folder, training, scores };
}

function casesOf(study: Study, ids: readonly string[]): Case[] {
  return study.cases.filter((one) => ids.includes(one.id));
}

async function summarise(
  study: Study,
  splits: Splits,
  plan: Plan,
  network: string,
  folder: string,
  folds: readonly FoldOutcome[],
): Promise<RunOutcome> {
  const evaluation = collect(
    folds.flatMap((outcome) => outcome.scores.scores),
    plan.labels,
  );
  const predicted = folds.map((outcome) => ({
    folder: outcome.folder,
    cases: casesOf(study, splits.folds[outcome.fold]?.validation ?? []),
  }));
  const postprocessing = await choosePostprocessing(plan, predicted);
  await makeFolder(folder);
  await writeJson(join(folder, "postprocessing.json"), postprocessing);
  return { network, folder, folds, evaluation, postprocessing };
}
