/**
 * Character sets (PS3.3 section C.12.1.1.2, PS3.5 section 6.1): single-byte ones, multi-byte ones without code extensions,
 * and ISO 2022 code extensions, where escape sequences change the set inside a value.
 */

import { TextDecoder } from "node:util";

interface CodeSet {
  /** A label that TextDecoder knows. */
  readonly decoder: string;
  /** Changes the bytes of this set into the decoder's. */
  readonly prepare?: (bytes: Uint8Array) => Uint8Array;
}

const highBit = (bytes: Uint8Array) => bytes.map((byte) => byte | 0x80);
/** JIS X 0212 in EUC: each pair follows a shift, 8F. */
const thirdSet = (bytes: Uint8Array) =>
  Uint8Array.from(
    Array.from({ length: bytes.length >> 1 }, (_, n) => [
      0x8f,
      bytes[2 * n] | 0x80,
      bytes[2 * n + 1] | 0x80,
    ]).flat(),
  );

const latin1: CodeSet = { decoder: "windows-1252" };

/** Sets by the defined term's number: `ISO_IR 100` and `ISO 2022 IR 100` are the same set. */
const sets: Readonly<Record<string, CodeSet>> = {
  "6": { decoder: "utf-8" },
  "13": { decoder: "shift_jis" },
  "58": { decoder: "gbk", prepare: highBit },
  "87": { decoder: "euc-jp", prepare: highBit },
  "100": latin1,
  "101": { decoder: "iso-8859-2" },
  "109": { decoder: "iso-8859-3" },
  "110": { decoder: "iso-8859-4" },
  "126": { decoder: "iso-8859-7" },
  "127": { decoder: "iso-8859-6" },
  "138": { decoder: "iso-8859-8" },
  "144": { decoder: "iso-8859-5" },
  "148": { decoder: "iso-8859-9" },
  "149": { decoder: "euc-kr", prepare: highBit },
  "159": { decoder: "euc-jp", prepare: thirdSet },
  "166": { decoder: "windows-874" },
  "192": { decoder: "utf-8" },
  "203": { decoder: "iso-8859-15" },
  GB18030: { decoder: "gb18030" },
  GBK: { decoder: "gbk" },
};

/** What an escape sequence (after ESC) designates: to G0 (bytes below 80) or to G1 (bytes above). */
const escapes: readonly (readonly [string, "g0" | "g1", string])[] = [
  ["(B", "g0", "6"],
  ["-A", "g1", "100"],
  ["-B", "g1", "101"],
  ["-C", "g1", "109"],
  ["-D", "g1", "110"],
  ["-F", "g1", "126"],
  ["-G", "g1", "127"],
  ["-H", "g1", "138"],
  ["-L", "g1", "144"],
  ["-M", "g1", "148"],
  ["-b", "g1", "203"],
  ["-T", "g1", "166"],
  [")I", "g1", "13"],
  ["(J", "g0", "13"],
  ["$B", "g0", "87"],
  ["$(D", "g0", "159"],
  ["$)C", "g1", "149"],
  ["$)A", "g1", "58"],
];

/** Terms as stored: `\ISO 2022 IR 87` → ["", "ISO 2022 IR 87"]. */
export function readCharset(bytes: Uint8Array): string[] {
  const text = String.fromCharCode(...bytes.subarray(0, 1024)).replace(/[\0 ]+$/, "");
  return text === "" ? [] : text.split("\\").map((term) => term.trim());
}

/** ISO_IR 100, ISO-IR 100, ISO 2022 IR 100, ISO_IR100 and the like are written; only the number counts. */
function setOf(term: string): CodeSet {
  const name = /(\d+|GBK|GB18030)$/i.exec(term.trim())?.[1] ?? "6";
  return sets[/^GB/i.test(term) ? term.trim().toUpperCase() : name] ?? latin1;
}

const escape = 0x1b;
const decoders = new Map<string, TextDecoder>();

function decode({ decoder, prepare }: CodeSet, bytes: Uint8Array): string {
  if (!decoders.has(decoder)) decoders.set(decoder, new TextDecoder(decoder, { ignoreBOM: false }));
  return (decoders.get(decoder) as TextDecoder).decode(prepare ? prepare(bytes) : bytes);
}

/** Without a character set DICOM's text is ASCII; where it is not, UTF-8 is tried, then Latin-1. */
function decodeUndeclared(bytes: Uint8Array): string {
  const text = decode(sets["6"], bytes);
  return text.includes("\uFFFD") ? decode(latin1, bytes) : text;
}

/** Text of a value under the terms of (0008,0005). Bytes that the set does not have become U+FFFD; never throws. */
export function decodeText(bytes: Uint8Array, charset: readonly string[]): string {
  const first = charset[0] ?? "";
  if (bytes.includes(escape)) return decodeExtended(bytes, first);
  return first === "" ? decodeUndeclared(bytes) : decode(highSet(first), bytes);
}

/** A set that exists only after an escape sequence decodes nothing before it: bytes are then ASCII or Latin-1. */
const highSet = (term: string) => (setOf(term).prepare ? latin1 : setOf(term));

/** Signs after which the sets of the first term are active again: control characters, \ and, in names, ^ and =. */
const resets = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x5c, 0x5e, 0x3d]);

function decodeExtended(bytes: Uint8Array, first: string): string {
  const initial = { g0: sets["6"], g1: highSet(first || "100") };
  let active: { g0: CodeSet; g1: CodeSet } = { ...initial };
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    const found =
      bytes[at] === escape ? escapes.find(([code]) => startsWith(bytes, at + 1, code)) : undefined;
    if (found) {
      active = { ...active, [found[1]]: sets[found[2]] };
      at += 1 + found[0].length;
      continue;
    }
    const isMultiByte = active.g0.prepare !== undefined;
    if (!isMultiByte && resets.has(bytes[at])) active = { ...initial };
    const end = runEnd(bytes, at, isMultiByte);
    text += decode(bytes[at] < 0x80 ? active.g0 : active.g1, bytes.subarray(at, end));
    at = end;
  }
  return text;
}

function startsWith(bytes: Uint8Array, at: number, code: string): boolean {
  return [...code].every((sign, n) => bytes[at + n] === sign.charCodeAt(0));
}

/** End of the bytes of the same half (below or above 80) that no escape and no reset interrupts. */
function runEnd(bytes: Uint8Array, start: number, isMultiByte: boolean): number {
  const isHigh = bytes[start] >= 0x80;
  let end = start + 1;
  while (end < bytes.length && bytes[end] !== escape && bytes[end] >= 0x80 === isHigh) {
    if (!isMultiByte && resets.has(bytes[end])) break;
    end++;
  }
  return end;
}
