/** Puts values into a data set; whoever changes one works on a data set of their own (`copyDataSet`). */
import type { DataSet, Element, Tag } from "./data-set.js";
import { dictionaryVr } from "./dictionary.js";
import { vrRow, type Vr } from "./vr.js";

/** Sets a text attribute; text beyond ASCII is written in UTF-8 and asks for `ISO_IR 192` in (0008,0005). */
export function setText(dataset: DataSet, tag: Tag, values: string | readonly string[], vr?: Vr): void {
  const joined = typeof values === "string" ? values : values.join("\\");
  const chosen = vr ?? dictionaryVr(tag);
  dataset.elements.set(tag, {
    vr: chosen === "SQ" ? "UN" : chosen,
    bytes: padded(Buffer.from(joined, "utf8"), chosen),
  });
}

type Setter = (view: DataView, at: number, value: number) => void;

const setters: Partial<Record<Vr, readonly [number, Setter]>> = {
  US: [2, (view, at, value) => view.setUint16(at, value, true)],
  SS: [2, (view, at, value) => view.setInt16(at, value, true)],
  UL: [4, (view, at, value) => view.setUint32(at, value, true)],
  SL: [4, (view, at, value) => view.setInt32(at, value, true)],
  FL: [4, (view, at, value) => view.setFloat32(at, value, true)],
  FD: [8, (view, at, value) => view.setFloat64(at, value, true)],
  SV: [8, (view, at, value) => view.setBigInt64(at, BigInt(value), true)],
  UV: [8, (view, at, value) => view.setBigUint64(at, BigInt(value), true)],
};

/** Sets a number attribute, binary or text as its VR asks. */
export function setNumbers(dataset: DataSet, tag: Tag, values: readonly number[], vr?: Vr): void {
  const chosen = vr ?? dictionaryVr(tag);
  const setter = setters[chosen];
  if (!setter || chosen === "SQ") return setText(dataset, tag, values.map(String), chosen);
  const [size, set] = setter;
  const bytes = new Uint8Array(size * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, n) => set(view, n * size, value));
  dataset.elements.set(tag, { vr: chosen, bytes });
}

/** Sets a sequence. */
export function setItems(dataset: DataSet, tag: Tag, items: DataSet[]): void {
  dataset.elements.set(tag, { vr: "SQ", items });
}

/** Values have an even length (PS3.5 section 7.1.1). */
export function padded(bytes: Uint8Array, vr: Vr): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  const even = new Uint8Array(bytes.length + 1);
  even.set(bytes);
  even[bytes.length] = vrRow(vr).pad;
  return even;
}

/** A copy whose elements can be set and deleted without touching the original; value bytes are shared. */
export function copyDataSet({ elements, charset }: DataSet): DataSet {
  const copy = (element: Element): Element =>
    "items" in element ? { vr: "SQ", items: element.items.map(copyDataSet) } : element;
  return { charset, elements: new Map([...elements].map(([tag, element]) => [tag, copy(element)])) };
}
