/** Decompresses frames: JPEG-LS with our own decoder, the rest with dcmjs-codecs (WebAssembly), which only this file knows. */
import { createRequire } from "node:module";
import { inflateRawSync } from "node:zlib";
import type * as DcmjsCodecs from "dcmjs-codecs";
import { decodeJpegLs } from "./jpeg-ls.js";
import type { ImageLayout } from "./image-layout.js";
import type { Codec } from "./transfer-syntax.js";

type Library = typeof DcmjsCodecs;
type LibraryCodec = Exclude<Codec, "jpeg-ls" | "deflate">;
type Decoder = (codecs: Library["NativeCodecs"], context: DcmjsCodecs.Context) => DcmjsCodecs.Context;

const decoders: Readonly<Record<LibraryCodec, Decoder>> = {
  rle: (codecs, context) => codecs.decodeRle(context),
  jpeg: (codecs, context) => codecs.decodeJpeg(context, { convertColorspaceToRgb: false }),
  "jpeg-2000": (codecs, context) => codecs.decodeJpeg2000(context),
  "ht-jpeg-2000": (codecs, context) => codecs.decodeHtJpeg2000(context),
};

let library: Library | undefined;

/** Loads the codecs; once, when the first compressed image is met. */
async function codecs(): Promise<Library> {
  library ??= createRequire(import.meta.url)("dcmjs-codecs") as Library;
  library.log.setLevel("silent");
  if (!library.NativeCodecs.isInitialized()) await library.NativeCodecs.initializeAsync();
  return library;
}

/**
 * Bytes of one frame, uncompressed, little endian, interleaved. A damaged codestream throws an ordinary error; the codecs
 * are then loaded anew, since a WebAssembly module is left in an undefined state by an exception.
 */
export async function decompress(
  codec: Codec,
  encoded: Uint8Array,
  layout: ImageLayout,
): Promise<Uint8Array> {
  if (codec === "deflate") return inflateRawSync(encoded, { maxOutputLength: mostBytes(layout) });
  if (codec === "jpeg-ls") return bytesOf(decodeJpegLs(encoded), layout);
  const { Context, NativeCodecs } = await codecs();
  const context = new Context({
    width: layout.columns,
    height: layout.rows,
    bitsAllocated: layout.bitsAllocated,
    bitsStored: layout.bitsStored,
    samplesPerPixel: layout.samples,
    pixelRepresentation: layout.signed ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: layout.samples === 1 ? "MONOCHROME2" : "RGB",
    encodedBuffer: encoded,
  });
  try {
    return decoders[codec](NativeCodecs, context).getDecodedBuffer() ?? new Uint8Array(0);
  } catch (error) {
    NativeCodecs.release();
    throw error;
  }
}

/** A frame and some padding. */
const mostBytes = ({ rows, columns, samples, bitsAllocated }: ImageLayout) =>
  Math.ceil((rows * columns * samples * bitsAllocated) / 8) + 16;

/** Values as bytes of the allocated size, little endian. */
function bytesOf(values: Uint16Array, { bitsAllocated }: ImageLayout): Uint8Array {
  if (bitsAllocated === 8) return Uint8Array.from(values);
  if (bitsAllocated === 16) return new Uint8Array(values.buffer);
  throw new Error(`${bitsAllocated} bits allocated`);
}
