/** Writes a study as an nnU-Net raw folder (version 2 format), with the original names where the study knows them. */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readMask, writeNifti } from "../volume/nifti.js";
import { placeImage, writeText } from "./files.js";
import { nameTable, formatNnunetSplits, mapIds } from "./splits-file.js";
import type { Case, Label, Study } from "./types.js";

export interface ExportReport {
  readonly dir: string;
  readonly training: number;
  readonly testing: number;
  /** Label values that had to change, as nnU-Net wants 1, 2, 3 … without gaps. */
  readonly renumbered: readonly { readonly name: string; readonly from: number; readonly to: number }[];
}

/**
 * imagesTr and labelsTr hold the cases with a mask; imagesTs those without and those of the splits' test and external
 * parts (with labelsTs). Files that are already there are kept. Throws DISK_FULL, FILE_UNWRITABLE and what reading throws.
 */
export async function exportNnunet(study: Study, dir: string): Promise<ExportReport> {
  const names = exportNames(study.cases);
  const nameOf = (id: string) => names.get(id) ?? id;
  const kept = new Set([...(study.splits?.test ?? []), ...(study.splits?.external ?? [])]);
  const isTraining = (c: Case) => c.mask !== undefined && !kept.has(c.id);
  const renumbering = renumber(study.config.labels);
  for (const one of study.cases)
    await exportCase(one, dir, isTraining(one) ? "Tr" : "Ts", nameOf(one.id), renumbering);
  const training = study.cases.filter(isTraining).length;
  await writeText(join(dir, "dataset.json"), datasetJson(study, renumbering, training));
  if (study.splits) {
    const here = new Set(study.cases.filter(isTraining).map(({ id }) => id));
    const splits = mapIds(study.splits, (id) => (here.has(id) ? id : undefined));
    await writeText(join(dir, "splits_final.json"), formatNnunetSplits(splits, nameOf));
  }
  const renumbered = renumbering.filter(({ from, to }) => from !== to);
  return { dir, training, testing: study.cases.length - training, renumbered };
}

/** Original names where they are unambiguous and fit for a file name, else the study's ids. */
function exportNames(cases: readonly Case[]): Map<string, string> {
  const owners = nameTable(cases);
  const fits = ({ id, sourceId }: Case) =>
    sourceId !== undefined && /^[A-Za-z0-9._-]+$/.test(sourceId) && owners.get(sourceId) === id;
  return new Map(cases.map((one) => [one.id, fits(one) ? (one.sourceId as string) : one.id]));
}

interface Renumbering {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

function renumber(labels: readonly Label[]): Renumbering[] {
  const sorted = [...labels].sort((a, b) => a.value - b.value);
  return sorted.map(({ name, value }, n) => ({ name, from: value, to: n + 1 }));
}

async function exportCase(
  { images, mask }: Case,
  dir: string,
  part: "Tr" | "Ts",
  name: string,
  renumbering: readonly Renumbering[],
): Promise<void> {
  for (const [n, image] of images.entries())
    await placeImage(image, join(dir, `images${part}`, `${name}_${String(n).padStart(4, "0")}`), false);
  if (mask === undefined) return;
  const stem = join(dir, `labels${part}`, name);
  if (renumbering.every(({ from, to }) => from === to)) await placeImage(mask, stem, false);
  else await writeRenumbered(mask, `${stem}.nii.gz`, renumbering);
}

async function writeRenumbered(
  file: string,
  target: string,
  renumbering: readonly Renumbering[],
): Promise<void> {
  const mask = await readMask(file);
  const table = new Uint8Array(256);
  for (const { from, to } of renumbering) table[from] = to;
  await mkdir(dirname(target), { recursive: true });
  await writeNifti(target, { ...mask, data: mask.data.map((value) => table[value]) });
}

function datasetJson({ config }: Study, renumbering: readonly Renumbering[], training: number): string {
  const dataset = {
    channel_names: Object.fromEntries(config.channels.map((name, n) => [`${n}`, name])),
    labels: { background: 0, ...Object.fromEntries(renumbering.map(({ name, to }) => [name, to])) },
    numTraining: training,
    file_ending: ".nii.gz",
  };
  return JSON.stringify(dataset, null, 1) + "\n";
}
