import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, Option } from "commander";
import type { Device } from "../../autograd/runtime.js";
import { asMarrowError } from "../../base/errors.js";
import {
  explainFiles,
  type Explainable,
  layersOf,
  openExplainable,
} from "../../inference/explain/explain.js";
import { type Method, methods } from "../../inference/explain/methods.js";
import { heatPicture, hottestSlices } from "../../report/heat-picture.js";
import { readMask, readNifti, writeNifti } from "../../volume/nifti.js";
import { makeFolder, writeJson } from "../../training/run-folder.js";
import { addCaseOptions, type CaseJob, caseJobs, type CaseOptions } from "../classifier-inputs.js";
import { deviceOption, parseCount } from "../options.js";
import { modelFiles } from "./segment.js";

interface Options extends CaseOptions {
  model: string;
  out: string;
  method: Method;
  layer?: string;
  layers?: boolean;
  label?: string;
  steps: number;
  pictures: number;
  device: Device;
}

/** `marrow explain IMAGE… --model MODEL --out DIR` */
export function explainCommand(): Command {
  const command = new Command("explain")
    .description("show which voxels a model's answer rests on: Grad-CAM of any layer, or a second opinion")
    .argument("[images...]", "NIfTI images; the channels of one case joined by commas")
    .requiredOption(
      "--model <path>",
      "model.onnx of a classifier or segmentation, or the folder of a run (its first fold)",
    )
    .addOption(new Option("--method <name>", "how to explain").choices(methods).default("grad-cam"))
    .option("--layer <name>", "layer of Grad-CAM (default: the deepest whose cells are at most 20 mm wide)")
    .option("--layers", "list the model's layers and do no more")
    .option("--label <name>", "label of a segmentation (default: its first)")
    .option("--steps <n>", "steps of the integrated gradients", parseCount, 32);
  return addCaseOptions(command)
    .option("--pictures <n>", "slices drawn of each case, those with most of the map", parseCount, 3)
    .option("--out <dir>", "where maps and pictures go", "explanations")
    .addOption(deviceOption())
    .action(run);
}

async function run(images: string[], options: Options): Promise<void> {
  const [file] = await modelFiles(options.model);
  if (options.layers) {
    for (const { name, shape } of await layersOf(file)) console.log(`${name}  ${shape.slice(1).join(" × ")}`);
    return;
  }
  const { layer, label, method, steps, device } = options;
  const chosen = {
    method,
    steps,
    ...(layer !== undefined && { layer }),
    ...(label !== undefined && { label }),
  };
  const model = await openExplainable(file, chosen, device);
  const jobs = await caseJobs(images, options);
  await makeFolder(options.out);
  let failed = 0;
  for (const job of jobs) {
    try {
      console.log(await explainOne(job, model, options, file));
    } catch (error) {
      failed++;
      console.error(`${job.id}: ${asMarrowError(error, job.images[0]).message}`);
    }
  }
  await model.explainer.close();
  console.log(`${jobs.length - failed} of ${jobs.length} explained into ${options.out}. Research use only.`);
  if (failed > 0) process.exitCode = 1;
}

/** Writes the map, its record and pictures; returns the line to print. */
async function explainOne(
  job: CaseJob,
  model: Explainable,
  { out, method, pictures, label }: Options,
  file: string,
): Promise<string> {
  const { map, scale, score } = await explainFiles(job, model);
  const stem = join(out, `${job.id}_${method}`);
  await writeNifti(`${stem}.nii.gz`, map, { description: `Marrow ${method}. Research use only.` });
  const { layer } = model.explainer;
  const name = model.plan.classification ? undefined : (label ?? model.plan.labels[0].name);
  await writeJson(`${stem}.json`, {
    case: job.id,
    method,
    layer,
    label: name,
    score,
    scale,
    model: file,
    notice: "Research use only.",
  });
  const image = await readNifti(job.images[0]);
  const mask = job.mask === undefined ? undefined : await readMask(job.mask);
  for (const slice of hottestSlices(map, pictures))
    await writeFile(
      `${stem}_slice-${slice + 1}.png`,
      heatPicture(image, map, slice, { mask, peak: 1, pixels: 480 }),
    );
  const nothing = scale === 0 ? "; nothing speaks for it, the map is all 0" : "";
  return `${job.id}: score ${score.toFixed(3)}${layer === undefined ? "" : `, layer ${layer}`}${nothing}`;
}
