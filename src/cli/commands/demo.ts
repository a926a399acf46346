import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { Command } from "commander";
import { MarrowError } from "../../base/errors.js";
import { openModel } from "../../inference/model-file.js";
import { requireEnsemble } from "../../inference/segment.js";
import { segmentFiles } from "../../inference/segment-files.js";
import { writePhantomStudy } from "../../phantom/study.js";
import { labelTable } from "../../report/evaluation-tables.js";
import { overviewPage, type PictureSet } from "../../report/overview.js";
import { pictureRow } from "../../report/picture.js";
import { progressSvg } from "../../report/progress.js";
import { renderTable } from "../../report/table.js";
import { collect, scoreCase } from "../../statistics/evaluation.js";
import { fingerprintOf } from "../../study/fingerprint.js";
import { places } from "../../study/names.js";
import { writePlan } from "../../study/plan-file.js";
import { derivePlan } from "../../study/plan.js";
import { writeSplits } from "../../study/splits-file.js";
import { makeSplits, splitCases } from "../../study/splits.js";
import { openStudy } from "../../study/study.js";
import type { Case, Plan, Study } from "../../study/types.js";
import { readMask, readNifti, writeNifti } from "../../volume/nifti.js";
import { crossValidate, type RunOutcome } from "../../training/cross-validate.js";
import { foldFiles, makeFolder, writeAtomically } from "../../training/run-folder.js";
import { parseCount, parseMinutes } from "../options.js";
import { trainingView } from "../training-view.js";
import { provenance, version } from "../version.js";

interface Options {
  out: string;
  subjects: number;
  minutes: number;
  seed: number;
}

const folds = 2;
/** File that marks a folder as the demo's own. */
const foldersMark = "MARROW-DEMO.txt";
/** The paper's network with an eighth of its channels, so that it learns in minutes on two cores. */
const smallFeatures = [8, 8, 16, 32, 64, 8];

/** `marrow demo` */
export function demoCommand(): Command {
  return new Command("demo")
    .description(
      "everything once, on synthetic images: train, cross-validate, segment an unseen subject, overview page",
    )
    .option(
      "--out <dir>",
      "new folder for the synthetic study; one of an earlier demo is replaced",
      "marrow-demo",
    )
    .option(
      "--subjects <n>",
      "synthetic patients, the last two of which are never trained on",
      parseCount,
      14,
    )
    .option("--minutes <n>", "training time of each of the two folds", parseMinutes, 1.5)
    .option("--seed <n>", "seed of everything random", parseCount, 1)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { out } = options;
  console.log("1/5  Making a synthetic study of sacroiliac joints (T1W) with fat metaplasia …");
  await clear(out);
  await writePhantomStudy(out, {
    kind: "sij-t1",
    subjects: options.subjects,
    seed: options.seed,
    size: "small",
  });
  await writeAtomically(
    join(out, foldersMark),
    "A synthetic study made by `marrow demo`, replaced by the next one.\n",
  );
  console.log("2/5  Planning and splitting …");
  const study = await prepare(out, options.seed);
  console.log(`3/5  Training the 2.5D-AttentionUNet (small), cross-validated on ${folds} folds …`);
  const [outcome] = (
    await crossValidate({
      study,
      networks: ["attention-unet-2.5d"],
      folds: Array.from({ length: folds }, (_, fold) => fold),
      run: "demo",
      seed: options.seed,
      device: "cpu",
      minutes: options.minutes,
      listener: trainingView(),
      provenance: provenance(),
    })
  ).runs;
  if (!outcome) return;
  console.log("\n4/5  Segmenting subjects that no fold has seen …");
  const unseen = await segmentUnseen(study, outcome);
  console.log(renderTable(labelTable(outcome.evaluation), "terminal"));
  console.log(
    renderTable(
      { ...labelTable(unseen.evaluation), title: "Unseen subjects (both folds averaged)" },
      "terminal",
    ),
  );
  console.log("5/5  Writing the overview page …");
  const page = join(out, "index.html");
  await writeAtomically(page, overview(options, outcome, unseen));
  console.log(`\nOpen ${page} in a browser. Synthetic images: no evidence of anything. Research use only.`);
}

/** Removes an earlier demo; a folder that holds anything else is left alone. */
async function clear(dir: string): Promise<void> {
  if (!existsSync(dir)) return;
  const isDemo = existsSync(join(dir, foldersMark)) || (await readdir(dir)).length === 0;
  if (!isDemo) {
    throw new MarrowError("DEMO_FOLDER", { file: dir, expected: "no folder, or one of an earlier demo" });
  }
  await rm(dir, { recursive: true });
}

