/** Which mask files belong together: the same case in two or more folders. */
import { stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { MarrowError } from "../base/errors.js";
import { filesBelow } from "../study/files.js";
import { isImageFile, stemOf } from "../study/names.js";

export interface MaskFile {
  /** Case id by the file's name. */
  readonly id: string;
  readonly file: string;
}

export interface PairedMasks {
  readonly pairs: readonly { readonly id: string; readonly prediction: string; readonly reference: string }[];
  readonly unpaired: readonly {
    readonly id: string;
    readonly file: string;
    readonly missing: "prediction" | "reference";
  }[];
}

/** Words at the end of a mask's name that are no part of the case id; `_0000` is nnU-Net's first channel. */
const endings =
  /([_-](mask|seg|dseg|label|labels|pred|prediction|segmentation|truth|reference|t1w?|t2w?|stir)|_000\d)$/i;

/**
 * Case id of a mask's file name: without image ending, a trailing name of its folder (`1003_inflammation_R11` in `R11`)
 * and words such as `_mask`, `_dseg`, `_T1w`.
 */
export function maskId(file: string): string {
  const folder = basename(dirname(resolve(file)));
  let id = stemOf(file);
  for (;;) {
    const shorter = (id.endsWith(`_${folder}`) ? id.slice(0, -folder.length - 1) : id).replace(endings, "");
    if (shorter === id) return id;
    id = shorter;
  }
}

/** Masks in a folder and below it, or one file, by id. Throws FILE_NOT_FOUND, and BAD_ARGUMENT where two have one id. */
export async function masksIn(path: string): Promise<MaskFile[]> {
  const found = await stat(path).catch(() =>
    Promise.reject(new MarrowError("FILE_NOT_FOUND", { file: path })),
  );
  const files = found.isDirectory() ? (await filesBelow(resolve(path))).filter(isImageFile) : [path];
  const masks = files.map((file) => ({ id: maskId(file), file }));
  const twice = masks.find((mask, n) => masks.findIndex(({ id }) => id === mask.id) < n);
  if (twice === undefined) return masks;
  const first = masks.find(({ id }) => id === twice.id)?.file ?? "";
  throw new MarrowError("BAD_ARGUMENT", {
    file: path,
    expected: "one mask for each case",
    found: `${first} and ${twice.file} for ${twice.id}`,
  });
}

/**
 * Pairs by case id; what is left over by the first part of the name (`1003_disease_region` and `sub-1003`), where only one
 * file on either side has it.
 */
export function pairMasks(predictions: readonly MaskFile[], references: readonly MaskFile[]): PairedMasks {
  const exact = join(predictions, references, ({ id }) => id);
  const used = new Set(exact.flatMap(({ prediction, reference }) => [prediction, reference]));
  const rest = (masks: readonly MaskFile[]) => masks.filter(({ file }) => !used.has(file));
  const pairs = [...exact, ...join(rest(predictions), rest(references), ({ id }) => firstPart(id))];
  for (const { prediction, reference } of pairs) used.add(prediction).add(reference);
  const missing = (masks: readonly MaskFile[], what: "prediction" | "reference") =>
    rest(masks).map((mask) => ({ ...mask, missing: what }));
  return {
    pairs: pairs.sort((a, b) => a.id.localeCompare(b.id, "en", { numeric: true })),
    unpaired: [...missing(references, "prediction"), ...missing(predictions, "reference")],
  };
}

function join(
  predictions: readonly MaskFile[],
  references: readonly MaskFile[],
  keyOf: (mask: MaskFile) => string,
) {
  return references.flatMap((reference) => {
    const key = keyOf(reference);
    const same = (masks: readonly MaskFile[]) => masks.filter((mask) => keyOf(mask) === key);
    const [match] = same(predictions);
    if (same(predictions).length !== 1 || same(references).length !== 1) return [];
    return [{ id: reference.id, prediction: match.file, reference: reference.file }];
  });
}

const firstPart = (id: string) => id.replace(/^sub-/i, "").split(/[_-]/)[0].toLowerCase();
