/** Data sets written down by the attributes' names: `{ Modality: "SEG", Rows: 512, ReferencedSeriesSequence: [{…}] }`. */
import { emptyDataSet, type DataSet, type Element, type Tag } from "./data-set.js";
import { dictionaryTag, dictionaryVr } from "./dictionary.js";
import { setItems, setNumbers, setText } from "./set-values.js";
import { vrRow, type Vr } from "./vr.js";

export type NaturalValue =
  string | number | readonly string[] | readonly number[] | readonly Natural[] | Uint8Array | undefined;

/** Names as in PS3.6. An undefined value is left out; an empty text is an attribute without a value. */
export interface Natural {
  readonly [name: string]: NaturalValue;
}

const utf8 = ["ISO_IR 192"];

/** The data set, text in UTF-8. Throws RangeError for a name that the dictionary does not have. */
export function dataSetFrom(natural: Natural): DataSet {
  const dataset = emptyDataSet(utf8);
  for (const [name, value] of Object.entries(natural))
    if (value !== undefined) put(dataset, tagNamed(name), value);
  return dataset;
}

const tags = new Map<string, Tag>();

function tagNamed(name: string): Tag {
  const tag = tags.get(name) ?? dictionaryTag(name);
  if (tag === undefined) throw new RangeError(`no attribute ${name}`);
  tags.set(name, tag);
  return tag;
}

function put(dataset: DataSet, tag: Tag, value: Exclude<NaturalValue, undefined>): void {
  const vr = dictionaryVr(tag);
  if (vr === "AT" && typeof value === "string") dataset.elements.set(tag, { vr, bytes: tagBytes(value) });
  else if (value instanceof Uint8Array) dataset.elements.set(tag, { vr: bytesVr(vr), bytes: value });
  else if (typeof value === "number") setNumber(dataset, tag, [value], vr);
  else if (typeof value === "string") setText(dataset, tag, value, vr);
  else if (!isList(value)) throw new RangeError(`one item of ${tag} must stand in a list`);
  else if (vr === "SQ") setItems(dataset, tag, (value as readonly Natural[]).map(dataSetFrom));
  else if (typeof value[0] === "number") setNumber(dataset, tag, value as readonly number[], vr);
  else setText(dataset, tag, value as readonly string[], vr);
}

/** `0062000B` as a value of VR AT: group and element as two numbers. */
function tagBytes(tag: Tag): Uint8Array {
  const [group, element] = [parseInt(tag.slice(0, 4), 16), parseInt(tag.slice(4), 16)];
  return Uint8Array.of(group & 0xff, group >> 8, element & 0xff, element >> 8);
}

const isList = (value: NaturalValue): value is readonly string[] | readonly number[] | readonly Natural[] =>
  Array.isArray(value);

function bytesVr(vr: Vr): Exclude<Vr, "SQ"> {
  return vrRow(vr).kind === "bytes" && vr !== "SQ" ? vr : "OB";
}

function setNumber(dataset: DataSet, tag: Tag, values: readonly number[], vr: Vr): void {
  if (vr === "DS") setText(dataset, tag, values.map(decimalString), vr);
  else setNumbers(dataset, tag, values, vr);
}

/** At most 16 characters (PS3.5 table 6.2-1), as many digits as fit. */
export function decimalString(value: number): string {
  for (let digits = 15; digits > 1; digits--) {
    const text = String(Number(value.toPrecision(digits)));
    if (text.length <= 16) return text;
  }
  return value.toExponential(8);
}

/** Copies elements of another data set as they are; what it does not have is left out. */
export function copied(from: DataSet, names: readonly string[]): ReadonlyMap<Tag, Element> {
  return new Map(
    names.flatMap((name) => {
      const tag = tagNamed(name);
      const element = from.elements.get(tag);
      return element ? [[tag, element] as const] : [];
    }),
  );
}
