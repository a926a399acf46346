import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { MarrowError } from "../../base/errors.js";
import { analysesNamed, analysisNames } from "../../quantify/analyses.js";
import {
  himrissTemplate,
  readHimrissTemplate,
  studyHimriss,
  type HimrissTemplate,
} from "../../quantify/himriss-template.js";
import type { CaseFiles, CaseFailure, FileOptions, MeasuredCase } from "../../quantify/quantify-files.js";
import { quantifyCases } from "../../quantify/quantify-files.js";
import type { NamedValue } from "../../quantify/scene.js";
import { studyCases } from "../../quantify/study-cases.js";
import { withChange, withSessionChanges } from "../../quantify/time-points.js";
import { writeQuantification } from "../../report/quantification-files.js";
import { screenTables } from "../../report/quantification-tables.js";
import { renderTable } from "../../report/table.js";
import { labelsIn } from "../../statistics/confusion.js";
import { isImageFile, places, stemOf } from "../../study/names.js";
import { openStudy } from "../../study/study.js";
import { taskNamed } from "../../study/tasks.js";
import { readMask } from "../../volume/nifti.js";
import { parseLabels } from "../label-options.js";
import { parseNames, parseNumber } from "../options.js";
import { ProgressBar } from "../progress-bar.js";
import { ProgressRecord } from "../record-file.js";

interface Options {
  image?: string;
  bones?: string;
  boneLabels?: NamedValue[];
  reference?: string;
  tissue?: string;
  fluid?: string;
  intense?: number;
  slices?: number[];
  labels?: NamedValue[];
  task?: string;
  measures?: string[];
  reader?: string;
  run?: string;
  masks?: string;
  before?: string;
  sdc?: number;
  himriss?: string;
  out?: string;
  progress?: string;
}

/** What to measure and where the results go. */
interface Work {
  readonly cases: readonly CaseFiles[];
  readonly labels: readonly NamedValue[];
  readonly analyses: readonly string[];
  readonly out: string;
  readonly himriss: HimrissTemplate;
}

/** `marrow quantify STUDY`, or `marrow quantify MASK --image IMAGE --bones BONES` */
export function quantifyCommand(): Command {
  return new Command("quantify")
    .description("measure lesions: volume, place, intensity, SPARCC-like scores, UNet-score")
    .argument("<study-or-mask>", "a study folder, or one mask")
    .option("--image <file>", "image of the mask (a study has its own)")
    .option("--bones <source>", "bone mask; for a study a reader's name or a folder")
    .option("--bone-labels <list>", "what the bone mask's values mean, e.g. 1=sacrum,2=ilium", parseLabels)
    .option("--reference <source>", "mask of the tissue that intensities are compared with")
    .option("--tissue <name>", "what the reference shows: marrow or muscle", "marrow")
    .option("--fluid <source>", "mask of vessels or CSF, for the intense points of the inflammation score")
    .option("--intense <value>", "intensity from which a lesion is intense, instead of --fluid", parseNumber)
    .option("--slices <list>", "slices to score, from 1, instead of those chosen", parseSlices)
    .option("--labels <list>", "what the mask's values mean, e.g. 1=fat-metaplasia", parseLabels)
    .option("--task <name>", "shipped task that gives labels and measures to a single mask")
    .option("--measures <list>", `which of ${analysisNames.join(", ")} (default: the task's)`, parseNames)
    .option("--reader <name>", "study: measure this reader's masks (default: the reference reader's)")
    .option("--run <name>", "study: measure this run's predictions")
    .option("--masks <dir>", "study: measure the masks in this folder")
    .option("--before <file>", "mask of an earlier examination: what is new, grown, shrunk, resolved")
    .option("--sdc <mm3>", "smallest detectable change of a lesion's volume", parseNumber)
    .option(
      "--himriss <file>",
      "HIMRISS template of your centre (default: the study's himriss.yaml, else the shipped one)",
    )
    .option("--out <dir>", "where quantification.json, CSV tables and quantification.md go")
    .option("--progress <file>", "for programs: write how far it is to this file, as JSON")
    .action(run);
}

