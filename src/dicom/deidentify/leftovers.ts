/**
 * The last look: a value that was removed from its own attribute must not stand in another that the profile keeps. Texts
 * in which one is found go; UIDs in unexpected places are replaced.
 */
import type { DataSet, Tag } from "../data-set.js";
import { dictionaryName } from "../dictionary.js";
import { padded } from "../set-values.js";
import { vrRow } from "../vr.js";
import type { Context, Original } from "./context.js";
import { dummyOf } from "./dummies.js";
import { elementsBelow, isValue, textOf, vrOf } from "./elements.js";

/** Makers, models and codes are public words, whatever else bears the same name. */
const publicWords: ReadonlySet<Tag> = new Set(["00080070", "00081090", "00080100", "00080102", "00080103"]);
/** Attributes that de-identification has just written. */
const own: ReadonlySet<Tag> = new Set(["00100010", "00100020", "00120062", "00120063", "00120064"]);

/**
 * Shortest texts that are looked for: names' parts, identifiers (digits alone are common, so more of them), descriptions,
 * which share words with much.
 */
const shortest = { name: 3, identifier: 4, digits: 5, time: 6, description: 12 };

/** What to look for, in lower case. */
export function termsOf(originals: readonly Original[]): string[] {
  const terms = originals.flatMap(termsIn).map((term) => term.toLowerCase());
  return [...new Set(terms)].filter((term) => /[\p{L}\p{N}]/u.test(term));
}

function termsIn({ text, vr, common }: Original): string[] {
  if (vr === "PN") return [text, ...text.split(/[\^=\s,.]+/)].filter((one) => one.length >= shortest.name);
  if (["DS", "IS", "CS", "AS"].includes(vr) || text.startsWith("1.2.840.10008.")) return [];
  const least = /^\d+$/.test(text) ? shortest.digits : shortest.identifier;
  return text.length >= (common ? shortest.description : vr === "TM" ? shortest.time : least) ? [text] : [];
}

const isWordSign = (sign: string | undefined) => sign !== undefined && /[\p{L}\p{N}]/u.test(sign);

/** Whether `term` (lower case) stands in `text` as a word or words of its own. */
export function standsIn(term: string, text: string): boolean {
  const lower = text.toLowerCase();
  for (let at = lower.indexOf(term); at >= 0; at = lower.indexOf(term, at + 1))
    if (!isWordSign(lower[at - 1]) && !isWordSign(lower[at + term.length])) return true;
  return false;
}

/** Changes `dataset` in place, below sequences too. */
export function removeLeftovers(dataset: DataSet, context: Context): void {
  const terms = termsOf(context.originals);
  const known = new Map<string, boolean>();
  const isLeftover = (value: string) => {
    if (!known.has(value))
      known.set(
        value,
        terms.some((term) => standsIn(term, value)),
      );
    return known.get(value) === true;
  };
  for (const below of elementsBelow(dataset)) {
    const { tag, element, path } = below;
    const vr = vrOf(tag, element);
    if (!isValue(element) || own.has(tag) || publicWords.has(tag)) continue;
    if (vr === "UI") replaceKnownUids(below, context);
    else if (vrRow(vr).charset || vr === "UR" || vr === "UN") {
      if (!isLeftover(textOf(tag, element, below.dataset) || latin(element.bytes))) continue;
      context.audit.add([...path, tag], dictionaryName(tag) ?? "Unknown", "S");
      below.dataset.elements.set(tag, dummyOf(tag, element) ?? { vr: "UN", bytes: new Uint8Array(0) });
    }
  }
}

const latin = (bytes: Uint8Array) => Buffer.from(bytes.subarray(0, 1 << 16)).toString("latin1");

type Below = ReturnType<typeof elementsBelow> extends Generator<infer T> ? T : never;

function replaceKnownUids({ tag, element, dataset, path }: Below, { uids, audit }: Context): void {
  const before = textOf(tag, element, dataset).split("\\");
  if (!before.some((uid) => uids.has(uid))) return;
  const after = before.map((uid) => uids.get(uid) ?? uid).join("\\");
  audit.add([...path, tag], dictionaryName(tag) ?? "Unknown", "U");
  dataset.elements.set(tag, { vr: "UI", bytes: padded(Buffer.from(after), "UI") });
}
