/**
 * Private attributes that hold numbers of the acquisition only, after PS3.15 table E.3.10-1: its entries for MR, with Siemens'
 * mosaic and its times. What is kept must look like a number: text is never kept on a private creator's word.
 */
import type { DataSet, Element, Tag } from "../data-set.js";
import { vrRow, type Vr } from "../vr.js";
import { isValue, textOf } from "./elements.js";

interface SafeEntry {
  readonly creator: string;
  readonly group: string;
  /** Last two digits of the element. */
  readonly element: string;
  readonly vr: Vr;
}

const entries = (creator: string, group: string, vr: Vr, elements: string): SafeEntry[] =>
  elements.split(" ").map((element) => ({ creator, group, element, vr }));

/** Creator, group, VR, elements. */
const safe: readonly SafeEntry[] = [
  ...entries("SIEMENS MR HEADER", "0019", "US", "0A"), // number of images in a mosaic
  ...entries("SIEMENS MR HEADER", "0019", "IS", "0C"), // b value
  ...entries("SIEMENS MR HEADER", "0019", "FD", "0E 27 28 29"), // direction, b matrix, bandwidth, slice times
  ...entries("Philips Imaging DD 001", "2001", "FL", "03"), // b value
  ...entries("Philips MR Imaging DD 001", "2005", "FL", "0D 0E B0 B1 B2"), // scale intercept, slope, direction
  ...entries("GEMS_ACQU_01", "0019", "DS", "BB BC BD"), // direction
  ...entries("GEMS_PARM_01", "0043", "IS", "39"), // b value
];

/** The private creator that reserved the block of a private element, its element and its name; undefined without one. */
function creatorOf(dataset: DataSet, tag: Tag): { tag: Tag; name: string } | undefined {
  const creator = `${tag.slice(0, 4)}00${tag.slice(4, 6)}`;
  const element = dataset.elements.get(creator);
  return element && { tag: creator, name: textOf(creator, element, dataset) };
}

/** The private elements of one level that may stay, their creators among them. */
export function safePrivateTags(dataset: DataSet): Set<Tag> {
  const kept = new Set<Tag>();
  for (const [tag, element] of dataset.elements) {
    const creator = creatorOf(dataset, tag);
    const entry =
      creator &&
      safe.find(
        (one) =>
          one.creator === creator.name && one.group === tag.slice(0, 4) && one.element === tag.slice(6),
      );
    if (entry && looksLike(entry.vr, element)) kept.add(tag).add(creator.tag);
  }
  return kept;
}

/** Numbers of that VR, and neither more of them nor other bytes than fit. */
function looksLike(vr: Vr, element: Element): boolean {
  if (!isValue(element) || (element.vr !== vr && element.vr !== "UN")) return false;
  if (vrRow(vr).kind === "text")
    return /^[-+\d.eE\\ \0]{1,64}$/.test(Buffer.from(element.bytes).toString("latin1"));
  return element.bytes.length % vrRow(vr).unit === 0 && element.bytes.length <= 1024;
}
