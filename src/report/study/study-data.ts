/** Everything a report of a study stands on, read once. */
import type { FlowChart } from "../../study/flow-chart.js";
import type { Reading } from "../../statistics/reader-study/readings.js";
import { openStudy } from "../../study/study.js";
import type { Study } from "../../study/types.js";
import { readClassifications, type Classification } from "./classification.js";
import { readClinical, type Clinical } from "./clinical.js";
import { inclusion } from "./inclusion.js";
import { readQuantities, type Quantities } from "./quantities.js";
import { completeReadings, modelReader, modelReadings, readReadings, scoreReaders } from "./readings.js";
import type { ReaderScores } from "./readings.js";
import { readReaderScores, withHimriss, type ReaderScore } from "./reader-scores.js";
import { readRuns, type RunResult } from "./runs.js";
import { chosenRun, everyCase } from "./scores.js";

export interface StudyData {
  /** As the user named the folder, for commands. */
  readonly folder: string;
  readonly study: Study;
  readonly subjects: readonly string[];
  readonly clinical: Clinical;
  readonly flow: FlowChart;
  readonly runs: readonly RunResult[];
  /** The network that figures show: the best. */
  readonly chosen: RunResult | undefined;
  readonly readings: readonly Reading[];
  readonly readerScores: readonly ReaderScores[];
  readonly classifications: readonly Classification[];
  readonly quantities: readonly Quantities[];
  /** What readers scored by eye. */
  readonly scores: readonly ReaderScore[];
}

/**
 * Reads a study. `clinical` is a table joined to participants.tsv. Throws as `openStudy`, `readClinical` and the readers of
 * results do; what does not exist is empty.
 */
export async function readStudyData(folder: string, clinical?: string): Promise<StudyData> {
  const study = await openStudy(folder);
  const subjects = [...new Set(study.cases.map(({ subject }) => subject))];
  const runs = await readRuns(study);
  const chosen = chosenRun(runs, study);
  const table = await readReadings(study);
  const readerScores = await scoreReaders(study, table);
  const scores = await readReaderScores(study.dir);
  const completed = completeReadings(table, readerScores, study);
  const hasModel = completed.some(({ reader }) => reader === modelReader);
  const own =
    chosen === undefined || hasModel ? [] : modelReadings(everyCase(runs, chosen), completed, study);
  return {
    ...{ folder, study, subjects, runs, chosen, readerScores, scores },
    clinical: withHimriss(await readClinical(study.dir, subjects, clinical), scores),
    flow: await inclusion(study),
    readings: [...own, ...completed],
    classifications: await readClassifications(study.dir),
    quantities: await readQuantities(study.dir),
  };
}
