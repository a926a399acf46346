/**
 * Reads and writes safetensors (8-byte little-endian header length, JSON header, raw little-endian data), the format of
 * weights, checkpoints and oracle files.
 */
import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";
import { asMarrowError, MarrowError } from "../base/errors.js";

export type SafeData =
  Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>;

export interface SafeTensor {
  readonly shape: readonly number[];
  readonly data: SafeData;
}

export interface SafeFile {
  readonly tensors: ReadonlyMap<string, SafeTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

type View = (new (buffer: ArrayBuffer) => SafeData) & { readonly BYTES_PER_ELEMENT: number };
const views: Readonly<Record<string, View>> = {
  F32: Float32Array,
  U8: Uint8Array,
  I32: Int32Array,
  I64: BigInt64Array,
};

function dtypeOf(data: SafeData): string {
  return Object.entries(views).find(([, view]) => data instanceof view)?.[0] ?? "F32";
}

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
type HeaderEntry = z.infer<typeof entrySchema>;
const headerSchema = z.looseObject({ __metadata__: z.record(z.string(), z.string()).default({}) });

/** Bytes of a safetensors file; tensors are written in the map's order. */
export function encodeSafetensors(file: SafeFile): Uint8Array<ArrayBuffer> {
  const header: Record<string, HeaderEntry | Readonly<Record<string, string>>> = {
    __metadata__: file.metadata,
  };
  let offset = 0;
  for (const [name, { shape, data }] of file.tensors) {
    header[name] = {
      dtype: dtypeOf(data),
      shape: [...shape],
      data_offsets: [offset, offset + data.byteLength],
    };
    offset += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Spaces up to a multiple of 8, so that the data are aligned.
  const json = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  json.set(text);
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

type Fail = (found: string) => MarrowError;

/** The tensors in `bytes`; `file` names them in errors. Throws SAFETENSORS_INVALID where they are damaged. */
export function decodeSafetensors(bytes: Uint8Array, file: string): SafeFile {
  const fail = (found: string) => new MarrowError("SAFETENSORS_INVALID", { file, found });
  if (bytes.length < 8) throw fail(`${bytes.length} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8) throw fail(`a header of ${length} bytes in a file of ${bytes.length}`);
  const { __metadata__: metadata, ...entries } = parseHeader(bytes.subarray(8, 8 + length), fail);
  const body = bytes.subarray(8 + length);
  const tensors = Object.entries(entries).map(
    ([name, entry]) => [name, tensorOf(name, entry, body, fail)] as const,
  );
  return { tensors: new Map(tensors), metadata };
}

function parseHeader(bytes: Uint8Array, fail: Fail): z.infer<typeof headerSchema> {
  try {
    return headerSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    throw fail(
      error instanceof z.ZodError
        ? `a header that is ${z.prettifyError(error)}`
        : "a header that is not JSON",
    );
  }
}

function tensorOf(name: string, entry: unknown, body: Uint8Array, fail: Fail): SafeTensor {
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success) throw fail(`a header whose entry of tensor ${name} makes no sense`);
  const { dtype, shape, data_offsets } = parsed.data;
  const [from, to] = data_offsets;
  const view = Object.hasOwn(views, dtype) ? views[dtype] : undefined;
  if (!view) throw fail(`tensor ${name} of type ${dtype}`);
  if (to > body.length) throw fail(`the file ends inside tensor ${name}`);
  const expected = shape.reduce((product, n) => product * n, view.BYTES_PER_ELEMENT);
  if (to - from !== expected)
    throw fail(`tensor ${name} of shape [${shape.join(", ")}] in ${to - from} bytes`);
  // A copy, so that the view is aligned (a Buffer's own slice would share memory).
  return { shape, data: new view(new Uint8Array(body.subarray(from, to)).buffer) };
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
