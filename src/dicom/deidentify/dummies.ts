/** Dummy values (action D) of each VR: valid, of non-zero length and without any of the original. */
import type { DataSet, Element, Tag, ValueElement } from "../data-set.js";
import { dictionaryVr } from "../dictionary.js";
import { padded } from "../set-values.js";
import { isValue } from "./elements.js";
import { valueRepresentations, vrRow, type Vr } from "../vr.js";

const texts: Partial<Record<Vr, string>> = {
  AE: "REMOVED",
  AS: "000Y",
  CS: "REMOVED",
  DA: "19000101",
  DS: "0",
  DT: "19000101000000",
  IS: "0",
  LO: "REMOVED",
  LT: "REMOVED",
  PN: "REMOVED",
  SH: "REMOVED",
  ST: "REMOVED",
  TM: "000000",
  UC: "REMOVED",
  UI: "2.25.0",
  UR: "urn:removed",
  UT: "REMOVED",
};

/** The dummy of an attribute; undefined (remove it) where its VR is not known. */
export function dummyOf(tag: Tag, element: Element): Element | undefined {
  const known = dictionaryVr(tag);
  const vr = known === "UN" ? element.vr : known;
  if (vr === "UN" || vr === "SQ") return undefined;
  const text = texts[vr];
  const bytes = text === undefined ? new Uint8Array(valueRepresentations[vr].unit) : Buffer.from(text);
  return { vr, bytes: padded(bytes, vr) };
}

/** Zero length (action Z): an empty sequence, or an empty value. */
export function emptyOf(tag: Tag, element: Element): Element {
  const vr = element.vr === "UN" ? dictionaryVr(tag) : element.vr;
  return vr === "SQ" ? { vr, items: [] } : { vr, bytes: new Uint8Array(0) };
}

const contentItem = (conceptName: DataSet): DataSet => ({
  charset: [],
  elements: new Map<Tag, Element>([
    ["0040A010", textElement("CS", "CONTAINS")],
    ["0040A040", textElement("CS", "TEXT")],
    ["0040A043", { vr: "SQ", items: [conceptName] }],
    ["0040A160", textElement("UT", "REMOVED")],
  ]),
});

export function textElement(vr: Exclude<Vr, "SQ">, text: string): Element {
  return { vr, bytes: padded(Buffer.from(text), vr) };
}

/** A coded entry (PS3.3 section 8.8). */
export function codedEntry(value: string, scheme: string, meaning: string): DataSet {
  return {
    charset: [],
    elements: new Map<Tag, Element>([
      ["00080100", textElement("SH", value)],
      ["00080102", textElement("SH", scheme)],
      ["00080104", textElement("LO", meaning)],
    ]),
  };
}

/** Content Sequence of a report of which nothing is kept: one comment that says so. */
export function dummyContent(): Element {
  return { vr: "SQ", items: [contentItem(codedEntry("121106", "DCM", "Comment"))] };
}

const graphicData = "00700022";

/**
 * Replaces every text in an item and below it; UIDs and dates have rules of their own. Drawings (Graphic Data can draw
 * letters) fall onto one place unless they are kept.
 */
export function scrubItem(item: DataSet, keepDrawings = false): void {
  for (const [tag, element] of item.elements) {
    if ("items" in element) element.items.forEach((one) => scrubItem(one, keepDrawings));
    else if (isValue(element)) item.elements.set(tag, scrubbed(tag, element, keepDrawings));
  }
}

function scrubbed(tag: Tag, element: ValueElement, keepDrawings: boolean): Element {
  const none = { vr: element.vr, bytes: new Uint8Array(0) };
  if (vrRow(element.vr).charset) return dummyOf(tag, element) ?? none;
  const hide = tag === graphicData && !keepDrawings;
  return hide ? { vr: element.vr, bytes: new Uint8Array(element.bytes.length) } : element;
}
