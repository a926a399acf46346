/** Small questions about the elements of a data set. */
import { decodeText } from "../charset.js";
import type { DataSet, Element, Tag, ValueElement } from "../data-set.js";
import { dictionaryVr } from "../dictionary.js";
import { vrRow, type Vr } from "../vr.js";

export function isValue(element: Element): element is ValueElement {
  return "bytes" in element;
}

/** The VR of the file, or the dictionary's where the file says unknown. */
export function vrOf(tag: Tag, element: Element): Vr {
  return element.vr === "UN" ? dictionaryVr(tag) : element.vr;
}

/** Text of a value without its padding, "" for other elements; backslashes still separate several. */
export function textOf(tag: Tag, element: Element, { charset }: DataSet): string {
  const row = vrRow(vrOf(tag, element));
  if (!isValue(element) || row.kind !== "text") return "";
  return decodeText(element.bytes, row.charset ? charset : []).replace(/^[\0\s]+|[\0\s]+$/g, "");
}

/** Every element of a data set and of the items below it, with the tags of the sequences that lead to it. */
export function* elementsBelow(
  dataset: DataSet,
  path: readonly Tag[] = [],
): Generator<{ tag: Tag; element: Element; path: readonly Tag[]; dataset: DataSet }> {
  for (const [tag, element] of dataset.elements) {
    yield { tag, element, path, dataset };
    if ("items" in element) for (const item of element.items) yield* elementsBelow(item, [...path, tag]);
  }
}
