/**
 * A folder of images and a folder of masks, matched by their names. Without a pattern three ways are tried and the one
 * with most pairs wins: equal names; names without a channel number or a word such as `_mask`; names without the ending
 * that all files of a folder share (`1003_T1W` with `1003_disease_region`).
 */
import { MarrowError } from "../../base/errors.js";
import { filesBelow } from "../files.js";
import { finding } from "../findings.js";
import { channelSuffix, isImageFile, parseBidsName, stemOf } from "../names.js";
import { compare } from "../participants.js";
import type { Finding } from "../types.js";
import type { Source, SourceCase } from "./source.js";

export interface PairOptions {
  /**
   * Regular expression on file names without ending; the group `id` (or the first) names the case. Groups `subject`,
   * `session` and `site` are used where they are.
   */
  pattern?: string;
}

export interface Name {
  readonly id: string;
  readonly subject: string;
  readonly session?: string;
  readonly site?: string;
}

type Namer = (stem: string) => Name | undefined;

/** Matches the images in one folder with the masks in another, folders below them too. Throws SOURCE_NOT_FOUND, BAD_ARGUMENT. */
export async function readPairs(
  imageDir: string,
  maskDir: string | undefined,
  options: PairOptions = {},
): Promise<Source> {
  const images = (await filesBelow(imageDir)).filter(isImageFile);
  const masks = maskDir === undefined ? [] : (await filesBelow(maskDir)).filter(isImageFile);
  if (images.length === 0)
    throw new MarrowError("SOURCE_NOT_FOUND", {
      file: imageDir,
      expected: "images that end in .nii.gz, .nii or .hdr",
    });
  const [nameImage, nameMask] = chooseNamers(images.map(stemOf), masks.map(stemOf), options.pattern);
  const findings: Finding[] = [];
  const found = collect(images, nameImage, findings);
  const wanted = collect(masks, nameMask, findings);
  for (const [id, { file }] of wanted)
    if (!found.has(id)) findings.push(finding("IMPORT_NO_IMAGE", { case: id, file }));
  const cases = [...found.values()]
    .sort((a, b) => compare(a.id, b.id))
    .map((one) => sourceCase(one, wanted.get(one.id)?.file));
  for (const { id, images: files, masks: own } of cases)
    if (own.length === 0 && maskDir !== undefined)
      findings.push(finding("IMPORT_NO_MASK", { case: id, file: files[0] }));
  const suffix = channelOf(images.map(stemOf));
  return { title: `images in ${imageDir}`, cases, ...(suffix && { channels: [suffix] }), findings };
}

type Found = Name & { readonly file: string };

function collect(files: readonly string[], nameOf: Namer, findings: Finding[]): Map<string, Found> {
  const found = new Map<string, Found>();
  for (const file of files) {
    const name = nameOf(stemOf(file));
    const first = name && found.get(name.id);
    if (!name)
      findings.push(
        finding("IMPORT_AMBIGUOUS", { file, expected: "a name that fits --pattern", found: stemOf(file) }),
      );
    else if (first)
      findings.push(
        finding("IMPORT_AMBIGUOUS", {
          case: name.id,
          file,
          expected: "one file a case",
          found: `also ${first.file}`,
        }),
      );
    else found.set(name.id, { ...name, file });
  }
  return found;
}

function sourceCase(found: Found, mask: string | undefined): SourceCase {
  return named(
    { id: found.id, images: [found.file], masks: mask === undefined ? [] : [{ path: mask }] },
    found,
  );
}

/** A case with the patient, session and site that its name tells; it keeps its own id. */
export function named(one: Pick<SourceCase, "id" | "images" | "masks">, name: Name): SourceCase {
  const { subject, session, site } = name;
  return {
    ...one,
    subject,
    ...(session !== undefined && { session }),
    ...(site !== undefined && { columns: { site } }),
  };
}

function chooseNamers(images: readonly string[], masks: readonly string[], pattern?: string): [Namer, Namer] {
  if (pattern !== undefined) {
    const namer = patternNamer(pattern);
    return [namer, namer];
  }
  const [imageTail, maskTail] = [sharedTail(images), sharedTail(masks)];
  const ways: [Namer, Namer][] = [
    [plain, plain],
    [(stem) => plain(stem.replace(/_\d{4}$/, "")), (stem) => plain(stem.replace(maskWord, ""))],
    [(stem) => plain(without(stem, imageTail)), (stem) => plain(without(stem, maskTail))],
  ];
  const pairs = ([image, mask]: [Namer, Namer]) => {
    const ids = new Set(images.map((stem) => image(stem)?.id));
    return masks.filter((stem) => ids.has(mask(stem)?.id)).length;
  };
  return ways.reduce((best, way) => (pairs(way) > pairs(best) ? way : best));
}

const maskWord = /[_-](mask|seg|segmentation|label|labels|gt|roi)$/i;

const without = (stem: string, tail: string) => stem.slice(0, stem.length - tail.length);

/** A name in BIDS form names its patient and session; any other is the patient's. */
const plain: Namer = (stem) => {
  const bids = parseBidsName(stem);
  if (!bids) return { id: stem, subject: stem };
  const { subject, session } = bids;
  const id = session === undefined ? `sub-${subject}` : `sub-${subject}_ses-${session}`;
  return { id, subject: `sub-${subject}`, ...(session !== undefined && { session }) };
};

/** Names cases by a regular expression, see PairOptions. Throws BAD_ARGUMENT for one that cannot be compiled. */
export function patternNamer(pattern: string): Namer {
  const expression = compile(pattern);
  return (stem) => {
    const match = expression.exec(stem);
    if (!match) return undefined;
    const groups: Readonly<Record<string, string | undefined>> = match.groups ?? {};
    const subject = groups.subject ?? groups.id ?? match[1] ?? match[0];
    const { session, site } = groups;
    const id = groups.id ?? (session === undefined ? subject : `${subject}_${session}`);
    return { id, subject, ...(session !== undefined && { session }), ...(site !== undefined && { site }) };
  };
}

function compile(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch (error) {
    throw new MarrowError("BAD_ARGUMENT", {
      expected: "--pattern: a regular expression",
      found: (error as Error).message,
    });
  }
}

/** The longest ending, whole parts between `_`, `-` or space, that all names share; of one name the last part. */
export function sharedTail(stems: readonly string[]): string {
  if (stems.length === 0) return "";
  let tail = "";
  for (;;) {
    const longer = /[_\- ][^_\- ]*$/.exec(without(stems[0], tail))?.[0];
    if (
      longer === undefined ||
      !stems.every((stem) => stem.endsWith(longer + tail) && stem.length > (longer + tail).length)
    )
      return tail;
    tail = longer + tail;
    if (stems.length === 1) return tail;
  }
}

/** Suffix of the images' sequence where their shared ending names one. */
function channelOf(stems: readonly string[]): string | undefined {
  const bids = parseBidsName(stems[0])?.suffix;
  const word = sharedTail(stems)
    .split(/[_\- ]/)
    .find((part) => /^(t1|t2|pd|stir|flair)/i.test(part));
  return word ? channelSuffix(word) : bids && channelSuffix(bids);
}
