import { join } from "node:path";
import { mkdir, writeFile } from "node:fs/promises";
import { Command, Option } from "commander";
import { asMarrowError, MarrowError } from "../../base/errors.js";
import type { DicomFile } from "../../dicom/data-set.js";
import { reidentify } from "../../dicom/deidentify/reidentify.js";
import type { PseudonymMap } from "../../dicom/deidentify/pseudonym-map.js";
import {
  placeMask,
  placeVolume,
  sourceImages,
  type Placed,
  type SourceImage,
} from "../../dicom/results/source-image.js";
import type { Algorithm } from "../../dicom/seg/segment.js";
import { openSource } from "../../dicom/source.js";
import { writeDicom } from "../../dicom/write-dicom.js";
import { quantify } from "../../quantify/quantify.js";
import type { BoneSource, NamedValue } from "../../quantify/scene.js";
import {
  dicomResults,
  type DicomResults,
  type Probability,
} from "../../report/dicom-results/dicom-results.js";
import { labelsIn } from "../../statistics/confusion.js";
import { labelName } from "../../study/names.js";
import { taskNamed } from "../../study/tasks.js";
import type { Label, Task } from "../../study/types.js";
import { readMask, readNifti } from "../../volume/nifti.js";
import type { Mask, Volume, VoxelArray } from "../../volume/volume.js";
import { parseFiles, parseLabels } from "../label-options.js";
import { openExistingMap } from "../open-map.js";
import { parseNames } from "../options.js";
import { version } from "../version.js";

interface Options {
  dicom: string;
  out: string;
  task?: string;
  labels?: NamedValue[];
  bones?: string;
  boneLabels?: NamedValue[];
  measures?: string[];
  series?: string;
  segType: "binary" | "labelmap";
  probabilities?: [label: string, file: string][];
  madeBy: "automatic" | "semiautomatic" | "manual";
  algorithm?: string;
  algorithmVersion?: string;
  map?: string;
  key?: string;
}

/** `marrow dicom-results MASK --dicom DIR --out DIR --task NAME` */
export function dicomResultsCommand(): Command {
  return new Command("dicom-results")
    .description("make a DICOM segmentation, a measurement report and key images from a mask")
    .argument("<mask>", "mask (.nii.gz) on the grid of the DICOM images")
    .requiredOption("--dicom <source>", "the original images: folder, zip archive or DICOMDIR")
    .requiredOption("--out <dir>", "where segmentation.dcm, report.dcm and key-image-*.dcm go")
    .option("--task <name>", "shipped task that gives labels, codes and measures")
    .option("--labels <list>", "what the mask's values mean, e.g. 1=fat-metaplasia", parseLabels)
    .option("--bones <file>", "bone mask, for measures of place")
    .option("--bone-labels <list>", "what the bone mask's values mean, e.g. 1=sacrum,2=ilium", parseLabels)
    .option("--measures <list>", "analyses of `marrow quantify` (default: the task's)", parseNames)
    .option("--series <uid>", "series of the images, where several lie on the mask's grid")
    .addOption(
      new Option(
        "--seg-type <type>",
        "segmentation as binary frames, or as a label map, which newer viewers read",
      )
        .choices(["binary", "labelmap"])
        .default("binary"),
    )
    .option(
      "--probabilities <list>",
      "probabilities of labels, e.g. fat-metaplasia=case_fat-metaplasia.nii.gz: a fractional segmentation",
      parseFiles,
    )
    .addOption(
      new Option("--made-by <how>", "how the mask was made")
        .choices(["automatic", "semiautomatic", "manual"])
        .default("automatic"),
    )
    .option("--algorithm <name>", "name of the model or method (default: the task's)")
    .option("--algorithm-version <text>", "its version (default: Marrow's)")
    .option("--map <file>", "pseudonym map: give the results their patient back")
    .option("--key <file>", "project key that opens the map, where no passphrase does")
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const map = await openExistingMap(options);
  const task = options.task === undefined ? undefined : taskNamed(options.task);
  const mask = await readMask(file);
  const source = await openSource(options.dicom);
  try {
    const placed = placeMask(mask, await sourceImages(source), file, options.series);
    const pixels = await placed.image.read();
    const results = dicomResults({
      ...{ placed, pixels, task: task?.name ?? "", version: version(), made: new Date() },
      labels: labelsOf(mask, task, options),
      segmentationType: options.segType,
      probabilities: await probabilitiesOf(placed.image, labelsOf(placed.mask, task, options), options),
      measurements: await measured(placed, pixels, task, options),
      algorithm: algorithmOf(options),
    });
    tell(await writeResults(results, options.out, map), options, map !== undefined);
  } finally {
    await source.close();
  }
}

