/** Writes a DICOM file (PS3.10): explicit VR little endian, or the encapsulated transfer syntax its pixel data have. */
import type { DataSet, DicomFile, Element, Tag } from "./data-set.js";
import { padded, setNumbers, setText } from "./set-values.js";
import { text } from "./values.js";
import { vrRow, type Vr } from "./vr.js";

/** Marrow's own, under the root for UUIDs (PS3.5 annex B.2). */
export const implementationClassUid = "2.25.248612907423171650921370226953841265117";
export const implementationVersion = "MARROW_0_1";

const undefinedLength = 0xffffffff;

/**
 * Bytes of a whole file with preamble. Group 0002 is made anew from the data set (SOP class and instance, transfer syntax,
 * Marrow as the writer); other entries of `meta` are not kept, since they name machines. Elements are sorted by tag.
 */
export function writeDicom({ dataset, transferSyntax }: DicomFile): Uint8Array {
  const meta = concat(elementChunks(metaOf(dataset, transferSyntax)));
  const length: DataSet = { elements: new Map(), charset: [] };
  setNumbers(length, "00020000", [meta.length]);
  const prefix = Buffer.concat([Buffer.alloc(128), Buffer.from("DICM")]);
  return concat([prefix, ...elementChunks(length), meta, ...elementChunks(dataset)]);
}

const concat = (chunks: readonly Uint8Array[]): Uint8Array => Buffer.concat(chunks);

function metaOf(dataset: DataSet, transferSyntax: string): DataSet {
  const meta: DataSet = { elements: new Map(), charset: [] };
  meta.elements.set("00020001", { vr: "OB", bytes: Uint8Array.of(0, 1) });
  setText(meta, "00020002", text(dataset, "00080016") ?? "");
  setText(meta, "00020003", text(dataset, "00080018") ?? "");
  setText(meta, "00020010", transferSyntax);
  setText(meta, "00020012", implementationClassUid);
  setText(meta, "00020013", implementationVersion);
  return meta;
}

function elementChunks({ elements }: DataSet): Uint8Array[] {
  const sorted = [...elements].filter(([tag]) => !tag.endsWith("0000") || tag === "00020000");
  sorted.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted.flatMap(([tag, element]) => chunksOf(tag, element));
}

function chunksOf(tag: Tag, element: Element): Uint8Array[] {
  if ("items" in element)
    return [
      header(tag, "SQ", undefinedLength),
      ...element.items.flatMap((one) => [
        delimiter("FFFEE000", undefinedLength),
        ...elementChunks(one),
        delimiter("FFFEE00D"),
      ]),
      delimiter("FFFEE0DD"),
    ];
  if ("fragments" in element)
    return [
      header(tag, "OB", undefinedLength),
      ...element.fragments.flatMap((one) => {
        const bytes = padded(one, "OB");
        return [delimiter("FFFEE000", bytes.length), bytes];
      }),
      delimiter("FFFEE0DD"),
    ];
  const bytes = padded(element.bytes, element.vr);
  return [header(tag, element.vr, bytes.length), bytes];
}

/** A value too long for its VR's length field becomes UN (PS3.5 section 6.2.2). */
function header(tag: Tag, vr: Vr, length: number): Uint8Array {
  const long = vrRow(vr).long;
  if (!long && length > 0xfffe) return header(tag, "UN", length);
  const bytes = Buffer.alloc(long ? 12 : 8);
  writeTag(bytes, tag);
  bytes.write(vr, 4, "latin1");
  if (long) bytes.writeUInt32LE(length, 8);
  else bytes.writeUInt16LE(length, 6);
  return bytes;
}

function delimiter(tag: Tag, length = 0): Uint8Array {
  const bytes = Buffer.alloc(8);
  writeTag(bytes, tag);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

function writeTag(bytes: Buffer, tag: Tag): void {
  bytes.writeUInt16LE(parseInt(tag.slice(0, 4), 16), 0);
  bytes.writeUInt16LE(parseInt(tag.slice(4), 16), 2);
}
