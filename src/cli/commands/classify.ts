import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Command } from "commander";
import type { Device } from "../../autograd/runtime.js";
import { asMarrowError, MarrowError } from "../../base/errors.js";
import { classificationOf } from "../../inference/classifier-graph.js";
import { type Classifier, openClassifier } from "../../inference/classifier-model.js";
import { type Classified, classifyFiles, requireSameClassifier } from "../../inference/classify.js";
import { number, tableOf, text } from "../../report/table/columns.js";
import { renderTable, type Table } from "../../report/table.js";
import type { Plan } from "../../study/types.js";
import { addCaseOptions, type CaseJob, caseJobs, type CaseOptions } from "../classifier-inputs.js";
import { deviceOption } from "../options.js";
import { modelFiles } from "./segment.js";

interface Options extends CaseOptions {
  model: string[];
  out?: string;
  device: Device;
}

interface Row {
  readonly id: string;
  readonly result: Classified;
}

/** `marrow classify IMAGE… --mask ROI… --model RUN` */
export function classifyCommand(): Command {
  const command = new Command("classify")
    .description("classify cases with a trained classifier; the folds of a run are averaged")
    .argument("[images...]", "NIfTI images; the channels of one case joined by commas")
    .requiredOption(
      "--model <paths...>",
      "model.onnx files of a classifier, or the folder of a run (all its folds)",
    );
  return addCaseOptions(command)
    .option("--out <csv>", "write the table here too")
    .addOption(deviceOption())
    .action(run);
}

async function run(images: string[], options: Options): Promise<void> {
  const files = (await Promise.all(options.model.map(modelFiles))).flat();
  const models: Classifier[] = [];
  for (const file of files) models.push(await openClassifier(file, options.device));
  const plan = requireSameClassifier(models, files);
  const jobs = await caseJobs(images, options);
  const rows = await classifyAll(jobs, models, plan);
  for (const model of models) await model.close();
  const table = resultTable(rows, plan);
  console.log(renderTable(table, "terminal"));
  if (options.out !== undefined) await writeTable(options.out, renderTable(table, "csv"));
  console.log(`${rows.length} of ${jobs.length} classified (${files.length} models). Research use only.`);
  if (rows.length < jobs.length) process.exitCode = 1;
}

/** One after the other; what fails is reported and the rest goes on. */
async function classifyAll(
  jobs: readonly CaseJob[],
  models: readonly Classifier[],
  plan: Plan,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { id, images, mask, clinical } of jobs) {
    try {
      if (mask === undefined)
        throw new MarrowError("CLASSIFY_NO_MASK", { file: images[0], expected: `a mask for ${id}` });
      rows.push({ id, result: await classifyFiles({ images, mask, clinical }, models, plan) });
    } catch (error) {
      console.error(`${id}: ${asMarrowError(error, images[0]).message}`);
    }
  }
  return rows;
}

function resultTable(rows: readonly Row[], plan: Plan): Table {
  const { column, positive } = classificationOf(plan);
  return tableOf(
    `${column}: ${positive}`,
    rows,
    [
      text("case", ({ id }) => id),
      number("probability", ({ result }) => result.probability),
      number("threshold", ({ result }) => result.threshold),
      text("decision", ({ result }) => (result.isPositive ? positive : `not ${positive}`)),
      number("ROI ml", ({ result }) => result.roiMl, 2),
      text("note", ({ result }) => noteOf(result)),
    ],
    [
      "Probability: calibrated on the validation cases of the training; it holds where positive cases are as frequent as there.",
    ],
  );
}

function noteOf({ roiMl, missing }: Classified): string {
  return [
    ...(roiMl === 0 ? ["empty ROI: the image alone decides"] : []),
    ...(missing.length > 0 ? [`not known: ${missing.join(", ")}`] : []),
  ].join("; ");
}

async function writeTable(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (error) {
    throw asMarrowError(error, path);
  }
}
