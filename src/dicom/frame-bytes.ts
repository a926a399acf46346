/** The stored bytes of one frame, native or encapsulated (PS3.5 section 8 and annex A.4). */
import { MarrowError } from "../base/errors.js";
import { decompress } from "./codecs.js";
import { codestreamSize } from "./codestream.js";
import type { DicomFile } from "./data-set.js";
import type { ImageLayout } from "./image-layout.js";
import { transferSyntax, type Codec } from "./transfer-syntax.js";

/** Bytes of frame `n`, uncompressed. Throws DICOM_PIXELS, DICOM_TRANSFER_SYNTAX. */
export async function frameBytes(
  image: DicomFile,
  layout: ImageLayout,
  n: number,
  file: string,
): Promise<Uint8Array> {
  const element = ["7FE00010", "7FE00008", "7FE00009"]
    .map((tag) => image.dataset.elements.get(tag))
    .find((one) => one !== undefined);
  if (element && "bytes" in element) return nativeFrame(element.bytes, layout, n, file);
  if (!element || !("fragments" in element)) throw damaged(file, "no pixel data");
  const syntax = transferSyntax(image.transferSyntax);
  const encoded = encodedFrame(element.fragments, layout, n, file);
  if (!syntax.codec && image.transferSyntax === "1.2.840.10008.1.2.1.98")
    return nativeFrame(encoded, layout, 0, file);
  if (!syntax.codec) throw new MarrowError("DICOM_TRANSFER_SYNTAX", { file, found: syntax.name });
  return unpacked(syntax.codec, encoded, layout, file);
}

const damaged = (file: string, found: string, cause?: unknown) =>
  new MarrowError("DICOM_PIXELS", { file, found, cause });

function bytesPerFrame({ rows, columns, samples, bitsAllocated }: ImageLayout): number {
  return (rows * columns * samples * bitsAllocated) / 8;
}

function nativeFrame(bytes: Uint8Array, layout: ImageLayout, n: number, file: string): Uint8Array {
  const size = bytesPerFrame(layout);
  const start = Math.floor(n * size);
  const end = Math.ceil((n + 1) * size);
  if (end > bytes.length)
    throw new MarrowError("DICOM_PIXELS", {
      file,
      expected: `${Math.ceil(layout.frames * size)} bytes of pixel data`,
      found: `${bytes.length}`,
    });
  return bytes.subarray(start, end);
}

async function unpacked(codec: Codec, encoded: Uint8Array, layout: ImageLayout, file: string) {
  const { rows, columns, samples } = layout;
  if (codec !== "rle" && codec !== "deflate") {
    const size = codestreamSize(codec, encoded);
    if (!size || size.rows !== rows || size.columns !== columns || size.samples !== samples)
      throw new MarrowError("DICOM_PIXELS", {
        file,
        expected: `a compressed image of ${columns} × ${rows} pixels`,
        found: size ? `${size.columns} × ${size.rows}, ${size.samples} samples` : "no header of its own",
      });
  }
  try {
    const bytes = await decompress(codec, encoded, layout);
    if (bytes.length < bytesPerFrame(layout)) throw new Error(`${bytes.length} bytes`);
    return bytes;
  } catch (error) {
    throw damaged(file, `${codec}: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

/** Fragments of frame `n` joined. */
function encodedFrame(
  [table = new Uint8Array(0), ...fragments]: readonly Uint8Array[],
  { frames }: ImageLayout,
  n: number,
  file: string,
): Uint8Array {
  if (frames === 1) return joined(fragments);
  if (fragments.length === frames) return fragments[n];
  const groups = byOffsets(table, fragments) ?? byMarkers(fragments);
  if (groups.length <= n)
    throw new MarrowError("DICOM_PIXELS", {
      file,
      expected: `${frames} compressed frames`,
      found: `${Math.min(groups.length, fragments.length)}`,
    });
  return joined(groups[n]);
}

const joined = (fragments: readonly Uint8Array[]): Uint8Array =>
  fragments.length === 1 ? fragments[0] : Buffer.concat(fragments);

/** By the basic offset table, whose offsets count from the first fragment's item tag. */
function byOffsets(table: Uint8Array, fragments: readonly Uint8Array[]): Uint8Array[][] | undefined {
  if (table.length < 8) return undefined;
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  const starts = new Set(Array.from({ length: table.length >> 2 }, (_, n) => view.getUint32(4 * n, true)));
  let at = 0;
  const isStart = fragments.map((fragment) => {
    const begins = starts.has(at);
    at += 8 + fragment.length;
    return begins;
  });
  return grouped(fragments, isStart);
}

/** Without a table a frame begins where a codestream does: FF D8 (JPEG), FF 4F (JPEG 2000). */
function byMarkers(fragments: readonly Uint8Array[]): Uint8Array[][] {
  return grouped(
    fragments,
    fragments.map((bytes) => bytes[0] === 0xff && (bytes[1] === 0xd8 || bytes[1] === 0x4f)),
  );
}

function grouped(fragments: readonly Uint8Array[], isStart: readonly boolean[]): Uint8Array[][] {
  const groups: Uint8Array[][] = [];
  fragments.forEach((fragment, n) => {
    if (isStart[n] || groups.length === 0) groups.push([]);
    (groups.at(-1) as Uint8Array[]).push(fragment);
  });
  return groups;
}
