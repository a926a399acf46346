/** Stored values of a grey-scale frame as numbers. */
import { MarrowError } from "../base/errors.js";
import type { DicomFile } from "./data-set.js";
import { frameBytes } from "./frame-bytes.js";
import type { ImageLayout } from "./image-layout.js";
import { transferSyntax } from "./transfer-syntax.js";

export type Pixels =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** True for one grey value per pixel; colour is no measurement. */
export function isGrey({ samples, photometric }: ImageLayout): boolean {
  return samples === 1 && /^MONOCHROME[12]$/.test(photometric);
}

/**
 * Stored values (before rescaling) of frame `n`, row by row from the upper left; bits outside of Bits Stored, where old
 * files keep overlays, are cut off and the sign is extended. MONOCHROME1 is not inverted: the numbers are the measurement,
 * only their display differs. Throws DICOM_IMAGE_TYPE for colour, DICOM_PIXELS, DICOM_TRANSFER_SYNTAX.
 */
export async function framePixels(
  image: DicomFile,
  layout: ImageLayout,
  n: number,
  file: string,
): Promise<Pixels> {
  if (!isGrey(layout))
    throw new MarrowError("DICOM_IMAGE_TYPE", {
      file,
      found: `${layout.photometric}, ${layout.samples} samples a pixel`,
    });
  const bytes = await frameBytes(image, layout, n, file);
  const count = layout.rows * layout.columns;
  // JPEG codestreams of one bit are decoded to a byte a pixel; RLE and deflated frames stay packed.
  if (layout.bitsAllocated === 1 && isCodestream(image)) return Uint8Array.from(bytes.subarray(0, count));
  if (layout.bitsAllocated === 1 || layout.bitsAllocated === 12)
    return unpackBits(bytes, count, layout.bitsAllocated, isEncapsulated(image) ? 0 : n);
  const stored = view(bytes, count, layout);
  return layout.float ? stored : cut(stored, layout);
}

const isEncapsulated = ({ dataset }: DicomFile) => "fragments" in (dataset.elements.get("7FE00010") ?? {});

const isCodestream = (image: DicomFile) =>
  isEncapsulated(image) && /jpeg/.test(transferSyntax(image.transferSyntax).codec ?? "");

type Maker = new (buffer: ArrayBuffer) => Pixels;

const makers: Readonly<Record<number, readonly [unsigned: Maker, signed: Maker, float: Maker]>> = {
  8: [Uint8Array, Int8Array, Uint8Array],
  16: [Uint16Array, Int16Array, Uint16Array],
  32: [Uint32Array, Int32Array, Float32Array],
  64: [Float64Array, Float64Array, Float64Array],
};

/** A copy, since the file's bytes need not be aligned. */
function view(bytes: Uint8Array, count: number, { bitsAllocated, signed, float }: ImageLayout): Pixels {
  const size = (count * bitsAllocated) / 8;
  const buffer = new ArrayBuffer(size);
  new Uint8Array(buffer).set(bytes.subarray(0, size));
  return new makers[bitsAllocated][float ? 2 : signed ? 1 : 0](buffer);
}

/** Moves the highest stored bit to the top and back, which cuts what is above and below it and extends the sign. */
function cut(pixels: Pixels, { bitsAllocated, bitsStored, highBit, signed }: ImageLayout): Pixels {
  if (bitsStored === bitsAllocated || bitsAllocated > 32) return pixels;
  const up = 31 - highBit;
  const down = 32 - bitsStored;
  if (signed) for (let n = 0; n < pixels.length; n++) pixels[n] = (pixels[n] << up) >> down;
  else for (let n = 0; n < pixels.length; n++) pixels[n] = (pixels[n] << up) >>> down;
  return pixels;
}

/** Packed bits, lowest first (PS3.5 section 8.1.1 and annex D); native frames follow one another without padding. */
function unpackBits(bytes: Uint8Array, count: number, bits: 1 | 12, frame: number): Pixels {
  const out = bits === 1 ? new Uint8Array(count) : new Uint16Array(count);
  const first = (frame * count * bits) % 8;
  for (let n = 0; n < count; n++) {
    const at = first + n * bits;
    const word = bytes[at >> 3] | ((bytes[(at >> 3) + 1] ?? 0) << 8);
    out[n] = (word >> (at & 7)) & ((1 << bits) - 1);
  }
  return out;
}
