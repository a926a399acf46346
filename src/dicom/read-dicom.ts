/** Reads a DICOM file (PS3.10) of any transfer syntax; pixel data stay as they are stored. */
import { inflateRawSync, constants } from "node:zlib";
import { MarrowError } from "../base/errors.js";
import { swapped } from "./byte-order.js";
import { emptyDataSet, type DataSet, type DicomFile, type Tag } from "./data-set.js";
import { addProblem, parseDataSet, startParse, tagAt, type Encoding, type Parse } from "./parse.js";
import { explicitLittleEndian, transferSyntax } from "./transfer-syntax.js";
import { text } from "./values.js";
import { isVr } from "./vr.js";

const explicitLittle: Encoding = { explicit: true, littleEndian: true };
/** A deflated data set larger than this is taken for an attack. */
const mostInflated = 512 * 2 ** 20;

/**
 * Parses a file's bytes; `file` names it in errors. Values are views into `bytes` (copies where the byte order was turned),
 * so `bytes` must not change. Files without preamble or without group 0002 are read too; damaged ones are read as far
 * as they make sense, and `problems` says what was wrong. Throws DICOM_NOT_DICOM, DICOM_DAMAGED.
 */
export function readDicom(bytes: Uint8Array, file: string): DicomFile {
  const start = findStart(bytes, file);
  const parse = startParse(bytes);
  const { meta, next } = readMeta(parse, start);
  const declared = text(meta, "00020010") ?? "";
  const body = bodyOf(parse, next, declared, file);
  const encoding = detect(body.parse, body.start, declared);
  const end = body.parse.bytes.length;
  const level = { encoding, end, depth: 0, charset: [] };
  const { value: dataset } = parseDataSet(body.parse, body.start, level);
  if (dataset.elements.size === 0)
    throw new MarrowError("DICOM_DAMAGED", {
      file,
      found: parse.problems[0] ?? "no attribute after the header",
    });
  const syntax = transferSyntax(declared);
  if (syntax.bigEndianPixels) turnPixels(dataset);
  const packed = "fragments" in (dataset.elements.get("7FE00010") ?? {});
  return {
    meta,
    dataset,
    transferSyntax: packed || (syntax.encapsulated && syntax.codec) ? declared : explicitLittleEndian,
    problems: body.parse === parse ? parse.problems : [...parse.problems, ...body.parse.problems],
  };
}

/** Offset of the first element: behind `DICM`, or 0 for a file without preamble. */
function findStart(bytes: Uint8Array, file: string): number {
  const prefix = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4)) === "DICM";
  if (prefix(128)) return 132;
  if (prefix(0)) return 4;
  if (startsLikeDataSet(bytes)) return 0;
  const found = bytes.length === 0 ? "an empty file" : `${bytes.length} bytes without DICM at offset 128`;
  throw new MarrowError("DICOM_NOT_DICOM", { file, found });
}

/** The first groups that occur in practice, in either byte order, with a sensible element, VR or length. */
function startsLikeDataSet(bytes: Uint8Array): boolean {
  if (bytes.length < 16) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return [true, false].some((little) => {
    if (!firstGroups.includes(view.getUint16(0, little)) || view.getUint16(2, little) > 0x1500) return false;
    const code = String.fromCharCode(bytes[4], bytes[5]);
    return isVr(code) || view.getUint32(4, little) <= 128;
  });
}

const isMeta = (tag: Tag) => tag.startsWith("0002");

/** Group 0002 is explicit little endian whatever follows (PS3.10 section 7.1); its length field is not trusted. */
function readMeta(parse: Parse, start: number): { meta: DataSet; next: number } {
  const end = parse.bytes.length;
  if (start + 8 > end || !isMeta(tagAt(parse, start, true))) return { meta: emptyDataSet(), next: start };
  const isExplicit = isVr(String.fromCharCode(parse.bytes[start + 4], parse.bytes[start + 5]));
  const encoding = { explicit: isExplicit, littleEndian: true };
  const level = { encoding, end, depth: 0, charset: [], until: (tag: Tag) => !isMeta(tag) };
  const { value, next } = parseDataSet(parse, start, level);
  return { meta: value, next };
}

function bodyOf(parse: Parse, start: number, uid: string, file: string): { parse: Parse; start: number } {
  if (!transferSyntax(uid).deflated) return { parse, start };
  try {
    const options = { maxOutputLength: mostInflated, finishFlush: constants.Z_SYNC_FLUSH };
    return { parse: startParse(inflateRawSync(parse.bytes.subarray(start), options)), start: 0 };
  } catch (error) {
    throw new MarrowError("DICOM_DAMAGED", {
      file,
      found: `deflated data: ${messageOf(error)}`,
      cause: error,
    });
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The declared encoding, unless the first element contradicts it: files lie about it. */
function detect(parse: Parse, start: number, uid: string): Encoding {
  const declared = uid === "" ? undefined : transferSyntax(uid);
  if (start + 8 > parse.bytes.length) return declared ?? explicitLittle;
  const littleEndian = littleEndianAt(parse, start, declared?.littleEndian ?? true);
  const code = String.fromCharCode(parse.bytes[start + 4], parse.bytes[start + 5]);
  const explicit = isVr(code) || (/^[A-Z]{2}$/.test(code) && (declared?.explicit ?? true));
  if (declared && (explicit !== declared.explicit || littleEndian !== declared.littleEndian))
    addProblem(parse, `the data set is not encoded as ${declared.name}, which its header declares`);
  if (!declared) addProblem(parse, `no transfer syntax; read as ${explicit ? "explicit" : "implicit"} VR`);
  return { explicit, littleEndian };
}

/** Data sets begin with group 0002, 0004 or 0008 nearly always; turned round that is 0200, 0400 or 0800. */
const firstGroups = [0x0002, 0x0004, 0x0008];

function littleEndianAt({ view }: Parse, at: number, declared: boolean): boolean {
  if (firstGroups.includes(view.getUint16(at, true))) return true;
  return firstGroups.includes(view.getUint16(at, false)) ? false : declared;
}

function turnPixels(dataset: DataSet): void {
  const element = dataset.elements.get("7FE00010");
  if (element && "bytes" in element && element.vr === "OW")
    dataset.elements.set("7FE00010", { vr: "OW", bytes: swapped(element.bytes, 2) });
}
