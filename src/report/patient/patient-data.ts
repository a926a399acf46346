/** What the page about one patient stands on. */
import { join } from "node:path";
import { MarrowError } from "../../base/errors.js";
import { studyHimriss } from "../../quantify/himriss-template.js";
import { quantifyCase, type CaseFiles, type MeasuredCase } from "../../quantify/quantify-files.js";
import { studyCases } from "../../quantify/study-cases.js";
import { withSessionChanges } from "../../quantify/time-points.js";
import { exists, readJson } from "../../study/files.js";
import { places } from "../../study/names.js";
import { openStudy } from "../../study/study.js";
import type { Study } from "../../study/types.js";
import { readClassifications, type Classification, type ClassifiedCase } from "../study/classification.js";
import { readRuns, type RunResult } from "../study/runs.js";
import { chosenRun, meanDice } from "../study/scores.js";
import { sets } from "../study/sets.js";

export interface PatientOptions {
  /** Run whose masks are shown; the best network's unless given. */
  readonly run?: string | undefined;
  /** Reader or folder of bone masks. */
  readonly bones?: string | undefined;
  /** Smallest detectable change of a lesion's volume, mm³: smaller changes are called stable. */
  readonly smallestDetectable?: number | undefined;
}

export interface PatientData {
  readonly study: Study;
  readonly subject: string;
  /** Examinations in order; the last one is shown. */
  readonly examinations: readonly { readonly files: CaseFiles; readonly measured: MeasuredCase }[];
  /** Whose masks: a network or a reader, in words. */
  readonly source: string;
  /** mm³; undefined where none was given. */
  readonly smallestDetectable: number | undefined;
  readonly modelCard: string;
  readonly classified: { readonly by: Classification; readonly one: ClassifiedCase } | undefined;
}

/** Throws REPORT_NO_PATIENT, QUANTIFY_NO_MASK and as `openStudy` and `quantifyCase` do. */
export async function readPatient(
  folder: string,
  id: string,
  options: PatientOptions = {},
): Promise<PatientData> {
  const study = await openStudy(folder);
  const subject = `sub-${id.replace(/^sub-/, "")}`;
  const known = study.cases.some((one) => one.subject === subject);
  if (!known)
    throw new MarrowError("REPORT_NO_PATIENT", {
      file: folder,
      expected: `one of ${study.cases.length} cases, e.g. ${study.cases[0].id}`,
      found: id,
    });
  const runs = await readRuns(study);
  const run = chosen(runs, study, options.run, subject);
  const masks = run?.predictions ?? new Map<string, string>();
  const bones = await bonesOf(study, options.bones);
  const listed = (await studyCases(study, { bones })).filter((one) => one.subject === subject);
  const files = listed.map((one) => ({ ...one, mask: masks.get(one.id) ?? (run ? undefined : one.mask) }));
  const measured = await measure(study, files, options.smallestDetectable);
  const classifications = await readClassifications(study.dir);
  return {
    ...{ study, subject, smallestDetectable: options.smallestDetectable },
    examinations: measured.map((one) => ({
      measured: one,
      files: files.find((file) => file.id === one.id) ?? files[0],
    })),
    source: run === undefined ? `reader ${study.config.reader}` : `network ${run.name}`,
    modelCard: run === undefined ? "No model: these masks were drawn by a reader." : await cardOf(study, run),
    classified: classifications.flatMap((by) => {
      const own = by.cases.findLast((one) => listed.some((file) => file.id === one.id));
      return own === undefined ? [] : [{ by, one: own }];
    })[0],
  };
}

/** The run asked for, else the best network if it predicted this patient. */
function chosen(runs: readonly RunResult[], study: Study, name: string | undefined, subject: string) {
  const ofPatient = (run: RunResult) =>
    study.cases.some((one) => one.subject === subject && run.predictions.has(one.id));
  const wanted = name ?? chosenRun(runs, study)?.name;
  const found = runs.find((run) => run.name === wanted && ofPatient(run));
  if (name !== undefined && found === undefined)
    throw new MarrowError("QUANTIFY_NO_MASK", {
      expected: `a prediction of ${subject} by ${name}`,
      found: "none",
    });
  return found;
}

/** Bones named by the user, else the reader `<reference>-bones` where the study has one. */
async function bonesOf({ dir, config }: Study, named: string | undefined): Promise<string | undefined> {
  const usual = `${config.reader}-bones`;
  return named ?? ((await exists(join(dir, places.annotations, usual))) ? usual : undefined);
}

async function measure(
  { dir, config, task }: Study,
  files: readonly CaseFiles[],
  smallestDetectable: number | undefined,
): Promise<MeasuredCase[]> {
  const himriss = await studyHimriss(dir);
  const options = { labels: config.labels, analyses: task.quantification, himriss };
  const measured: MeasuredCase[] = [];
  for (const file of files) if (file.mask !== undefined) measured.push(await quantifyCase(file, options));
  if (measured.length === 0)
    throw new MarrowError("QUANTIFY_NO_MASK", { found: `no mask of ${files[0]?.id ?? "the patient"}` });
  return withSessionChanges(measured, files, { labels: config.labels, smallestDetectable });
}

/** One line: which network, trained on what, how good on which patients. */
async function cardOf(study: Study, run: RunResult): Promise<string> {
  const file = join(study.dir, places.runs, run.name, "fold-0", "run.json");
  const made = (await exists(file)) ? ((await readJson(file)) as { marrow?: string; train?: object }) : {};
  const trained =
    made.train === undefined ? "" : `, trained on ${Object.keys(made.train).length} cases a fold`;
  const version = made.marrow === undefined ? "" : `, Marrow ${made.marrow}`;
  const dice = meanDice(run, study);
  const score = Number.isFinite(dice)
    ? `; mean Dice ${dice.toFixed(3)} over ${run.cases.length} cases (${sets[run.set].title})`
    : "";
  return `Model: ${run.name} for ${study.config.task}${trained}${version}${score}. Licence of the weights: as the data.`;
}
