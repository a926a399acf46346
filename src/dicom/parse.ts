/**
 * Reads the elements of a data set (PS3.5 section 7). Every length is checked against what is there before it is
 * believed, so damaged input costs no more than its own size: what can be read is kept, what cannot is said in `problems`.
 */
import { readCharset } from "./charset.js";
import { emptyDataSet, punctuate, type DataSet, type Element, type Tag } from "./data-set.js";
import { dictionaryVr } from "./dictionary.js";
import { swapped } from "./byte-order.js";
import { isVr, vrRow, type Vr } from "./vr.js";

export interface Encoding {
  readonly explicit: boolean;
  readonly littleEndian: boolean;
}

/** What all levels of one file share. */
export interface Parse {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly problems: string[];
  elements: number;
}

interface Header {
  readonly tag: Tag;
  readonly vr: Vr;
  /** Where the value begins. */
  readonly start: number;
  /** Bytes, or undefined for an undefined length. */
  readonly length: number | undefined;
}

const item = "FFFEE000";
const itemEnd = "FFFEE00D";
const sequenceEnd = "FFFEE0DD";
const deepest = 32;
const mostElements = 3_000_000;
const mostProblems = 20;

export function startParse(bytes: Uint8Array): Parse {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { bytes, view, problems: [], elements: 0 };
}

export function addProblem({ problems }: Parse, text: string): void {
  if (problems.length < mostProblems) problems.push(text);
}

interface Level {
  readonly encoding: Encoding;
  readonly end: number;
  readonly depth: number;
  readonly charset: readonly string[];
  /** Reading stops before the first element for which this holds. */
  readonly until?: (tag: Tag) => boolean;
}

interface Read<T> {
  readonly value: T;
  /** Where the next thing begins. */
  readonly next: number;
}

/** The data set that begins at `start`; it ends at `level.end` or with an item's delimiter. */
export function parseDataSet(parse: Parse, start: number, level: Level): Read<DataSet> {
  const dataset = emptyDataSet(level.charset);
  let at = start;
  while (at + 8 <= level.end) {
    if (level.until?.(tagAt(parse, at, level.encoding.littleEndian))) return { value: dataset, next: at };
    const header = readHeader(parse, at, level);
    if (header.tag === itemEnd) return { value: dataset, next: header.start };
    if (++parse.elements > mostElements) {
      addProblem(parse, `more than ${mostElements} elements; the rest is not read`);
      return { value: dataset, next: level.end };
    }
    const read = readElement(parse, header, level, dataset.charset);
    if (read.value) keep(parse, dataset, header, read.value);
    at = read.next;
  }
  if (at < level.end) addProblem(parse, `${level.end - at} stray bytes at offset ${at}`);
  return { value: dataset, next: Math.max(at, level.end) };
}

function keep(parse: Parse, dataset: DataSet, { tag }: Header, element: Element): void {
  if (tag.endsWith("0000") && tag !== "00020000") return;
  if (dataset.elements.has(tag)) addProblem(parse, `${punctuate(tag)} occurs twice; the first is kept`);
  else dataset.elements.set(tag, element);
  if (tag === "00080005" && "bytes" in element) dataset.charset = readCharset(element.bytes);
}

export function tagAt({ view }: Parse, at: number, littleEndian: boolean): Tag {
  return hex4(view.getUint16(at, littleEndian)) + hex4(view.getUint16(at + 2, littleEndian));
}

const hex4 = (n: number) => (n + 0x10000).toString(16).slice(1).toUpperCase();

function readHeader(parse: Parse, at: number, { encoding, end }: Level): Header {
  const { view } = parse;
  const { littleEndian } = encoding;
  const tag = tagAt(parse, at, littleEndian);
  const implicit = (vr: Vr): Header => ({
    tag,
    vr,
    start: at + 8,
    length: lengthOf(view.getUint32(at + 4, littleEndian)),
  });
  if (tag.startsWith("FFFE")) return implicit("UN");
  if (!encoding.explicit) return implicit(dictionaryVr(tag));
  const code = String.fromCharCode(view.getUint8(at + 4), view.getUint8(at + 5));
  const short = view.getUint16(at + 6, littleEndian);
  if (isVr(code) && !vrRow(code).long) return { tag, vr: code, start: at + 8, length: short };
  const isLong = isVr(code) || (/^[A-Z]{2}$/.test(code) && short === 0 && at + 12 <= end);
  if (isLong && at + 12 <= end)
    return {
      tag,
      vr: isVr(code) ? code : "UN",
      start: at + 12,
      length: lengthOf(view.getUint32(at + 8, littleEndian)),
    };
  return withoutVr(parse, implicit, { tag, code, short, at, end });
}

/** A VR that does not exist: an implicit header where its length fits, else a value with a short length. */
function withoutVr(
  parse: Parse,
  implicit: (vr: Vr) => Header,
  { tag, code, short, at, end }: { tag: Tag; code: string; short: number; at: number; end: number },
): Header {
  addProblem(parse, `${punctuate(tag)} has an unknown VR (${JSON.stringify(code)})`);
  const guess = implicit(dictionaryVr(tag));
  if (guess.length !== undefined && guess.start + guess.length <= end) return guess;
  return { tag, vr: dictionaryVr(tag), start: at + 8, length: short };
}

const lengthOf = (n: number) => (n === 0xffffffff ? undefined : n);

