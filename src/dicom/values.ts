/** Decodes values of a data set; what is missing, empty or makes no sense is undefined or left out, never an error. */
import { decodeText } from "./charset.js";
import type { DataSet, Element, Tag, ValueElement } from "./data-set.js";
import { dictionaryVr } from "./dictionary.js";
import { vrRow, type Vr } from "./vr.js";

export function elementOf(dataset: DataSet, tag: Tag): Element | undefined {
  return dataset.elements.get(tag);
}

/** Items of a sequence; [] where there is none. */
export function items(dataset: DataSet, tag: Tag): readonly DataSet[] {
  const element = dataset.elements.get(tag);
  return element && "items" in element ? element.items : [];
}

/** Bytes of a value as they stand (little endian); undefined for sequences and encapsulated pixel data. */
export function bytesOf(dataset: DataSet, tag: Tag): Uint8Array | undefined {
  const element = dataset.elements.get(tag);
  return element && "bytes" in element ? element.bytes : undefined;
}

/** A value whose VR is unknown is decoded by the dictionary's. */
function decodingVr({ vr }: ValueElement, tag: Tag): Vr {
  return vr === "UN" ? dictionaryVr(tag) : vr;
}

/** Values of a text attribute (or numbers as text), without padding; [] where there is none. */
export function texts(dataset: DataSet, tag: Tag): string[] {
  const element = dataset.elements.get(tag);
  if (!element || !("bytes" in element) || element.bytes.length === 0) return [];
  const row = vrRow(decodingVr(element, tag));
  if (row.kind === "number") return numbers(dataset, tag).map(String);
  const text = decodeText(element.bytes, row.charset ? dataset.charset : []).replace(/[\0\s]+$/, "");
  if (row.single) return text === "" ? [] : [text];
  return text.split("\\").map((value) => value.replace(/^[ \0]+|[ \0]+$/g, ""));
}

/** First value of a text attribute; undefined where it is missing or empty. */
export function text(dataset: DataSet, tag: Tag): string | undefined {
  return texts(dataset, tag)[0] || undefined;
}

type Getter = (view: DataView, at: number) => number;

const getters: Partial<Record<Vr, readonly [number, Getter]>> = {
  US: [2, (view, at) => view.getUint16(at, true)],
  SS: [2, (view, at) => view.getInt16(at, true)],
  OW: [2, (view, at) => view.getUint16(at, true)],
  UL: [4, (view, at) => view.getUint32(at, true)],
  SL: [4, (view, at) => view.getInt32(at, true)],
  FL: [4, (view, at) => view.getFloat32(at, true)],
  OF: [4, (view, at) => view.getFloat32(at, true)],
  FD: [8, (view, at) => view.getFloat64(at, true)],
  SV: [8, (view, at) => Number(view.getBigInt64(at, true))],
  UV: [8, (view, at) => Number(view.getBigUint64(at, true))],
};

/** A number longer than a million values is no attribute that is read as numbers. */
const mostValues = 1 << 20;

/**
 * Finite numbers of a value, of binary and of text VRs (DS, IS); [] where one of them is no number. `vr` decodes a private
 * attribute whose VR the file does not tell.
 */
export function numbers(dataset: DataSet, tag: Tag, vr?: Vr): number[] {
  const element = dataset.elements.get(tag);
  if (!element || !("bytes" in element) || element.bytes.length === 0) return [];
  const decoding = element.vr === "UN" && vr ? vr : decodingVr(element, tag);
  const getter = getters[decoding];
  const values = getter ? binaryNumbers(element.bytes, getter) : textNumbers(element.bytes);
  return values.every(Number.isFinite) ? values : [];
}

function binaryNumbers(bytes: Uint8Array, [size, get]: readonly [number, Getter]): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.min(mostValues, Math.floor(bytes.length / size));
  return Array.from({ length: count }, (_, n) => get(view, n * size));
}

/** DS allows spaces around a number; some writers use a decimal comma. An empty value among others is NaN. */
function textNumbers(bytes: Uint8Array): number[] {
  const all = decodeText(bytes.subarray(0, mostValues), []).replace(/[\0\s]+$/, "");
  if (all === "") return [];
  return all.split("\\").map((one) => (one.trim() === "" ? NaN : Number(one.trim().replace(",", "."))));
}

/** First number of a value. */
export function number(dataset: DataSet, tag: Tag, vr?: Vr): number | undefined {
  return numbers(dataset, tag, vr)[0];
}
