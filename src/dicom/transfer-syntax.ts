/** Transfer syntaxes (PS3.5 section 10 and annex A): how a data set is encoded, and by what its pixels are decoded. */

export type Codec = "deflate" | "rle" | "jpeg" | "jpeg-ls" | "jpeg-2000" | "ht-jpeg-2000";

export interface TransferSyntax {
  readonly name: string;
  readonly explicit: boolean;
  readonly littleEndian: boolean;
  readonly deflated?: boolean;
  /** Native pixel data are big endian though the rest is not. */
  readonly bigEndianPixels?: boolean;
  /** Pixel data are encapsulated; without `codec` Marrow cannot decode them. */
  readonly encapsulated?: boolean;
  readonly codec?: Codec;
  readonly lossy?: boolean;
}

const native = (name: string, more: Partial<TransferSyntax> = {}): TransferSyntax => ({
  name,
  explicit: true,
  littleEndian: true,
  ...more,
});
const packed = (name: string, codec?: Codec, lossy = false): TransferSyntax =>
  native(name, { encapsulated: true, lossy, ...(codec && { codec }) });

export const implicitLittleEndian = "1.2.840.10008.1.2";
export const explicitLittleEndian = "1.2.840.10008.1.2.1";

export const transferSyntaxes: Readonly<Record<string, TransferSyntax>> = {
  [implicitLittleEndian]: native("Implicit VR Little Endian", { explicit: false }),
  [explicitLittleEndian]: native("Explicit VR Little Endian"),
  "1.2.840.10008.1.2.1.98": packed("Encapsulated Uncompressed Explicit VR Little Endian"),
  "1.2.840.10008.1.2.1.99": native("Deflated Explicit VR Little Endian", { deflated: true }),
  "1.2.840.10008.1.2.2": native("Explicit VR Big Endian", { littleEndian: false }),
  "1.2.840.113619.5.2": native("GE private implicit VR", { explicit: false, bigEndianPixels: true }),
  "1.2.840.10008.1.2.8.1": packed("Deflated Image Frame Compression", "deflate"),
  "1.2.840.10008.1.2.5": packed("RLE Lossless", "rle"),
  "1.2.840.10008.1.2.4.50": packed("JPEG Baseline", "jpeg", true),
  "1.2.840.10008.1.2.4.51": packed("JPEG Extended", "jpeg", true),
  "1.2.840.10008.1.2.4.57": packed("JPEG Lossless", "jpeg"),
  "1.2.840.10008.1.2.4.70": packed("JPEG Lossless, First-Order Prediction", "jpeg"),
  "1.2.840.10008.1.2.4.80": packed("JPEG-LS Lossless", "jpeg-ls"),
  "1.2.840.10008.1.2.4.81": packed("JPEG-LS Near-Lossless", "jpeg-ls", true),
  "1.2.840.10008.1.2.4.90": packed("JPEG 2000 Lossless", "jpeg-2000"),
  "1.2.840.10008.1.2.4.91": packed("JPEG 2000", "jpeg-2000", true),
  "1.2.840.10008.1.2.4.201": packed("HTJ2K Lossless", "ht-jpeg-2000"),
  "1.2.840.10008.1.2.4.202": packed("HTJ2K Lossless, RPCL", "ht-jpeg-2000"),
  "1.2.840.10008.1.2.4.203": packed("HTJ2K", "ht-jpeg-2000", true),
};

/** Of a UID; an unknown one is taken as encapsulated explicit little endian, as all newer ones are (PS3.5 annex A.4). */
export function transferSyntax(uid: string): TransferSyntax {
  return transferSyntaxes[uid] ?? packed(`transfer syntax ${uid}`);
}
