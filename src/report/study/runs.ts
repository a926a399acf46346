/** Results of the networks of a study: the evaluation of each run, on each set of patients. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Counts } from "../../statistics/confusion.js";
import { exists, filesBelow, parseWith, readJson } from "../../study/files.js";
import { isImageFile, places, stemOf } from "../../study/names.js";
import type { Study } from "../../study/types.js";
import { evaluateFiles, type CaseFiles } from "../evaluate-files.js";
import { writeEvaluation } from "../evaluation-files.js";
import { setNames, type SetName } from "./sets.js";

/** What predicted masks and the reference have in common, case by case. */
export interface Scores {
  /** Names of the labels, in the order of the counts. */
  readonly labels: readonly string[];
  readonly cases: readonly ScoredCase[];
}

export interface ScoredCase {
  readonly id: string;
  readonly fold?: string;
  /** Voxels of each label. */
  readonly counts: readonly Counts[];
}

export interface RunResult extends Scores {
  readonly name: string;
  readonly set: SetName;
  /** Predicted masks by case id. */
  readonly predictions: ReadonlyMap<string, string>;
}

/**
 * Every run of the study with its evaluations, by name and set. Cross-validated predictions lie in
 * `<run>/fold-<k>/predictions`, those of the test sets in `<run>/test` and `<run>/external`, as `marrow segment --out`
 * writes them. Predictions that were not evaluated yet are evaluated here, and the result is written where
 * `marrow evaluate` writes it. Runs without predictions are left out. Throws as `evaluateFiles` does.
 */
export async function readRuns(study: Study): Promise<RunResult[]> {
  const root = join(study.dir, places.runs);
  const names = (await exists(root)) ? await foldersIn(root) : [];
  const found: RunResult[] = [];
  for (const name of names)
    for (const set of setNames) {
      const result = await readRun(study, join(root, name), set);
      if (result !== undefined) found.push({ name, set, ...result });
    }
  return found;
}

async function foldersIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

async function readRun(study: Study, folder: string, set: SetName) {
  const files = await predictionsOf(folder, set);
  if (files.length === 0) return undefined;
  const predictions = new Map(files.map(({ id, file }) => [id, file]));
  const target = join(set === "cross-validation" ? folder : join(folder, set), "evaluation");
  const stored = join(target, "evaluation.json");
  if (await exists(stored)) return { predictions, ...(await readEvaluation(stored)) };
  const cases = study.cases.flatMap(({ id, mask: reference }): CaseFiles[] => {
    const one = files.find((file) => file.id === id);
    if (one === undefined || reference === undefined) return [];
    return [{ id, prediction: one.file, reference, ...(one.fold === undefined ? {} : { fold: one.fold }) }];
  });
  if (cases.length === 0) return undefined;
  const { evaluation, failures } = await evaluateFiles(cases, { labels: study.config.labels });
  await writeEvaluation(target, evaluation, failures, { study: study.dir, made: new Date().toISOString() });
  return { predictions, ...scoresOf(evaluation) };
}

interface PredictedMask {
  readonly id: string;
  readonly file: string;
  readonly fold?: string;
}

/** Predicted masks of a run on one set of patients. */
export async function predictionsOf(folder: string, set: SetName): Promise<PredictedMask[]> {
  if (set !== "cross-validation")
    return (await filesBelow(join(folder, set)))
      .filter(isImageFile)
      .map((file) => ({ id: stemOf(file), file }));
  return (await filesBelow(folder)).filter(isImageFile).flatMap((file) => {
    const fold = /[\\/]fold-([^\\/]+)[\\/]predictions[\\/][^\\/]+$/.exec(file)?.[1];
    return fold === undefined ? [] : [{ id: stemOf(file), file, fold }];
  });
}

const count = z.number().min(0);
const evaluationSchema = z.object({
  labels: z.array(z.object({ name: z.string() })),
  cases: z.array(
    z.object({
      id: z.string(),
      fold: z.union([z.string(), z.number()]).optional(),
      labels: z.array(z.object({ counts: z.object({ tp: count, fp: count, fn: count, tn: count }) })),
    }),
  ),
});

/** Voxel counts of a stored evaluation.json. Throws REPORT_INPUT. */
export async function readEvaluation(file: string): Promise<Scores> {
  return scoresOf(parseWith(evaluationSchema, await readJson(file), "REPORT_INPUT", file));
}

interface Evaluated {
  readonly labels: readonly { readonly name: string }[];
  readonly cases: readonly {
    readonly id: string;
    readonly fold?: string | number | undefined;
    readonly labels: readonly { readonly counts: Counts }[];
  }[];
}

/** Voxel counts of an evaluation. */
export function scoresOf({ labels, cases }: Evaluated): Scores {
  return {
    labels: labels.map(({ name }) => name),
    cases: cases.map(({ id, fold, labels: scores }) => ({
      id,
      ...(fold === undefined ? {} : { fold: String(fold) }),
      counts: scores.map(({ counts }) => counts),
    })),
  };
}
