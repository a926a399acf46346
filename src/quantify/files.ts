/** Reading what is measured: images at full precision, masks and where they come from. */
import { basename, dirname, join } from "node:path";
import { MarrowError } from "../base/errors.js";
import { exists, readJson } from "../study/files.js";
import { stemOf } from "../study/names.js";
import { readMask, readNifti, readNiftiHeader, type NiftiImage } from "../volume/nifti.js";
import type { Volume } from "../volume/volume.js";
import { z } from "zod";
import type { BoneSource, NamedValue, ReferenceSource } from "./scene.js";

/**
 * An image in double precision: stored whole number × slope + intercept, computed as NumPy and nibabel's `get_fdata` do.
 * Float32, in which images are otherwise held, keeps seven digits; published lists of intensities have seventeen. Images
 * stored as floating point come as float32. Throws as `readNifti` does.
 */
export async function readExactly(file: string): Promise<Volume<Float64Array<ArrayBuffer>>> {
  const image = await readNifti(file);
  return { data: exactValues(image), size: image.size, affine: image.affine };
}

function exactValues({ data, header }: NiftiImage): Float64Array<ArrayBuffer> {
  const { slope, intercept, datatypeName } = header;
  const isWhole = /^u?int(8|16)$/.test(datatypeName);
  const values = new Float64Array(data);
  if (!isWhole || slope === 0) return values;
  for (let n = 0; n < values.length; n++)
    values[n] = Math.round((values[n] - intercept) / slope) * slope + intercept;
  return values;
}

/**
 * Where a mask comes from: a model's prediction (as `marrow segment` and `marrow train` mark theirs in the header) or a
 * mask that somebody drew, with its file.
 */
export async function originOf(file: string): Promise<string> {
  const { description } = await readNiftiHeader(file);
  const kind = /^Marrow (mask|prediction)/i.test(description) ? "predicted by a model" : "mask";
  return `${kind}: ${basename(file)}`;
}

const sidecarSchema = z.object({ labels: z.record(z.string(), z.string()) });

/** Names of a mask's values from the JSON file beside it, `{"labels": {"1": "sacrum", "2": "ilium"}}`, if there is one. */
export async function sidecarLabels(file: string): Promise<NamedValue[] | undefined> {
  const sidecar = join(dirname(file), `${stemOf(file)}.json`);
  if (!(await exists(sidecar))) return undefined;
  const parsed = sidecarSchema.safeParse(await readJson(sidecar));
  if (!parsed.success) return undefined;
  return Object.entries(parsed.data.labels).map(([value, name]) => ({ value: Number(value), name }));
}

/**
 * A bone mask with the names of its values: those given, else its sidecar's, else `bone` for a mask of ones (the `bones` task).
 * Throws QUANTIFY_LABELS where the values' meaning is not known: sacrum and ilium are never guessed.
 */
export async function readBones(file: string, labels?: readonly NamedValue[]): Promise<BoneSource> {
  const mask = await readMask(file);
  const named = labels ?? (await sidecarLabels(file));
  const values = new Set(mask.data);
  values.delete(0);
  const isPlain = [...values].every((value) => value === 1);
  if (!named && !isPlain)
    throw new MarrowError("QUANTIFY_LABELS", {
      file,
      expected: "names for the bone mask's values",
      found: `values ${[...values].join(", ")}`,
      next: "Give --bone-labels, e.g. --bone-labels 1=sacrum,2=ilium.",
    });
  return { mask, labels: named ?? [{ value: 1, name: "bone" }], origin: await originOf(file) };
}

export async function readReference(file: string, tissue: string): Promise<ReferenceSource> {
  return { mask: await readMask(file), tissue, origin: basename(file) };
}
