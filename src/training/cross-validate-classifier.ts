/** Trains a classifier on folds, classifies every validation case by the model that has not seen it, and sums up. */
import { join } from "node:path";
import type { Device } from "../autograd/runtime.js";
import { asMarrowError } from "../base/errors.js";
import { classificationOf } from "../inference/classifier-graph.js";
import { openClassifier } from "../inference/classifier-model.js";
import { classifyFiles } from "../inference/classify.js";
import {
  crossValidatedClassifier,
  type CrossValidatedClassifier,
  type ScoredCase,
} from "../statistics/diagnostic/cross-validated.js";
import { type CaseTarget, casesWithRoi, readRows, readTargets } from "../study/classification.js";
import type { Row } from "../study/tsv.js";
import type { Case, Plan, Splits } from "../study/types.js";
import type { CrossValidationOptions } from "./cross-validation-options.js";
import type { CachedCase } from "./data/cache-file.js";
import type { FailedCase } from "./data/cache.js";
import { prepareCases } from "./prepare-cases.js";
import { foldFiles, foldFolder, makeFolder, readJsonIfThere, writeJson } from "./run-folder.js";
import type { TrainResult } from "./train-options.js";
import { trainFold } from "./trainer.js";

/** classification.json of a fold: its validation cases as its model sees them. */
export interface FoldClassification {
  readonly cases: readonly ScoredCase[];
  /** Cases that could not be classified, and why. */
  readonly failed: readonly { readonly id: string; readonly message: string }[];
}

export interface ClassifierFold extends FoldClassification {
  readonly fold: number;
  readonly training: TrainResult;
}

export interface ClassifierOutcome {
  readonly network: string;
  readonly folder: string;
  readonly folds: readonly ClassifierFold[];
  readonly result: CrossValidatedClassifier;
}

export interface ClassifierTask extends CrossValidationOptions {
  /** The plan of this classifier (planForNetwork). */
  readonly plan: Plan;
  readonly splits: Splits;
  /** The run's folder. */
  readonly folder: string;
}

interface Known {
  readonly cases: ReadonlyMap<string, Case>;
  readonly targets: ReadonlyMap<string, CaseTarget>;
  readonly rows: ReadonlyMap<string, Row>;
  readonly ready: readonly CachedCase[];
}

/**
 * All folds asked for; not finished where a signal stopped it, without a `classifier` where no summary was wanted. Cases
 * of unknown class or without a mask for the ROI map take no part and are not failures. Throws CLASSIFY_COLUMN,
 * CLASSIFY_NO_MASK, CLASSIFY_ONE_CLASS, CLINICAL_VALUE.
 */
export async function crossValidateClassifier(
  task: ClassifierTask,
): Promise<{ failed: readonly FailedCase[]; finished: boolean; classifier?: ClassifierOutcome }> {
  const { study, plan, splits, folder, folds, listener } = task;
  const network = plan.networks[0].name;
  const classification = classificationOf(plan);
  const targets = await readTargets(study, classification);
  const cases = (await casesWithRoi(study, classification.roi)).filter(({ id }) => targets.has(id));
  const { ready, failed } = await prepareCases({ dir: study.dir, cases }, plan, splits, listener);
  const rows = await readRows(
    study.dir,
    cases.map(({ id }) => id),
  );
  const known = { cases: new Map(cases.map((one) => [one.id, one])), targets, rows, ready };
  const outcomes: ClassifierFold[] = [];
  for (const fold of folds) {
    listener?.onFold?.(network, fold);
    const outcome = await runFold(task, fold, known);
    if (!outcome) return { failed, finished: false };
    outcomes.push(outcome);
  }
  if (!(task.summary ?? true)) return { failed, finished: true };
  const scored = outcomes.flatMap((outcome) => outcome.cases);
  const result = crossValidatedClassifier(scored, classification.operatingPoint, task.seed);
  await makeFolder(folder);
  await writeJson(join(folder, foldFiles.classification), result);
  return { failed, finished: true, classifier: { network, folder, folds: outcomes, result } };
}

async function runFold(
  task: ClassifierTask,
  fold: number,
  known: Known,
): Promise<ClassifierFold | undefined> {
  const sets = task.splits.folds[fold];
  const pick = (ids: readonly string[]) => known.ready.filter(({ id }) => ids.includes(id));
  const folder = foldFolder(task.folder, fold);
  const { targets } = known;
  const sides = { train: pick(sets.train), validation: pick(sets.validation) };
  const training = await trainFold({ ...task, ...sides, targets, fold, folder });
  if (!training.finished) return undefined;
  const ids = sides.validation.map(({ id }) => id);
  const classified = await classifyFold(folder, fold, ids, known, task.device, task.listener?.onPredict);
  return { fold, training, ...classified };
}

/** Classifies what has not been classified yet, from the images' files; a case that fails is reported, the rest goes on. */
async function classifyFold(
  folder: string,
  fold: number,
  ids: readonly string[],
  { cases, targets, rows }: Known,
  device: Device,
  onCase?: (done: number, total: number) => void,
): Promise<FoldClassification> {
  const file = join(folder, foldFiles.classification);
  const done = await readJsonIfThere<FoldClassification>(file);
  if (done) return done;
  const model = await openClassifier(join(folder, foldFiles.model), device);
  const { priorLogit } = model.decision;
  const scored: ScoredCase[] = [];
  const failed: { id: string; message: string }[] = [];
  for (const [n, id] of ids.entries()) {
    try {
      const { images = [], mask = "" } = cases.get(id) ?? {};
      const files = { images, mask, clinical: rows.get(id) ?? {} };
      const { logit } = await classifyFiles(files, [model], model.plan);
      scored.push({ id, fold, positive: targets.get(id)?.positive ?? false, logit, priorLogit });
    } catch (error) {
      failed.push({ id, message: asMarrowError(error).message });
    }
    onCase?.(n + 1, ids.length);
  }
  await model.close();
  const result = { cases: scored, failed };
  await writeJson(file, result);
  return result;
}
