/**
 * A DICOM data set in memory: tags in the file's order, values as raw bytes in little endian, decoded when they are asked
 * for (values.ts). What is not looked at is written again as it was read.
 */
import type { Vr } from "./vr.js";

/** Group and element as eight upper-case hexadecimal digits: `00100010` is (0010,0010). */
export type Tag = string;

export interface ValueElement {
  readonly vr: Exclude<Vr, "SQ">;
  /** Little endian whatever the file's byte order was; padding included. */
  readonly bytes: Uint8Array;
}

export interface SequenceElement {
  readonly vr: "SQ";
  readonly items: DataSet[];
}

/** Encapsulated pixel data: the basic offset table, then the fragments (PS3.5 annex A.4). */
export interface EncapsulatedElement {
  readonly vr: "OB" | "OW" | "UN";
  readonly fragments: readonly Uint8Array[];
}

export type Element = ValueElement | SequenceElement | EncapsulatedElement;

export interface DataSet {
  readonly elements: Map<Tag, Element>;
  /** Defined terms of Specific Character Set (0008,0005), an item's own or the one it inherits; [] is ASCII. */
  charset: readonly string[];
}

/** One DICOM file (PS3.10). */
export interface DicomFile {
  /** Group 0002. */
  readonly meta: DataSet;
  readonly dataset: DataSet;
  /** UID under which the pixel data stand here: explicit little endian for everything not encapsulated. */
  readonly transferSyntax: string;
  /** What was wrong with the file and how it was read nevertheless, in words; [] for a sound file. */
  readonly problems: readonly string[];
}

export function emptyDataSet(charset: readonly string[] = []): DataSet {
  return { elements: new Map(), charset };
}

/** `(0010,0010)` for messages. */
export function punctuate(tag: Tag): string {
  return `(${tag.slice(0, 4)},${tag.slice(4)})`;
}

export function isPrivate(tag: Tag): boolean {
  return (parseInt(tag.slice(3, 4), 16) & 1) === 1;
}

export const pixelDataTags: readonly Tag[] = ["7FE00010", "7FE00008", "7FE00009"];