function readElement(
  parse: Parse,
  header: Header,
  level: Level,
  charset: readonly string[],
): Read<Element | undefined> {
  const { tag, vr, start, length } = header;
  if (tag === sequenceEnd || tag === item) return { value: undefined, next: start };
  if (length === undefined) return readUndefined(parse, header, { ...level, charset });
  const available = Math.max(0, Math.min(length, level.end - start));
  if (available < length)
    addProblem(parse, `${punctuate(tag)} needs ${length} bytes, ${available} are there`);
  const end = start + available;
  const nested = nestedEncoding(parse, header, end, level.encoding);
  if (nested) {
    const read = readItems(parse, start, { ...level, charset, end, encoding: nested });
    return { value: { vr: "SQ", items: read.value }, next: end };
  }
  const raw = parse.bytes.subarray(start, end);
  const bytes = level.encoding.littleEndian ? raw : swapped(raw, vrRow(vr).unit);
  return { value: { vr: vr === "SQ" ? "UN" : vr, bytes }, next: end };
}

/** How the items of a value of known length are encoded; undefined where it holds none. UN is implicit (PS3.5 6.2.2). */
function nestedEncoding(parse: Parse, { tag, vr, start }: Header, end: number, own: Encoding) {
  const implicit = { explicit: false, littleEndian: true };
  if (vr === "SQ") return own;
  if (vr !== "UN" || end - start < 8) return undefined;
  const encoding = own.explicit ? implicit : own;
  const looksNested = tagAt(parse, start, encoding.littleEndian) === item;
  const length = lengthOf(parse.view.getUint32(start + 4, encoding.littleEndian));
  const fits = length === undefined || start + 8 + length <= end;
  return dictionaryVr(tag) === "SQ" || (looksNested && fits) ? encoding : undefined;
}

function readUndefined(parse: Parse, header: Header, level: Level): Read<Element> {
  const { tag, vr, start } = header;
  if (tag === "7FE00010" || vr === "OB" || vr === "OW") {
    const read = readFragments(parse, start, level);
    return { value: { vr: vr === "OW" || vr === "UN" ? vr : "OB", fragments: read.value }, next: read.next };
  }
  const encoding = vr === "UN" ? { explicit: false, littleEndian: true } : level.encoding;
  const read = readItems(parse, start, { ...level, encoding });
  return { value: { vr: "SQ", items: read.value }, next: read.next };
}

/** Items up to the sequence's delimiter or the level's end. */
function readItems(parse: Parse, start: number, level: Level): Read<DataSet[]> {
  const items: DataSet[] = [];
  if (level.depth >= deepest) {
    addProblem(parse, `sequences more than ${deepest} deep; the rest is not read`);
    return { value: items, next: level.end };
  }
  let at = start;
  while (at + 8 <= level.end) {
    const tag = tagAt(parse, at, level.encoding.littleEndian);
    const length = lengthOf(parse.view.getUint32(at + 4, level.encoding.littleEndian));
    if (tag === sequenceEnd) return { value: items, next: at + 8 };
    if (tag !== item) {
      addProblem(parse, `${punctuate(tag)} stands where an item of a sequence should begin`);
      return { value: items, next: length === undefined ? level.end : at };
    }
    const end = length === undefined ? level.end : Math.min(level.end, at + 8 + length);
    const inner = innerLevel(level, end, itemEncoding(parse, at + 8, end, level.encoding));
    const read = parseDataSet(parse, at + 8, inner);
    items.push(read.value);
    at = length === undefined ? read.next : end;
  }
  return { value: items, next: at };
}

const innerLevel = ({ charset, depth }: Level, end: number, encoding: Encoding): Level => ({
  charset,
  depth: depth + 1,
  end,
  encoding,
});

/** Some writers put explicit items into UN and implicit ones into SQ: the first element tells. */
function itemEncoding({ view }: Parse, at: number, end: number, encoding: Encoding): Encoding {
  if (!encoding.littleEndian || at + 8 > end) return encoding;
  const code = String.fromCharCode(view.getUint8(at + 4), view.getUint8(at + 5));
  return { ...encoding, explicit: encoding.explicit ? !isPlainLength(view, at, end) : isVr(code) };
}

/** True where the first element cannot have a VR but has a plausible length of 32 bits. */
function isPlainLength(view: DataView, at: number, end: number): boolean {
  const code = String.fromCharCode(view.getUint8(at + 4), view.getUint8(at + 5));
  if (/^[A-Z]{2}$/.test(code) || view.getUint16(at, true) === 0xfffe) return false;
  return view.getUint32(at + 4, true) <= end - at - 8;
}

/** Fragments of encapsulated pixel data, the basic offset table first; without a delimiter, up to the end. */
function readFragments(parse: Parse, start: number, { encoding, end }: Level): Read<Uint8Array[]> {
  const fragments: Uint8Array[] = [];
  let at = start;
  while (at + 8 <= end) {
    const tag = tagAt(parse, at, encoding.littleEndian);
    const length = parse.view.getUint32(at + 4, encoding.littleEndian);
    if (tag === sequenceEnd) return { value: fragments, next: at + 8 };
    if (tag !== item) {
      addProblem(parse, `${punctuate(tag)} stands where a fragment of pixel data should begin`);
      return { value: fragments, next: end };
    }
    if (at + 8 + length > end) addProblem(parse, "the last fragment of the pixel data is cut off");
    fragments.push(parse.bytes.subarray(at + 8, Math.min(end, at + 8 + length)));
    at += 8 + length;
  }
  addProblem(parse, "the pixel data have no end");
  return { value: fragments, next: Math.max(at, end) };
}
