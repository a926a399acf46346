import { basename, join } from "node:path";
import { mkdir } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import { asMarrowError, MarrowError } from "../../base/errors.js";
import { readDicom } from "../../dicom/read-dicom.js";
import { describeGrid, sourceImages, type SourceImage } from "../../dicom/results/source-image.js";
import { openSource } from "../../dicom/source.js";
import { readDicomMask, type NamedLabel, type ReadMask } from "../../report/dicom-results/read-masks.js";
import { taskNamed } from "../../study/tasks.js";
import type { Grid } from "../../volume/geometry.js";
import { readNifti, writeNifti } from "../../volume/nifti.js";
import { parseLabels } from "../label-options.js";

interface Options {
  out: string;
  image?: string;
  dicom?: string;
  series?: string;
  task?: string;
  labels?: NamedLabel[];
  threshold?: number;
}

/** `marrow dicom-masks FILE… --image IMAGE --out DIR` */
export function dicomMasksCommand(): Command {
  return new Command("dicom-masks")
    .description("read DICOM segmentations and RT structure sets as masks (.nii.gz)")
    .argument("<sources...>", "files or folders with SEG or RTSTRUCT files; other files are passed over")
    .requiredOption("--out <dir>", "where the masks go")
    .option("--image <file>", "image (.nii.gz) on whose grid the masks are wanted")
    .option("--dicom <source>", "the same from its DICOM files")
    .option("--series <uid>", "series in --dicom, where there are several")
    .option("--task <name>", "shipped task whose labels are taken, by name")
    .option("--labels <list>", "labels to take and their values, e.g. 1=fat-metaplasia", parseLabels)
    .option(
      "--threshold <p>",
      "fraction from which a voxel of a fractional segmentation counts (default: 0.5)",
      parseShare,
    )
    .action(run);
}

async function run(sources: string[], options: Options): Promise<void> {
  const grid = await gridOf(options);
  const labels = options.labels ?? (options.task === undefined ? undefined : taskNamed(options.task).labels);
  await mkdir(options.out, { recursive: true }).catch((error: unknown) =>
    Promise.reject(asMarrowError(error, options.out)),
  );
  const counts = { read: 0, failed: 0 };
  for (const path of sources) {
    const source = await openSource(path);
    for (const name of source.names) {
      const outcome = await readOne(name, () => source.read(name), { ...options, grid, labels });
      if (outcome !== "other") counts[outcome]++;
    }
    await source.close();
  }
  console.log(`${counts.read} masks written to ${options.out}. Research use only.`);
  if (counts.failed > 0 || counts.read === 0) process.exitCode = 1;
}

type Wanted = Omit<Options, "labels"> & { grid: Grid | undefined; labels: readonly NamedLabel[] | undefined };

async function readOne(name: string, bytes: () => Promise<Uint8Array>, options: Wanted) {
  try {
    const read = await readDicomMask(readDicom(await bytes(), name), name, options);
    const target = join(options.out, `${basename(name).replace(/\.(dcm|seg)$/i, "")}.nii.gz`);
    await writeNifti(target, read.mask, { description: "Marrow mask. Research use only." });
    tell(target, read);
    return "read" as const;
  } catch (error) {
    const known = asMarrowError(error, name);
    if (["DICOM_NOT_DICOM", "DICOM_IMAGE_TYPE", "DICOM_NO_IMAGE"].includes(known.code))
      return "other" as const;
    console.error(known.message);
    return "failed" as const;
  }
}

function tell(target: string, { labels, leftOut, notes }: ReadMask): void {
  console.log(`${target}: ${labels.map(({ value, name }) => `${value}=${name}`).join(", ") || "no label"}`);
  if (leftOut.length > 0) console.log(`  left out: ${leftOut.join(", ")}`);
  for (const note of notes) console.log(`  ${note}`);
}

async function gridOf({ image, dicom, series }: Options): Promise<Grid | undefined> {
  if (image !== undefined) return readNifti(image);
  if (dicom === undefined) return undefined;
  const source = await openSource(dicom);
  const all = await sourceImages(source);
  await source.close();
  const found = all.filter(({ seriesUid }) => series === undefined || seriesUid === series);
  if (found.length === 1) return found[0].grid;
  throw new MarrowError("BAD_ARGUMENT", {
    file: dicom,
    expected: "one volume",
    found: found.map(describe).join("; ") || "none",
    next: "Name the series with --series, or give the image with --image.",
  });
}

const describe = ({ seriesUid, grid }: SourceImage) => `${seriesUid} (${describeGrid(grid)})`;

function parseShare(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError("A number above 0 and up to 1 is needed.");
  return value;
}