/** Throws BAD_ARGUMENT for a label that there is not, GRID_MISMATCH, and as readNifti does. */
async function probabilitiesOf(
  image: SourceImage,
  labels: readonly Label[],
  { probabilities: files = [] }: Options,
): Promise<Probability[]> {
  const read: Probability[] = [];
  for (const [label, file] of files) {
    if (!labels.some(({ name }) => name === label))
      throw new MarrowError("BAD_ARGUMENT", {
        expected: labels.map(({ name }) => name).join(", "),
        found: label,
      });
    read.push({ label, volume: placeVolume(await readNifti(file), image, file) });
  }
  return read;
}

function labelsOf(mask: Mask, task: Task | undefined, { labels }: Options): Label[] {
  if (labels) return labels.map(({ value, name }) => ({ value, name: labelName(name) }));
  if (task) return [...task.labels];
  const values = labelsIn([mask]);
  if (values.length === 0)
    throw new MarrowError("BAD_ARGUMENT", { expected: "--task or --labels, since the mask is empty" });
  return values.map((value) => ({ value, name: `label-${value}` }));
}

async function measured(placed: Placed, image: Volume<VoxelArray>, task: Task | undefined, options: Options) {
  const { bones: file, boneLabels = [], measures } = options;
  const labels = labelsOf(placed.mask, task, options);
  const bones: BoneSource | undefined = file === undefined ? undefined : { mask: await readMask(file), labels: boneLabels, origin: "mask" }; // prettier-ignore
  const names = measures ?? task?.quantification ?? ["lesions"];
  return quantify({ mask: placed.mask, labels, image, bones }, names).measurements;
}

function algorithmOf({ madeBy, algorithm, algorithmVersion, task }: Options): Algorithm {
  return {
    type: madeBy.toUpperCase() as Algorithm["type"],
    name: algorithm ?? `Marrow ${task ?? "segmentation"}`,
    version: algorithmVersion ?? version(),
  };
}

/** Writes the files and returns their names. Throws DEID_MAP, FILE_UNWRITABLE, DISK_FULL. */
async function writeResults(
  results: DicomResults,
  out: string,
  map: PseudonymMap | undefined,
): Promise<string[]> {
  const files: readonly (readonly [string, DicomFile])[] = [
    ["segmentation.dcm", results.segmentation],
    ...(results.probabilities ? [["probabilities.dcm", results.probabilities] as const] : []),
    ["report.dcm", results.report],
    ...results.keyImages.map((image, n) => [`key-image-${n + 1}.dcm`, image] as const),
  ];
  await mkdir(out, { recursive: true }).catch((error: unknown) => Promise.reject(asMarrowError(error, out)));
  for (const [name, file] of files) {
    const bytes = writeDicom(map ? reidentify(file, map, name) : file);
    await writeFile(join(out, name), bytes).catch((error: unknown) =>
      Promise.reject(asMarrowError(error, out)),
    );
  }
  return files.map(([name]) => name);
}

function tell(names: readonly string[], { out }: Options, reidentified: boolean): void {
  console.log(`${names.join(", ")} written to ${out}`);
  if (reidentified) console.log("They name the patient: confidential.");
  console.log(`Send them: marrow pacs send CONNECTION ${out}`);
  console.log("Research use only.");
}
