/** PS3.6's data dictionary, taken from dcmjs, which has no types: this is the border. */
import { createRequire } from "node:module";
import type { Tag } from "./data-set.js";
import { isVr, type Vr } from "./vr.js";

interface Entry {
  readonly vr?: string;
  readonly name?: string;
}

interface Dcmjs {
  readonly data: {
    readonly DicomMetaDictionary: {
      readonly dictionary: Readonly<Record<string, Entry | undefined>>;
      readonly nameMap: Readonly<Record<string, { readonly tag?: string } | undefined>>;
    };
  };
}

let dcmjs: Dcmjs["data"]["DicomMetaDictionary"] | undefined;

/** Loaded when the first implicit VR or unknown attribute asks for it: it takes a tenth of a second. */
function dictionary() {
  dcmjs ??= (createRequire(import.meta.url)("dcmjs") as Dcmjs).data.DicomMetaDictionary;
  return dcmjs;
}

const known = new Map<Tag, Entry | undefined>();

function entryOf(tag: Tag): Entry | undefined {
  if (!known.has(tag)) known.set(tag, dictionary().dictionary[`(${tag.slice(0, 4)},${tag.slice(4)})`]);
  return known.get(tag);
}

/** Values whose VR depends on the data set (`US or SS`, `ox`) are read as the first that fits. */
const ambiguous: Readonly<Record<string, Vr>> = { ox: "OW", xs: "US", up: "UL" };

/**
 * The VR of an attribute as PS3.6 has it, UN for private and unknown ones. Group lengths are UL, private creators LO
 * (PS3.5 sections 7.2 and 7.8.1), overlay and curve groups stand for all of their repetitions.
 */
export function dictionaryVr(tag: Tag): Vr {
  if (tag.endsWith("0000")) return "UL";
  const odd = (parseInt(tag.slice(3, 4), 16) & 1) === 1;
  if (odd) return /^.{4}00[1-9A-F]./.test(tag) ? "LO" : "UN";
  const repeated = /^(50|60)/.test(tag) ? `${tag.slice(0, 2)}00${tag.slice(4)}` : tag;
  const code = entryOf(repeated)?.vr ?? "UN";
  if (isVr(code)) return code;
  const [first] = code.split(/[ |]/);
  return ambiguous[code] ?? (isVr(first) ? first : "UN");
}

/** `PatientName` for 00100010; undefined for private and unknown attributes. */
export function dictionaryName(tag: Tag): string | undefined {
  return entryOf(tag)?.name;
}

/** 00100010 for `PatientName`. */
export function dictionaryTag(name: string): Tag | undefined {
  return dictionary().nameMap[name]?.tag?.replace(/[(),]/g, "").toUpperCase();
}
