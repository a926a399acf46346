/** Finds the one or two files of a NIfTI image and reads their bytes, unpacked. */
import { existsSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { constants, gunzip } from "node:zlib";
import { asMarrowError, MarrowError } from "../base/errors.js";
import { refuseOtherFormats } from "./other-formats.js";

export interface NiftiFiles {
  readonly header: string;
  /** Undefined where header and voxels share one file. */
  readonly voxels?: string;
}

/** The file or the pair of files a path means: .hdr and .img (each perhaps .gz) name each other. */
export function filesOf(path: string): NiftiFiles {
  refuseOtherFormats(path);
  const match = /^(.*)\.(hdr|img)(\.gz)?$/i.exec(path);
  if (!match) return { header: path };
  const [, stem, ending] = match;
  const upper = ending === ending.toUpperCase();
  const twins = (name: string) =>
    [name, `${name}.gz`].map((end) => `${stem}.${upper ? end.toUpperCase() : end}`);
  const pick = (name: string) => twins(name).find((file) => existsSync(file)) ?? twins(name)[0];
  const isHeader = ending.toLowerCase() === "hdr";
  return { header: isHeader ? path : pick("hdr"), voxels: isHeader ? pick("img") : path };
}

const unzip = promisify(gunzip);
const isGzip = (bytes: Uint8Array) => bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The whole file, unpacked where it is gzip (whatever its name). Throws NIFTI_TRUNCATED or NIFTI_DAMAGED. */
export async function readUnpacked(file: string): Promise<Uint8Array> {
  try {
    const bytes = await readFile(file);
    return isGzip(bytes) ? await unzip(bytes, { chunkSize: chunkFor(bytes) }) : bytes;
  } catch (error) {
    throw gzipError(error, file);
  }
}

/** The uncompressed length stands in gzip's last four bytes; a good guess saves copying. */
function chunkFor(bytes: Buffer): number {
  const claimed = bytes.readUInt32LE(bytes.length - 4);
  return Math.min(Math.max(claimed + 64, 1 << 14), 1 << 26);
}

/** The unpacked beginning of a file: up to 4 KiB of it, packed or not, which is more than a header. */
export async function readBeginning(file: string): Promise<Uint8Array> {
  try {
    const bytes = await firstBytes(file, 4096);
    return isGzip(bytes) ? await unzip(bytes, { finishFlush: constants.Z_SYNC_FLUSH }) : bytes;
  } catch (error) {
    throw gzipError(error, file);
  }
}

async function firstBytes(file: string, count: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(count), 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function gzipError(error: unknown, file: string): MarrowError {
  const { code } = error as { code?: string };
  const found = (error as Error).message;
  if (code === "Z_BUF_ERROR")
    return new MarrowError("NIFTI_TRUNCATED", { file, expected: "a complete gzip file", found });
  if (code?.startsWith("Z_"))
    return new MarrowError("NIFTI_DAMAGED", { file, expected: "intact gzip data", found });
  return asMarrowError(error, file);
}
