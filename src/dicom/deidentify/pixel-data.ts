/** What hides in pixel data besides the picture: comments in codestreams, bits outside the picture, bytes behind it. */
import type { DataSet, DicomFile, Element, EncapsulatedElement } from "../data-set.js";
import { isValue } from "./elements.js";
import { number } from "../values.js";

const pixelData = "7FE00010";

/** Changes the file's data set in place. */
export function cleanPixelData({ dataset }: DicomFile): void {
  const element = dataset.elements.get(pixelData);
  if (!element) return;
  if ("fragments" in element) dataset.elements.set(pixelData, withoutComments(element));
  else if (isValue(element)) dataset.elements.set(pixelData, trimmed(element, dataset));
}

function withoutComments(element: EncapsulatedElement): EncapsulatedElement {
  const [table, ...fragments] = element.fragments;
  return { ...element, fragments: table ? [table, ...fragments.map(blankComments)] : [] };
}

/**
 * Marker segments of JPEG and JPEG-LS (FFD8, ITU-T T.81 annex B) and JPEG 2000 (FF4F, T.800 annex A) that a decoder does
 * not need: comments, and application data but for JFIF (APP0), colour transform (APP8) and Adobe (APP14).
 */
const comments: Readonly<Record<number, ReadonlySet<number>>> = {
  0xd8: new Set([0xfe, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe9, 0xea, 0xeb, 0xec, 0xed, 0xef]),
  0x4f: new Set([0x64]),
};
/** Markers behind which the coded data begin: SOS, SOT. */
const dataBegin = new Set([0xda, 0x90]);

/** A fragment whose comments are zeros of the same length, so that no offset changes; itself where it has none. */
export function blankComments(fragment: Uint8Array): Uint8Array {
  const unwanted = fragment[0] === 0xff ? comments[fragment[1]] : undefined;
  if (!unwanted) return fragment;
  const copy = Uint8Array.from(fragment);
  for (let at = 2; at + 4 <= copy.length && copy[at] === 0xff && !dataBegin.has(copy[at + 1]);) {
    const length = (copy[at + 2] << 8) | copy[at + 3];
    // A JPEG 2000 comment begins with the kind of text it holds, which stays
    const from = copy[1] === 0x4f ? at + 6 : at + 4;
    if (unwanted.has(copy[at + 1])) copy.fill(0, from, at + 2 + length);
    at += 2 + Math.max(2, length);
  }
  return copy;
}

/** Native pixel data without the bytes behind the last frame; embedded overlays (PS3.5-2004 section 8.1.2) are cut out. */
function trimmed(element: Extract<Element, { bytes: Uint8Array }>, dataset: DataSet): Element {
  const at = (tag: string, otherwise: number) => number(dataset, tag) ?? otherwise;
  const pixels = at("00280010", 0) * at("00280011", 0) * at("00280002", 1) * at("00280008", 1);
  // YBR_FULL_422 and the like have fewer samples than pixels, never more
  const size = Math.ceil((pixels * at("00280100", 0)) / 8);
  const bytes = size > 0 && size < element.bytes.length ? element.bytes.subarray(0, size) : element.bytes;
  return { vr: element.vr, bytes: hasEmbeddedOverlay(dataset) ? storedBits(bytes, dataset) : bytes };
}

/** Overlays without data of their own lie in unused bits of the pixels. */
export function hasEmbeddedOverlay({ elements }: DataSet): boolean {
  return [...elements.keys()].some(
    (tag) => /^60.[02468ACE]0102$/.test(tag) && !elements.has(`${tag.slice(0, 4)}3000`),
  );
}

/** 16-bit pixels with everything outside Bits Stored set to zero. */
function storedBits(bytes: Uint8Array, dataset: DataSet): Uint8Array {
  const stored = number(dataset, "00280101") ?? 16;
  const high = number(dataset, "00280102") ?? stored - 1;
  if (number(dataset, "00280100") !== 16 || stored === 16) return bytes;
  const mask = ((1 << stored) - 1) << (high - stored + 1);
  return bytes.map((byte, n) => byte & (n % 2 === 0 ? mask & 0xff : mask >> 8));
}
