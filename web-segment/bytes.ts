/** Bytes of files that the person chose: unpacked, whole or in parts. */
import type { ByteSource } from "../src/autograd/onnx/inspect.js";
import { MarrowError } from "../src/base/errors.js";

export async function bytesOf(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}

/** The whole file, unpacked where it is gzip, whatever its name. Throws NIFTI_DAMAGED. */
export async function unpackedBytes(file: File): Promise<Uint8Array> {
  const [first, second] = await bytesOf(file.slice(0, 2));
  if (first !== 0x1f || second !== 0x8b) return bytesOf(file);
  try {
    const stream = file.stream().pipeThrough(new DecompressionStream("gzip"));
    return await bytesOf(await new Response(stream).blob());
  } catch (cause) {
    throw new MarrowError("NIFTI_DAMAGED", {
      file: file.name,
      expected: "intact gzip data",
      found: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}

/** A file that is read piece by piece. */
export function sourceOf(file: File): ByteSource {
  return { size: file.size, read: (from, length) => bytesOf(file.slice(from, from + length)) };
}
