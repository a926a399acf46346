/** Evaluation of masks on disk, one case in memory at a time; a bad case is reported and the rest goes on. */
import { asMarrowError, MarrowError } from "../base/errors.js";
import { labelsIn } from "../statistics/confusion.js";
import {
  collect,
  scoreCase,
  type CaseIdentity,
  type Evaluation,
  type NamedLabel,
} from "../statistics/evaluation.js";
import type { ScoreOptions } from "../statistics/score.js";
import { readMask } from "../volume/nifti.js";
import type { Failure } from "./failure-table.js";

export interface CaseFiles extends CaseIdentity {
  readonly prediction: string;
  readonly reference: string;
}

export interface EvaluateFilesOptions extends ScoreOptions {
  /** Labels to score; every label that occurs in any mask unless given. */
  readonly labels?: readonly NamedLabel[] | undefined;
  /** Called after each case. */
  readonly onCase?: (id: string, done: number, total: number) => void;
}

/**
 * Scores every case. A case whose masks cannot be read or compared becomes a failure. Throws EVALUATE_NOTHING for no
 * cases at all.
 */
export async function evaluateFiles(
  cases: readonly CaseFiles[],
  options: EvaluateFilesOptions = {},
): Promise<{ evaluation: Evaluation; failures: Failure[] }> {
  if (cases.length === 0)
    throw new MarrowError("EVALUATE_NOTHING", { expected: "masks with the same case ids" });
  const labels = options.labels ?? (await labelsOf(cases));
  const failures: Failure[] = [];
  const scores = [];
  for (const [n, one] of cases.entries()) {
    try {
      scores.push(scoreCase(await readPair(one), labels, options));
    } catch (error) {
      failures.push(failureOf(one.id, error));
    }
    options.onCase?.(one.id, n + 1, cases.length);
  }
  return { evaluation: collect(scores, labels), failures };
}

export function failureOf(id: string, error: unknown): Failure {
  const { code, message } = asMarrowError(error);
  return { id, code, message };
}

async function readPair({ id, fold, prediction, reference }: CaseFiles) {
  const masks = { prediction: await readMask(prediction), reference: await readMask(reference) };
  return { id, ...(fold === undefined ? {} : { fold }), ...masks };
}

/** Labels of all masks that can be read; the others are reported when they are scored. */
async function labelsOf(cases: readonly CaseFiles[]): Promise<NamedLabel[]> {
  const values = new Set<number>();
  for (const { prediction, reference } of cases)
    for (const file of [prediction, reference]) {
      const mask = await readMask(file).catch(() => undefined);
      for (const label of mask ? labelsIn([mask]) : []) values.add(label);
    }
  return [...values].sort((a, b) => a - b).map((value) => ({ value, name: `label-${value}` }));
}
