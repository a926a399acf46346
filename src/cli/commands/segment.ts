import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { Command } from "commander";
import type { Device } from "../../autograd/runtime.js";
import { asMarrowError, MarrowError } from "../../base/errors.js";
import type { Model } from "../../inference/model.js";
import { openModel } from "../../inference/model-file.js";
import { modelInfo } from "../../inference/model-info.js";
import { plainPass } from "../../inference/plain-pass.js";
import { type EnsemblePart, partsOf } from "../../inference/ensemble.js";
import type { Segmentation } from "../../inference/segment.js";
import { segmentFilesWithParts } from "../../inference/segment-files.js";
import { requireWindowMemory } from "../../inference/window-cost.js";
import { writeText } from "../../study/files.js";
import { openStudy } from "../../study/study.js";
import type { Case, Plan } from "../../study/types.js";
import { writeNifti } from "../../volume/nifti.js";
import { foldFiles, makeFolder, readJsonIfThere } from "../../training/run-folder.js";
import { memoryLimit } from "../../training/memory.js";
import { deviceOption, parseGigabytes, parseNames } from "../options.js";
import { ProgressBar } from "../progress-bar.js";
import { version } from "../version.js";

interface Options {
  model: string[];
  out: string;
  study?: string;
  cases?: string[];
  device: Device;
  probabilities?: boolean;
  fast?: boolean;
  memory?: number;
}

/** One subject to segment: its images (one per channel) and the name of its mask. */
interface Job {
  readonly id: string;
  readonly images: readonly string[];
}

/** `marrow segment IMAGE… --model RUN --out DIR` */
export function segmentCommand(): Command {
  return new Command("segment")
    .description("segment images with a trained model; several folds are averaged")
    .argument("[images...]", "NIfTI images; the channels of one subject joined by commas")
    .requiredOption("--model <paths...>", "model.onnx files, or the folder of a run (all its folds)")
    .requiredOption("--out <dir>", "where the masks go")
    .option("--study <dir>", "take images from a study instead")
    .option(
      "--cases <ids>",
      "`test`, `external`, or case ids of the study, separated by commas (default: all)",
      parseNames,
    )
    .addOption(deviceOption())
    .option("--probabilities", "write the probability of each label too")
    .option("--fast", "one plain pass, without mirrored or noisy ones")
    .option("--memory <gigabytes>", "most memory to take (default: 90 % of the machine's)", parseGigabytes)
    .action(run);
}

async function run(images: string[], options: Options): Promise<void> {
  const files = (await Promise.all(options.model.map(modelFiles))).flat();
  await requireRoom(files, options);
  const models: Model[] = [];
  for (const file of files) models.push(await openModel(file, options.device));
  const parts = await finalParts(partsOf(models, files), options);
  const jobs =
    options.study === undefined ? images.map(fileJob) : await studyJobs(options.study, options.cases);
  if (jobs.length === 0)
    throw new MarrowError("BAD_ARGUMENT", { expected: "at least one image, or --study" });
  await makeFolder(options.out);
  const failed = await segmentAll(jobs, parts, options);
  for (const model of models) await model.close();
  console.log(
    `${jobs.length - failed} of ${jobs.length} segmented into ${options.out} (${files.length === 1 ? "1 model" : `${files.length} models averaged`}). Research use only.`,
  );
  if (failed > 0) process.exitCode = 1;
}

/** Before any model is opened: all are held at the same time. */
async function requireRoom(files: readonly string[], { device, memory }: Options): Promise<void> {
  let left = memoryLimit(device, memory);
  for (const { plan, models } of partsOf(await Promise.all(files.map(modelInfo)), files))
    left -= requireWindowMemory(plan, models.length, left);
}

