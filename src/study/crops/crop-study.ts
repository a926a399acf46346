/** Makes a study of crops: every hip of a study as a session of its patient, so that both stay on one side of every split. */
import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MarrowError } from "../../base/errors.js";
import { sameGrid, type Grid } from "../../volume/geometry.js";
import { readMask, readNifti, writeNifti } from "../../volume/nifti.js";
import type { Vec3 } from "../../volume/volume.js";
import { writeConfig } from "../config.js";
import { exists } from "../files.js";
import { describeStudy } from "../import/describe-study.js";
import { caseId, imageStem, maskStem, parseBidsName, places, stemOf, type Entity } from "../names.js";
import type { Case, Study, StudyConfig } from "../types.js";
import { boxAround, cutBox } from "./crop-box.js";
import { automaticRow, cropsFile, placeOf, readCrops, writeCrops, type CropRow } from "./crops-file.js";
import { findFemoralHeads, type Side } from "./femoral-heads.js";
import { isCropStudy, readManifest, writeManifest, type Crop } from "./manifest.js";

export interface CropOptions {
  /** Voxels along left–right and foot–head. */
  readonly width: number;
  readonly height: number;
  /** Side whose crops are stored as their mirror image. */
  readonly mirror: Side | "none";
  readonly onCase?: (done: number, total: number) => void;
}

export interface CropReport {
  readonly crops: readonly Crop[];
  /** Hips that were not found. */
  readonly missing: readonly { readonly case: string; readonly side: Side }[];
}

const sides: readonly Side[] = ["left", "right"];

/**
 * Crops every case into the study `out`, and writes what was found into the original study's crops.tsv, whose manual rows
 * are obeyed and kept. `out` is new, empty or an earlier study of crops, whose crops are replaced. Throws BAD_ARGUMENT,
 * CROPS_INVALID, GRID_MISMATCH, and what reading and writing throw.
 */
export async function cropStudy(study: Study, out: string, options: CropOptions): Promise<CropReport> {
  await prepare(out, study.config);
  const known = await readCrops(study.dir);
  const unknown = known.find((row) => !study.cases.some(({ id }) => id === row.case));
  if (unknown)
    throw new MarrowError("CROPS_INVALID", {
      file: join(study.dir, cropsFile),
      expected: "cases of the study",
      found: unknown.case,
    });
  const rows: CropRow[] = [];
  const crops: Crop[] = [];
  const missing: { case: string; side: Side }[] = [];
  for (const [n, one] of study.cases.entries()) {
    const image = await readNifti(one.images[0] ?? "");
    const manual = known.filter((row) => row.case === one.id && row.source === "manual");
    const found = manual.length < sides.length ? findFemoralHeads(image) : [];
    for (const side of sides) {
      const own = manual.find((row) => row.side === side);
      const head = found.find((other) => other.side === side);
      const row = own ?? (head && automaticRow(one.id, side, head.centre, image));
      if (!row) missing.push({ case: one.id, side });
      else rows.push(row);
      const centre = row && placeOf(row, image);
      if (centre) crops.push(await writeCrop(out, study.config, one, { row, centre, grid: image }, options));
    }
    options.onCase?.(n + 1, study.cases.length);
  }
  await writeCrops(study.dir, rows);
  await writeStudyFiles(study, out);
  await writeManifest(out, crops);
  return { crops, missing };
}

/** Takes the crops of an earlier run away; refuses any other folder with content. */
async function prepare(out: string, config: StudyConfig): Promise<void> {
  const content = await readdir(out).catch(() => []);
  if (content.length === 0) return;
  if (!(await isCropStudy(out)))
    throw new MarrowError("BAD_ARGUMENT", {
      file: out,
      expected: "a new or empty folder, or an earlier study of crops",
      found: `${content.length} entries, e.g. ${content[0]}`,
    });
  for (const { id } of await readManifest(out)) {
    const entity = entityOf(id);
    const stems = [
      ...config.channels.map((suffix) => imageStem(entity, suffix)),
      maskStem(entity, config.reader),
    ];
    for (const stem of stems)
      for (const ending of [".nii.gz", ".json"]) await rm(join(out, stem + ending), { force: true });
  }
}

function entityOf(id: string): Entity {
  const { subject, session } = parseBidsName(`${id}_x`) ?? { subject: id };
  return session === undefined ? { subject } : { subject, session };
}

interface Place {
  readonly row: CropRow;
  readonly centre: Vec3;
  readonly grid: Grid;
}

async function writeCrop(
  out: string,
  config: StudyConfig,
  one: Case,
  { row, centre, grid }: Place,
  { width, height, mirror }: CropOptions,
): Promise<Crop> {
  const { subject, session = "" } = entityOf(one.id);
  const entity = { subject, session: session + row.side };
  const box = boxAround(grid, centre, { width, height, mirrored: mirror === row.side });
  for (const [n, file] of one.images.entries()) {
    const image = await readNifti(file);
    requireGrid(image, grid, file);
    const stem = join(out, imageStem(entity, config.channels[n]));
    await mkdir(dirname(stem), { recursive: true });
    await writeNifti(`${stem}.nii.gz`, cutBox(image, box), { like: image.header });
    const sidecar = join(dirname(file), `${stemOf(file)}.json`);
    if (await exists(sidecar)) await copyFile(sidecar, `${stem}.json`);
  }
  if (one.mask !== undefined) {
    const mask = await readMask(one.mask);
    requireGrid(mask, grid, one.mask);
    const stem = join(out, maskStem(entity, config.reader));
    await mkdir(dirname(stem), { recursive: true });
    await writeNifti(`${stem}.nii.gz`, cutBox(mask, box));
  }
  const { size, affine } = grid;
  const { side, source } = row;
  return { id: caseId(entity), case: one.id, side, source, centre, box, grid: { size, affine: [...affine] } };
}

function requireGrid(volume: Grid, grid: Grid, file: string): void {
  if (!sameGrid(volume, grid))
    throw new MarrowError("GRID_MISMATCH", { file, expected: "the grid of the case's first image" });
}

async function writeStudyFiles(study: Study, out: string): Promise<void> {
  await writeConfig(out, study.config);
  await describeStudy(out);
  for (const name of [places.participants, "participants.json"]) {
    const file = join(study.dir, name);
    if (await exists(file)) await copyFile(file, join(out, name));
  }
}