async function run(source: string, options: Options): Promise<void> {
  const work = isStudy(source) ? await studyWork(source, options) : await maskWork(source, options);
  analysesNamed(work.analyses);
  const bar = new ProgressBar();
  const record = new ProgressRecord(options.progress);
  const { measured, failures } = await quantifyCases(
    work.cases,
    fileOptions(work, options),
    (_id, done, total) => {
      bar.show("measuring", done / total, `${done}/${total}`);
      record.show(done / total, `${done} of ${total} cases measured`);
    },
  );
  bar.clear();
  const cases = await changed(measured, work, source, options);
  const { image, bones, reference, fluid, reader, run: runName, masks, before } = options;
  const files = await writeQuantification(work.out, cases, failures, {
    ...{ source, image, bones, reference, fluid, reader, run: runName, masks, before },
    ...{ analyses: work.analyses, made: new Date().toISOString() },
  });
  tell(cases, failures, files);
}

function tell(
  cases: readonly MeasuredCase[],
  failures: readonly CaseFailure[],
  files: readonly string[],
): void {
  for (const table of screenTables(cases)) console.log(renderTable(table, "terminal"));
  for (const { id, message } of failures) console.error(`${id}: ${message}`);
  const [first] = cases;
  if (first) console.log(`Bones: ${first.basis.bones}. Intensities against: ${first.basis.reference}.`);
  console.log(`${cases.length} cases measured, ${failures.length} left out. Research use only.`);
  console.log(`Written: ${files.join(", ")}`);
  if (failures.length > 0) process.exitCode = 1;
}

function isStudy(source: string): boolean {
  if (!existsSync(source)) throw new MarrowError("FILE_NOT_FOUND", { file: source });
  return statSync(source).isDirectory();
}

function fileOptions(
  { labels, analyses, himriss }: Work,
  { boneLabels, tissue, intense, slices }: Options,
): FileOptions {
  return { labels, analyses, himriss, boneLabels, tissue, intenseFrom: intense, slices };
}

async function studyWork(dir: string, options: Options): Promise<Work> {
  const study = await openStudy(dir, { ignorePlan: true, ignoreSplits: true });
  const { image, before } = options;
  if (image !== undefined || before !== undefined)
    throw new MarrowError("BAD_ARGUMENT", {
      expected: "--image and --before with a single mask, not with a study",
    });
  const name = options.run ?? options.reader ?? (options.masks === undefined ? study.config.reader : "masks");
  return {
    cases: await studyCases(study, options),
    labels: options.labels ?? study.config.labels,
    analyses: options.measures ?? study.task.quantification,
    out: options.out ?? join(study.dir, places.quantification, name),
    himriss: await (options.himriss === undefined
      ? studyHimriss(study.dir)
      : readHimrissTemplate(options.himriss)),
  };
}

async function maskWork(mask: string, options: Options): Promise<Work> {
  if (!isImageFile(mask))
    throw new MarrowError("IMAGE_FORMAT", { file: mask, expected: "a mask (.nii.gz) or a study folder" });
  const task = options.task === undefined ? undefined : taskNamed(options.task);
  const id = stemOf(mask);
  const { image, bones, reference, fluid } = options;
  return {
    cases: [{ id, subject: id, mask, image, bones, reference, fluid }],
    labels: options.labels ?? task?.labels ?? (await numbered(mask)),
    analyses: options.measures ?? task?.quantification ?? ["lesions"],
    out: options.out ?? join(dirname(resolve(mask)), `${id}_quantification`),
    himriss: options.himriss === undefined ? himrissTemplate : await readHimrissTemplate(options.himriss),
  };
}

/** Values without a task are called by their number. */
async function numbered(mask: string): Promise<NamedValue[]> {
  return labelsIn([await readMask(mask)]).map((value) => ({ value, name: `label-${value}` }));
}

/** Change since the mask of --before, or, in a study, since the same patient's session before. */
async function changed(
  measured: readonly MeasuredCase[],
  { cases, labels }: Work,
  after: string,
  { before, sdc }: Options,
): Promise<MeasuredCase[]> {
  const how = { labels, smallestDetectable: sdc };
  if (before === undefined) return withSessionChanges(measured, cases, how);
  return Promise.all(measured.map((one) => withChange(one, { before, after }, how)));
}

/** `7,8,9` or `7-11`, from 1; returned from 0. */
function parseSlices(text: string): number[] {
  const slices = text.split(",").flatMap((part) => {
    const match = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part);
    const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    if (!match || first < 1 || last < first || last - first > 999)
      throw new InvalidArgumentError("Slices are numbers from 1, e.g. 7-11 or 7,8,9.");
    return Array.from({ length: last - first + 1 }, (_, n) => first + n - 1);
  });
  return [...new Set(slices)];
}
