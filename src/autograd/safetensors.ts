/**
 * Reads and writes safetensors (8-byte little-endian header length, JSON header, raw little-endian data), the format of
 * weights, checkpoints and oracle files.
 */
import { readFile, rename, writeFile } from "node:fs/promises";
import { asMarrowError, MarrowError } from "../base/errors.js";

export type SafeData = Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>;

export interface SafeTensor {
  readonly shape: readonly number[];
  readonly data: SafeData;
}

export interface SafeFile {
  readonly tensors: ReadonlyMap<string, SafeTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

type View = new (buffer: ArrayBuffer) => SafeData;
const views: Readonly<Record<string, View>> = { F32: Float32Array, U8: Uint8Array, I32: Int32Array, I64: BigInt64Array };

function dtypeOf(data: SafeData): string {
  return Object.entries(views).find(([, view]) => data instanceof view)?.[0] ?? "F32";
}

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** Bytes of a safetensors file; tensors are written in the map's order. */
export function encodeSafetensors(file: SafeFile): Uint8Array<ArrayBuffer> {
  const header: Record<string, HeaderEntry | Readonly<Record<string, string>>> = { __metadata__: file.metadata };
  let offset = 0;
  for (const [name, { shape, data }] of file.tensors) {
    header[name] = { dtype: dtypeOf(data), shape: [...shape], data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = JSON.stringify(header);
  const json = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8));
  const bytes = new Uint8Array(8 + json.length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  let position = 8 + json.length;
  for (const { data } of file.tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return bytes;
}

/** The tensors in `bytes`; `file` names them in errors. */
export function decodeSafetensors(bytes: Uint8Array, file: string): SafeFile {
  const fail = (found: string) => new MarrowError("SAFETENSORS_INVALID", { file, found });
  if (bytes.length < 8) throw fail(`${bytes.length} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8) throw fail(`a header of ${length} bytes in a file of ${bytes.length}`);
  const header = parseHeader(bytes.subarray(8, 8 + length), fail);
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors = new Map<string, SafeTensor>();
  for (const [name, entry] of Object.entries(entries) as [string, HeaderEntry][]) {
    const view = views[entry.dtype];
    const [from, to] = entry.data_offsets;
    if (!view) throw fail(`tensor ${name} of type ${entry.dtype}`);
    if (8 + length + to > bytes.length) throw fail(`the file ends inside tensor ${name}`);
    // A copy, so that the view is aligned (a Buffer's own slice would share memory).
    const data = new view(new Uint8Array(bytes.subarray(8 + length + from, 8 + length + to)).buffer);
    tensors.set(name, { shape: entry.shape, data });
  }
  return { tensors, metadata: metadata as Record<string, string> };
}

function parseHeader(bytes: Uint8Array, fail: (found: string) => MarrowError): Record<string, unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  } catch {
    throw fail("a header that is not JSON");
  }
}

export async function readSafetensors(path: string): Promise<SafeFile> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw asMarrowError(error, path);
  });
  return decodeSafetensors(bytes, path);
}

/** Writes beside the target and renames, so that a crash leaves the old file or the new one, never a part. */
export async function writeSafetensors(path: string, file: SafeFile): Promise<void> {
  try {
    await writeFile(`${path}.part`, encodeSafetensors(file), { flush: true });
    await rename(`${path}.part`, path);
  } catch (error) {
    throw asMarrowError(error, path);
  }
}
