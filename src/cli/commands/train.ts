import { Command } from "commander";
import { relative } from "node:path";
import type { Device } from "../../autograd/runtime.js";
import { labelTable, foldTable } from "../../report/evaluation-tables.js";
import { classificationTables } from "../../report/classification-tables.js";
import { renderTable } from "../../report/table.js";
import { planForNetwork } from "../../study/plan.js";
import { openStudy } from "../../study/study.js";
import type { Study } from "../../study/types.js";
import type { ClassifierOutcome } from "../../training/cross-validate-classifier.js";
import { crossValidate, type CrossValidationResult, type RunOutcome } from "../../training/cross-validate.js";
import { memoryLimit, requireMemory } from "../../training/memory.js";
import {
  deviceOption,
  parseCount,
  parseFolds,
  parseGigabytes,
  parseMinutes,
  parseNames,
} from "../options.js";
import { clock } from "../progress-bar.js";
import { trainingView } from "../training-view.js";
import { provenance } from "../version.js";

interface Options {
  network?: string[];
  folds?: number[];
  run?: string;
  minutes?: number;
  epochs?: number;
  seed: number;
  device: Device;
  memory?: number;
  threads?: number;
  workers?: number;
  fineTune?: string;
  summary: boolean;
}

/** `marrow train STUDY` */
export function trainCommand(): Command {
  return new Command("train")
    .description("train and cross-validate networks; run it again to resume")
    .argument("<study>", "study folder with plan.yaml and splits.json")
    .option(
      "--network <names>",
      "networks of the plan, separated by commas (default: the plan's first)",
      parseNames,
    )
    .option("--folds <list>", "folds to train, e.g. 0 or 0,1,2 (default: all)", parseFolds)
    .option("--run <name>", "name of the run (default: the network's name)")
    .option("--minutes <n>", "time for each network and fold; the schedule is fitted to it", parseMinutes)
    .option("--epochs <n>", "epochs instead of the plan's", parseCount)
    .option("--seed <n>", "seed of everything random", parseCount, 1)
    .addOption(deviceOption())
    .option("--memory <gb>", "memory a step may take (default: most of the machine's)", parseGigabytes)
    .option("--threads <n>", "CPU threads of the network (default: all cores)", parseCount)
    .option("--workers <n>", "threads that make batches (default: 1)", parseCount)
    .option("--fine-tune <weights>", "start from these weights (best.safetensors of another run)")
    .option("--no-summary", "train these folds alone; a later call with all folds puts them together")
    .action(run);
}

async function run(dir: string, options: Options): Promise<void> {
  const study = await openStudy(dir);
  const networks = options.network ?? [study.plan?.networks[0].name ?? ""];
  const folds = options.folds ?? (study.splits?.folds ?? []).map((_, fold) => fold);
  if (study.plan) {
    const limit = memoryLimit(options.device, options.memory);
    for (const name of networks) requireMemory(planForNetwork(study.plan, name), limit);
  }
  const abort = new AbortController();
  const stop = () => {
    console.error("\nStopping after this step; run the same command again to go on.");
    abort.abort();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const result = await crossValidate({
    ...options,
    study,
    networks,
    folds,
    signal: abort.signal,
    listener: trainingView(),
    provenance: provenance(),
  });
  process.off("SIGINT", stop);
  process.off("SIGTERM", stop);
  printOutcome(study, dir, result);
}

/** The overview at the end, with the next command. */
export function printOutcome(
  study: Study,
  dir: string,
  { runs, classifiers, failed, finished }: CrossValidationResult,
): void {
  for (const one of failed) console.error(`left out: ${one.id}\n${one.error.message}`);
  for (const outcome of runs) printRun(study, outcome);
  for (const outcome of classifiers) printClassifier(study, dir, outcome);
  if (!finished) {
    process.exitCode = 130;
    return;
  }
  const best = runs.reduce<RunOutcome | undefined>(
    (a, b) => (a && meanDice(a) >= meanDice(b) ? a : b),
    undefined,
  );
  if (!best) return;
  if (failed.length > 0) process.exitCode = 1;
  console.log(`\nResearch use only. Next:`);
  const names = runs.map(runNameOf).join(",");
  const what = runs.length > 1 ? "each network against the best" : "distances, intervals, files";
  console.log(`  marrow evaluate --study ${dir} --run ${names} --surface   # ${what}`);
  console.log(
    `  marrow segment IMAGE.nii.gz --model ${relative(process.cwd(), best.folder) || "."} --out masks`,
  );
}

function printClassifier(
  study: Study,
  dir: string,
  { network, folder, folds, result }: ClassifierOutcome,
): void {
  console.log(`\n${network}  (${relative(study.dir, folder)})`);
  for (const { fold, training, cases, failed } of folds) {
    console.log(
      `  fold ${fold}: ${training.iterations} steps in ${clock(training.seconds)}, ${cases.length} cases classified`,
    );
    for (const { id, message } of failed) console.error(`  not classified: ${id}\n${message}`);
  }
  for (const table of classificationTables(result)) console.log(renderTable(table, "terminal"));
  console.log(`Research use only. Next:`);
  console.log(`  marrow evaluate --study ${dir} --run ${runNameOf({ folder })}   # tables, calibration plot`);
  console.log(
    `  marrow classify IMAGE.nii.gz --mask ROI.nii.gz --model ${relative(process.cwd(), folder) || "."}`,
  );
}

const runNameOf = ({ folder }: Pick<RunOutcome, "folder">) => folder.split(/[/\\]/).at(-1) ?? "";

export function meanDice({ evaluation }: RunOutcome): number {
  const rows = evaluation.summaries.filter((row) => row.group === "all" && row.metric === "dice");
  return (rows.find((row) => row.label === "mean") ?? rows[0])?.summary.mean ?? NaN;
}

function printRun(study: Study, outcome: RunOutcome): void {
  console.log(`\n${outcome.network}  (${relative(study.dir, outcome.folder)})`);
  for (const { fold, training, scores } of outcome.folds) {
    const waiting = `${(100 * training.waitedShare).toFixed(1)} % waiting for data`;
    console.log(
      `  fold ${fold}: ${training.iterations} steps in ${clock(training.seconds)}, ${waiting}, peak ${training.peakMemoryMB} MB`,
    );
    for (const { id, message } of scores.failed) console.error(`  not predicted: ${id}\n${message}`);
  }
  console.log(renderTable(labelTable(outcome.evaluation), "terminal"));
  const folds = foldTable(outcome.evaluation);
  if (folds) console.log(renderTable(folds, "terminal"));
  const { largestComponent } = outcome.postprocessing.postprocessing;
  const chosen = outcome.postprocessing.trials.filter((_, i) =>
    largestComponent.includes(outcome.evaluation.labels[i]?.value ?? -1),
  );
  console.log(
    chosen.length
      ? `  Post-processing: largest component of ${chosen.map((t) => t.label).join(", ")}`
      : "  Post-processing: none helps",
  );
}