/** Plans the study and keeps its last two subjects apart. */
async function prepare(dir: string, seed: number): Promise<Study> {
  const bare = await openStudy(dir);
  const { fingerprint } = await fingerprintOf(bare);
  const derived = derivePlan(bare.task, fingerprint, { networks: ["attention-unet-2.5d"] });
  const plan = demoPlan(derived.plan);
  await writePlan(join(dir, places.plan), { ...derived, plan }, true);
  const test = bare.cases.slice(-2).map((one) => one.id);
  const cases = splitCases(bare.cases, fingerprint).filter((one) => !test.includes(one.id));
  await writeSplits(join(dir, places.splits), { ...makeSplits(cases, { folds, seed }), test });
  return openStudy(dir);
}

/** The paper's plan made small: the phantom's own grid, few channels, short epochs, one plain pass at prediction. */
function demoPlan(plan: Plan): Plan {
  return {
    ...plan,
    spacing: [2.2, 2.2, 8],
    patch: [64, 64, 12],
    batch: 2,
    networks: [
      { ...plan.networks[0], features: smallFeatures, dropout: 0.1, patch: undefined, batch: undefined },
    ],
    optimiser: { ...plan.optimiser, learningRate: 3e-3, averaging: 0.98, clipNorm: 12 },
    schedule: { ...plan.schedule, name: "cosine", warmup: 10 },
    iterationsPerEpoch: 20,
    validateEvery: 5,
    inference: { ...plan.inference, mirror: [true, false, false], noisyPasses: 0 },
  };
}

interface Unseen {
  readonly evaluation: ReturnType<typeof collect>;
  readonly pictures: readonly PictureSet[];
}

async function segmentUnseen(study: Study, outcome: RunOutcome): Promise<Unseen> {
  const files = outcome.folds.map(({ folder }) => join(folder, foldFiles.model));
  const models = await Promise.all(files.map((file) => openModel(file)));
  const { postprocessing } = outcome.postprocessing;
  const plan = { ...requireEnsemble(models, files), postprocessing };
  const cases = study.cases.filter((one) => study.splits?.test.includes(one.id));
  const folder = join(study.dir, "derivatives", "marrow", "segmented");
  await makeFolder(folder);
  const results = [];
  for (const one of cases) results.push(await segmentCase(one, models, plan, folder));
  for (const model of models) await model.close();
  return {
    evaluation: collect(
      results.map((r) => r.score),
      plan.labels,
    ),
    pictures: results.map((r) => r.pictures),
  };
}

async function segmentCase(
  one: Case,
  models: Parameters<typeof segmentFiles>[1],
  plan: Plan,
  folder: string,
) {
  const { mask } = await segmentFiles(one.images, models, { plan });
  await writeNifti(join(folder, `${one.id}.nii.gz`), mask);
  const truth = await readMask(one.mask ?? "");
  const image = await readNifti(one.images[0] ?? "");
  const pictures = pictureRow(image, { truth, prediction: mask }, { pixels: 420 });
  return {
    score: scoreCase({ id: one.id, prediction: mask, reference: truth }, plan.labels),
    pictures: { title: one.id, pictures },
  };
}

function overview(options: Options, outcome: RunOutcome, unseen: Unseen): string {
  const runs = outcome.folds.map(({ fold, training }) => ({
    name: `Fold ${fold}`,
    facts: {
      network: "2.5D-AttentionUNet (small)",
      steps: training.iterations,
      minutes: (training.seconds / 60).toFixed(1),
      "best validation Dice": training.bestScore.toFixed(3),
      "waiting for data": `${(100 * training.waitedShare).toFixed(1)} %`,
    },
    figure: progressSvg(training.history),
  }));
  const study = relative(process.cwd(), options.out) || options.out;
  return overviewPage({
    title: "Marrow demo: fat metaplasia on synthetic sacroiliac joints",
    introduction:
      "All images on this page are synthetic. They show that the system works, and are no evidence of how well it works on patients.",
    runs,
    tables: [
      labelTable(outcome.evaluation),
      { ...labelTable(unseen.evaluation), title: "Unseen subjects (both folds averaged)" },
    ],
    pictures: unseen.pictures,
    next: [
      {
        command: `npx marrow evaluate --study ${study} --run demo --surface`,
        why: "distances and intervals, case by case",
      },
      {
        command: "npx marrow init my-study --images IMAGES --masks MASKS",
        why: "the same with images and masks of your own",
      },
    ],
    made: `Marrow ${version()}, seed ${options.seed}, CPU`,
  });
}
