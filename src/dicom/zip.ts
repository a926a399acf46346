/** Reads zip archives (APPNOTE 6.3, sections 4.3 to 4.5), ZIP64 too: entries one at a time, never the archive as a whole. */
import { open, type FileHandle } from "node:fs/promises";
import { inflateRawSync } from "node:zlib";
import { asMarrowError, MarrowError } from "../base/errors.js";

export interface ZipArchive {
  readonly names: readonly string[];
  /** Bytes of an entry. Throws ZIP_DAMAGED, DICOM_TOO_LARGE. */
  readonly read: (name: string) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}

interface Entry {
  readonly method: number;
  readonly encrypted: boolean;
  readonly packed: number;
  readonly size: number;
  /** Offset of the local header. */
  readonly offset: number;
}

/** An entry unpacks to no more than this, and to no more than a thousand times its size and a megabyte. */
const largestEntry = 2 ** 31 - 1;
const largestDirectory = 256 * 2 ** 20;

/** Opens an archive and reads its central directory. Throws FILE_NOT_FOUND, FILE_UNREADABLE, ZIP_DAMAGED. */
export async function openZip(path: string): Promise<ZipArchive> {
  const file = await open(path).catch((error: unknown) => Promise.reject(asMarrowError(error, path)));
  try {
    const entries = await readDirectory(file, path);
    return {
      names: [...entries.keys()],
      read: (name) => readEntry(file, `${path}/${name}`, entries.get(name)),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

const damaged = (file: string, found: string, cause?: unknown) =>
  new MarrowError("ZIP_DAMAGED", { file, found, cause });

async function bytesAt(file: FileHandle, path: string, offset: number, length: number): Promise<Buffer> {
  if (!Number.isSafeInteger(offset) || offset < 0 || length < 0 || length > largestEntry)
    throw damaged(path, "an offset outside of the archive");
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
  if (bytesRead < length) throw damaged(path, "the archive ends too early");
  return buffer;
}

async function readDirectory(file: FileHandle, path: string): Promise<Map<string, Entry>> {
  const { size } = await file.stat();
  const tail = await bytesAt(file, path, Math.max(0, size - 65_557), Math.min(size, 65_557));
  const end = tail.lastIndexOf("PK\u0005\u0006", undefined, "latin1");
  if (end < 0 || end + 22 > tail.length) throw damaged(path, "no central directory");
  const place = (await zip64Place(file, path, tail, end)) ?? {
    size: tail.readUInt32LE(end + 12),
    offset: tail.readUInt32LE(end + 16),
  };
  if (place.size > Math.min(size, largestDirectory)) throw damaged(path, "a central directory too large");
  return parseDirectory(await bytesAt(file, path, place.offset, place.size), path);
}

/** ZIP64: a locator stands before the end record and points at a longer one. */
async function zip64Place(file: FileHandle, path: string, tail: Buffer, end: number) {
  if (end < 20 || tail.toString("latin1", end - 20, end - 16) !== "PK\u0006\u0007") return undefined;
  const record = await bytesAt(file, path, Number(tail.readBigUInt64LE(end - 12)), 56);
  return { size: Number(record.readBigUInt64LE(40)), offset: Number(record.readBigUInt64LE(48)) };
}

function parseDirectory(bytes: Buffer, path: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  let at = 0;
  while (at + 46 <= bytes.length) {
    if (bytes.toString("latin1", at, at + 4) !== "PK\u0001\u0002") throw damaged(path, "a damaged directory");
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((n) => bytes.readUInt16LE(at + n));
    const name = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    if (!name.endsWith("/") && !/(^|\/)(\.|__MACOSX)/.test(name))
      entries.set(name, entryAt(bytes, at, extra));
    at += 46 + nameLength + extraLength + commentLength;
  }
  return entries;
}

function entryAt(bytes: Buffer, at: number, extra: Buffer): Entry {
  const [packed, size, offset] = [20, 24, 42].map((n) => bytes.readUInt32LE(at + n));
  const long = zip64Numbers(extra);
  const next = (n: number) => (n === 0xffffffff ? (long.shift() ?? n) : n);
  const whole = next(size);
  return {
    method: bytes.readUInt16LE(at + 10),
    encrypted: (bytes.readUInt16LE(at + 8) & 1) === 1,
    size: whole,
    packed: next(packed),
    offset: next(offset),
  };
}

/** Numbers of the ZIP64 extra field, in the order size, packed size, offset: those that do not fit 32 bits. */
function zip64Numbers(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    const end = Math.min(extra.length, at + 4 + extra.readUInt16LE(at + 2));
    const count = (end - at - 4) >> 3;
    return Array.from({ length: count }, (_, n) => Number(extra.readBigUInt64LE(at + 4 + 8 * n)));
  }
  return [];
}

const stored = 0;
const deflated = 8;

async function readEntry(file: FileHandle, path: string, entry: Entry | undefined): Promise<Uint8Array> {
  if (!entry) throw damaged(path, "no such entry");
  const { method, encrypted, packed, size, offset } = entry;
  if (encrypted) throw damaged(path, "an encrypted entry");
  if (method !== stored && method !== deflated) throw damaged(path, `compression method ${method}`);
  if (size > Math.min(largestEntry, 1000 * packed + 2 ** 20))
    throw new MarrowError("DICOM_TOO_LARGE", { file: path, found: `${size} bytes` });
  const header = await bytesAt(file, path, offset, 30);
  const start = offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const bytes = await bytesAt(file, path, start, packed);
  if (method === stored) return bytes;
  try {
    return inflateRawSync(bytes, { maxOutputLength: Math.max(1, size) });
  } catch (cause) {
    throw damaged(path, "damaged deflate data", cause);
  }
}
