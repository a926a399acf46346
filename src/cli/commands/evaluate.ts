import { Command } from "commander";
import { join, relative, resolve, sep } from "node:path";
import { MarrowError } from "../../base/errors.js";
import { evaluateFiles, failureOf, type CaseFiles } from "../../report/evaluate-files.js";
import { writeClassification } from "../../report/classification-files.js";
import { classificationTables } from "../../report/classification-tables.js";
import { evaluationTables, writeEvaluation, writeNetworks } from "../../report/evaluation-files.js";
import type { Failure } from "../../report/failure-table.js";
import { masksIn, pairMasks, type MaskFile, type PairedMasks } from "../../report/mask-files.js";
import { networkTable } from "../../report/study/parts/network-table.js";
import { scoresOf, type RunResult } from "../../report/study/runs.js";
import { renderTable } from "../../report/table.js";
import type { CrossValidatedClassifier } from "../../statistics/diagnostic/cross-validated.js";
import type { NamedLabel } from "../../statistics/evaluation.js";
import { filesBelow } from "../../study/files.js";
import { isImageFile, places } from "../../study/names.js";
import { openStudy } from "../../study/study.js";
import type { Study } from "../../study/types.js";
import { foldFiles, readJsonIfThere } from "../../training/run-folder.js";
import { parseLabels, parseTolerance } from "../label-options.js";
import { parseNames } from "../options.js";

interface Options {
  prediction?: string;
  reference?: string;
  study?: string;
  run?: string[];
  out?: string;
  labels?: NamedLabel[];
  surface?: boolean;
  tolerance: number;
  slices?: boolean;
}

/** The same for one run, or for masks that are of none. */
interface OneRun extends Omit<Options, "study" | "run" | "out"> {
  readonly study: string | undefined;
  readonly run: string | undefined;
  readonly out?: string | undefined;
}

/** What to compare, and where the results go unless the user says otherwise. */
interface Sources {
  readonly paired: PairedMasks;
  readonly foldOf: (pair: { id: string; prediction: string }) => string | undefined;
  readonly labels?: readonly NamedLabel[];
  readonly out: string;
}

/** `marrow evaluate --prediction DIR --reference DIR`, or `marrow evaluate --study STUDY --run RUN` */
export function evaluateCommand(): Command {
  return new Command("evaluate")
    .description(
      "compare predicted masks with reference masks: per case, label and fold, mean ± SD, 95 % interval",
    )
    .option("--prediction <dir>", "folder of predicted masks (or one file)")
    .option("--reference <dir>", "folder of reference masks (or one file), paired by case id")
    .option("--study <dir>", "study whose reader's masks are the reference and whose labels are used")
    .option(
      "--run <names>",
      "training runs of the study, separated by commas: their cross-validated predictions are evaluated, fold by fold; several are compared with the best",
      parseNames,
    )
    .option("--out <dir>", "where evaluation.json, evaluation.md, cases.csv and summary.csv go")
    .option(
      "--labels <list>",
      "labels to score, e.g. 1=anterior,2=posterior (default: all that occur)",
      parseLabels,
    )
    .option("--surface", "distances between surfaces too: HD95, average distance, surface Dice")
    .option("--tolerance <mm>", "tolerance of the surface Dice", parseTolerance, 1)
    .option("--slices", "Dice of each slice too, and its mean over the slices that hold the label")
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { run: names = [], study: dir, ...others } = options;
  if (names.length < 2) return void (await evaluateRun({ ...others, study: dir, run: names[0] }));
  if (dir === undefined || others.prediction !== undefined)
    throw new MarrowError("BAD_ARGUMENT", { expected: "--study, and no --prediction, with several runs" });
  const study = await openStudy(dir, { ignorePlan: true });
  const compared: RunResult[] = [];
  for (const name of names) {
    console.log(`\n${name}`);
    const out = others.out === undefined ? undefined : join(others.out, name);
    const result = await attempt(() => evaluateRun({ ...others, study: dir, run: name, out }));
    if (result) compared.push(result);
  }
  if (compared.length < 2) return;
  const table = networkTable(compared, "cross-validation", study);
  console.log(`\n${renderTable(table, "terminal")}`);
  const files = await writeNetworks(others.out ?? join(study.dir, places.comparisons, "networks"), table);
  console.log(`Research use only. Written: ${files.join(", ")}`);
}

/** A run that cannot be evaluated does not keep the others from it. */
async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MarrowError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
    return undefined;
  }
}

