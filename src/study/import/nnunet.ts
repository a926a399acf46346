/**
 * nnU-Net raw folders: imagesTr, labelsTr, imagesTs, labelsTs, dataset.json in its old and new style or missing, images
 * with or without the channel number, splits_final.json in the folder.
 */
import { join } from "node:path";
import { z } from "zod";
import { asMarrowError, MarrowError } from "../../base/errors.js";
import { exists, filesBelow, parseWith, readJson, readText } from "../files.js";
import { finding, findingOf } from "../findings.js";
import { channelSuffix, isImageFile, labelName, stemOf } from "../names.js";
import { compare } from "../participants.js";
import { parseSplits } from "../splits-file.js";
import type { Finding, Label, Splits } from "../types.js";
import { named, patternNamer, type PairOptions } from "./pairs.js";
import type { Source, SourceCase } from "./source.js";

const channelNames = z.record(z.string(), z.string());
const datasetSchema = z.object({
  /** New style: name → value; old style: value → name. */
  labels: z.record(z.string(), z.union([z.number(), z.string(), z.array(z.number())])),
  channel_names: channelNames.optional(),
  modality: channelNames.optional(),
});
type Dataset = z.infer<typeof datasetSchema>;

/** Reads the folder's names and json files; no voxel. Throws SOURCE_NOT_FOUND, DATASET_JSON. */
export async function readNnunet(dir: string, options: PairOptions = {}): Promise<Source> {
  const findings: Finding[] = [];
  const training = withPatients(await casesIn(dir, "Tr", findings), options, findings);
  const testing = withPatients(await casesIn(dir, "Ts", findings), options, findings);
  if (training.length + testing.length === 0)
    throw new MarrowError("SOURCE_NOT_FOUND", { file: dir, expected: `images in ${join(dir, "imagesTr")}` });
  const dataset = await readDataset(join(dir, "dataset.json"));
  const splits = await readSourceSplits(join(dir, "splits_final.json"), testing, findings);
  const names = dataset?.channel_names ?? dataset?.modality;
  const labels = dataset && labelsOf(dataset, join(dir, "dataset.json"), findings);
  return {
    title: `nnU-Net folder ${dir}`,
    cases: [...training, ...testing],
    ...(names && { channels: channelsOf(names) }),
    ...(labels && { labels }),
    ...(splits && { splits }),
    findings,
  };
}

/** Patients and sessions by the pattern; without one every case is a patient. */
function withPatients(
  cases: readonly SourceCase[],
  { pattern }: PairOptions,
  findings: Finding[],
): SourceCase[] {
  if (pattern === undefined) return [...cases];
  const nameOf = patternNamer(pattern);
  return cases.flatMap((one) => {
    const name = nameOf(one.id);
    if (!name)
      findings.push(finding("IMPORT_AMBIGUOUS", { case: one.id, expected: "a name that fits --pattern" }));
    return name ? [named(one, name)] : [];
  });
}

async function casesIn(dir: string, part: "Tr" | "Ts", findings: Finding[]): Promise<SourceCase[]> {
  const images = groupChannels((await filesBelow(join(dir, `images${part}`))).filter(isImageFile));
  const maskFiles = (await filesBelow(join(dir, `labels${part}`))).filter(isImageFile);
  const masks = new Map(maskFiles.map((file) => [stemOf(file), file]));
  for (const [id, file] of masks)
    if (!images.has(id)) findings.push(finding("IMPORT_NO_IMAGE", { case: id, file }));
  return [...images.keys()].sort(compare).map((id) => {
    const mask = masks.get(id);
    const files = images.get(id) as string[];
    if (!mask && part === "Tr") findings.push(finding("IMPORT_NO_MASK", { case: id, file: files[0] }));
    return { id, subject: id, images: files, masks: mask ? [{ path: mask }] : [] };
  });
}

/** `case_0000` and `case_0001` are channels of one case; names without a number are cases of one channel. */
function groupChannels(files: readonly string[]): Map<string, string[]> {
  const numbered =
    files.length > 0 && files.every((file) => /_\d{4}$/.test(stemOf(file))) && hasFirstChannels(files);
  const groups = new Map<string, string[]>();
  for (const file of [...files].sort()) {
    const id = numbered ? stemOf(file).replace(/_\d{4}$/, "") : stemOf(file);
    groups.set(id, [...(groups.get(id) ?? []), file]);
  }
  return groups;
}

/** Distinguishes channel numbers from case numbers such as `patient_0017`: every case has a channel 0000. */
function hasFirstChannels(files: readonly string[]): boolean {
  const stems = new Set(files.map(stemOf));
  return [...stems].every((stem) => stems.has(stem.replace(/_\d{4}$/, "_0000")));
}

async function readDataset(file: string): Promise<Dataset | undefined> {
  if (!(await exists(file))) return undefined;
  const value = await readJson(file).catch((error: unknown) => {
    throw new MarrowError("DATASET_JSON", { file, expected: "JSON", found: (error as Error).message });
  });
  return parseWith(datasetSchema, value, "DATASET_JSON", file);
}

function channelsOf(names: Readonly<Record<string, string>>): string[] {
  return Object.keys(names)
    .sort((a, b) => Number(a) - Number(b))
    .map((key) => channelSuffix(names[key]));
}

function labelsOf({ labels }: Dataset, file: string, findings: Finding[]): Label[] {
  const pairs = Object.entries(labels).map(([key, value]) =>
    /^\d+$/.test(key) && typeof value === "string"
      ? { value: Number(key), name: value }
      : { value, name: key },
  );
  const usable: Label[] = [];
  for (const { name, value } of pairs) {
    const number = typeof value === "string" ? Number(value) : value;
    const clean = labelName(name);
    if (number === 0) continue;
    if (
      typeof number === "number" &&
      Number.isInteger(number) &&
      number > 0 &&
      number < 256 &&
      clean &&
      name !== "ignore"
    )
      usable.push({ value: number, name: clean });
    else
      findings.push(
        finding("IMPORT_LABELS", {
          file,
          expected: "one whole number from 1 to 255 a label",
          found: `${name}: ${JSON.stringify(value)}`,
        }),
      );
  }
  return usable.sort((a, b) => a.value - b.value);
}

async function readSourceSplits(
  file: string,
  testing: readonly SourceCase[],
  findings: Finding[],
): Promise<Splits | undefined> {
  if (!(await exists(file))) return undefined;
  try {
    const test = testing.filter(({ masks }) => masks.length > 0).map(({ id }) => id);
    return { ...parseSplits(await readText(file), file), test };
  } catch (error) {
    findings.push(findingOf("IMPORT_SPLITS", asMarrowError(error, file), { file }));
    return undefined;
  }
}