/** Segments one after the other; what fails is reported and the rest goes on. Returns the number of failures. */
async function segmentAll(
  jobs: readonly Job[],
  parts: readonly EnsemblePart<Model>[],
  options: Options,
): Promise<number> {
  const models = parts.reduce((sum, part) => sum + part.models.length, 0);
  const bar = new ProgressBar();
  let failed = 0;
  for (const [n, job] of jobs.entries()) {
    try {
      const result = await segmentFilesWithParts(job.images, parts, {
        probabilities: options.probabilities ?? false,
      });
      // Before the mask: a case whose mask is there is done.
      await writeText(join(options.out, `${job.id}.json`), recordOf(job, result, models));
      await writeNifti(join(options.out, `${job.id}.nii.gz`), result.mask, {
        description: "Marrow mask. Research use only.",
      });
      for (const [label, volume] of result.probabilities ?? [])
        await writeNifti(join(options.out, `${job.id}_${label}.nii.gz`), volume);
    } catch (error) {
      failed++;
      bar.clear();
      console.error(`${job.id}: ${asMarrowError(error, job.images[0]).message}`);
    }
    bar.show("segmenting", (n + 1) / jobs.length, `${n + 1}/${jobs.length}`);
  }
  bar.clear();
  return failed;
}

/** What `<id>.json` beside a mask says. */
function recordOf({ id }: Job, { uncertainty }: Segmentation, models: number): string {
  const record = {
    ...{ case: id, uncertainty, uncertaintyIs: "mean voxel-wise predictive entropy, 0 to 1" },
    ...{ models, marrow: version(), made: new Date().toISOString(), notice: "Research use only." },
  };
  return `${JSON.stringify(record, null, 1)}\n`;
}

export async function modelFiles(path: string): Promise<string[]> {
  if (path.endsWith(".onnx")) return [path];
  const direct = join(path, foldFiles.model);
  if (existsSync(direct)) return [direct];
  const entries = await readdir(path).catch((error: unknown) => {
    throw asMarrowError(error, path);
  });
  const found = entries
    .filter((name) => /^fold-\d+$/.test(name))
    .sort()
    .map((name) => join(path, name, foldFiles.model))
    .filter((file) => existsSync(file));
  if (found.length === 0)
    throw new MarrowError("MODEL_INVALID", { file: path, expected: "model.onnx, or fold-*/model.onnx" });
  return found;
}

/** The models by grid, their plans with the post-processing that the run's cross-validation chose. */
async function finalParts(
  parts: readonly EnsemblePart<Model>[],
  { model, fast }: Options,
): Promise<EnsemblePart<Model>[]> {
  const folder = model.length === 1 && !model[0].endsWith(".onnx") ? model[0] : undefined;
  const chosen =
    folder === undefined
      ? undefined
      : await readJsonIfThere<Pick<Plan, "postprocessing">>(join(folder, "postprocessing.json"));
  return parts.map(({ plan, models }) => ({
    plan: { ...(fast ? plainPass(plan) : plan), ...(chosen && { postprocessing: chosen.postprocessing }) },
    models,
  }));
}

function fileJob(argument: string): Job {
  const images = argument.split(",");
  return { id: basename(images[0] ?? "").replace(/\.(nii(\.gz)?|hdr|img)$/i, ""), images };
}

async function studyJobs(dir: string, ids?: readonly string[]): Promise<Job[]> {
  const { cases, splits } = await openStudy(dir, { ignorePlan: true });
  if (!ids) return cases.map(jobOf);
  const sets: Record<string, readonly string[]> = {
    test: splits?.test ?? [],
    external: splits?.external ?? [],
  };
  const wanted = ids.flatMap((id) => sets[id] ?? [id]);
  const unknown = wanted.filter((id) => !cases.some((one) => one.id === id));
  if (unknown.length > 0)
    throw new MarrowError("BAD_ARGUMENT", { expected: "cases of the study", found: unknown.join(", ") });
  return cases.filter((one) => wanted.includes(one.id)).map(jobOf);
}

const jobOf = ({ id, images }: Case): Job => ({ id, images });