/** Evaluates, prints and writes. Answers what a comparison of runs needs; undefined for a classifier and for masks of no run. */
async function evaluateRun(options: OneRun): Promise<RunResult | undefined> {
  if (await evaluateClassifier(options)) return undefined;
  const { paired, foldOf, out, ...sources } = await sourcesOf(options);
  const labels = options.labels ?? sources.labels;
  const cases = paired.pairs.map((pair): CaseFiles => {
    const fold = foldOf(pair);
    return { ...pair, ...(fold === undefined ? {} : { fold }) };
  });
  const { surface = false, slices = false, tolerance: toleranceMm } = options;
  const { evaluation, failures } = await evaluateFiles(cases, { labels, surface, slices, toleranceMm });
  const all = [...paired.unpaired.map(unpairedFailure), ...failures];
  for (const table of evaluationTables(evaluation)) console.log(renderTable(table, "terminal"));
  const { prediction, reference, study, run: name } = options;
  const files = await writeEvaluation(out, evaluation, all, {
    ...{ prediction, reference, study, run: name, toleranceMm },
    made: new Date().toISOString(),
  });
  for (const failure of all) console.error(`${failure.id}: ${failure.message}`);
  console.log(`${evaluation.cases.length} cases evaluated, ${all.length} left out. Research use only.`);
  console.log(`Written: ${files.join(", ")}`);
  if (all.length > 0) process.exitCode = 1;
  if (name === undefined) return undefined;
  const predictions = new Map(paired.pairs.map((pair) => [pair.id, pair.prediction]));
  return { name, set: "cross-validation", predictions, ...scoresOf(evaluation) };
}

/** A classifier's run has no masks: what it is worth was worked out at its end. False for any other run. */
async function evaluateClassifier({ study: dir, run: name, out }: OneRun): Promise<boolean> {
  if (dir === undefined || name === undefined) return false;
  const folder = join(resolve(dir), places.runs, name);
  const result = await readJsonIfThere<CrossValidatedClassifier>(join(folder, foldFiles.classification));
  if (!result) return false;
  for (const table of classificationTables(result)) console.log(renderTable(table, "terminal"));
  const files = await writeClassification(out ?? join(folder, "evaluation"), result);
  console.log(`${result.cases.length} cases evaluated. Research use only.`);
  console.log(`Written: ${files.join(", ")}`);
  return true;
}

function unpairedFailure({ id, file, missing }: PairedMasks["unpaired"][number]): Failure {
  return failureOf(id, new MarrowError("EVALUATE_UNPAIRED", { file, expected: `a ${missing} for ${id}` }));
}

async function sourcesOf(options: OneRun): Promise<Sources> {
  if (options.study !== undefined)
    return studySources(await openStudy(options.study, { ignorePlan: true }), options);
  const { prediction, reference } = options;
  if (prediction === undefined || reference === undefined)
    throw new MarrowError("BAD_ARGUMENT", {
      expected: "--prediction and --reference, or --study with --run or --prediction",
    });
  const paired = pairMasks(await masksIn(prediction), await masksIn(reference));
  return { paired, foldOf: () => undefined, out: options.out ?? besides(prediction) };
}

async function studySources(study: Study, { prediction, run: name, out }: OneRun): Promise<Sources> {
  if (prediction === undefined && name === undefined)
    throw new MarrowError("BAD_ARGUMENT", { expected: "--run or --prediction with --study" });
  const references = study.cases.flatMap(({ id, mask }) => (mask === undefined ? [] : [{ id, file: mask }]));
  const folder = prediction ?? join(study.dir, places.runs, name ?? "");
  const predictions = prediction === undefined ? await runPredictions(folder) : await masksIn(prediction);
  const { pairs, unpaired } = pairMasks(predictions, references);
  const folds = study.splits?.folds ?? [];
  const foldOf = (pair: { id: string; prediction: string }) => {
    const ofRun = /^fold-(.+)$/.exec(relative(folder, pair.prediction).split(sep)[0])?.[1];
    const ofSplits = folds.findIndex(({ validation }) => validation.includes(pair.id));
    return ofRun ?? (ofSplits < 0 ? undefined : String(ofSplits));
  };
  // A run need not have predicted every case of the study: only predictions without a reference are amiss.
  const amiss = unpaired.filter(({ missing }) => missing === "reference");
  return {
    paired: { pairs, unpaired: amiss },
    foldOf,
    labels: study.config.labels,
    out: out ?? besides(folder),
  };
}

/** Masks in fold-<k>/predictions of a run. */
async function runPredictions(folder: string): Promise<MaskFile[]> {
  const files = (await filesBelow(folder)).filter(isImageFile);
  const inFold = files.filter((file) => /^fold-[^/\\]+[/\\]predictions[/\\]/.test(relative(folder, file)));
  if (inFold.length === 0)
    throw new MarrowError("EVALUATE_NOTHING", {
      file: folder,
      expected: join("fold-*", "predictions", "*.nii.gz"),
    });
  return (await Promise.all(inFold.map((file) => masksIn(file)))).flat();
}

const besides = (path: string) => join(resolve(isImageFile(path) ? join(path, "..") : path), "evaluation");
