/** Looks into an ONNX file on disk. */
import { open } from "node:fs/promises";
import { asMarrowError } from "../../base/errors.js";
import { inspectOnnx, type OnnxSummary } from "./inspect.js";

/** The summary of a file. Throws as `inspectOnnx` and reading a file do. */
export async function inspectOnnxFile(file: string): Promise<OnnxSummary> {
  const handle = await open(file).catch((error: unknown) => {
    throw asMarrowError(error, file);
  });
  try {
    const { size } = await handle.stat();
    const read = async (from: number, length: number) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from);
      return buffer.subarray(0, bytesRead);
    };
    return await inspectOnnx({ size, read }, file);
  } catch (error) {
    throw asMarrowError(error, file);
  } finally {
    await handle.close();
  }
}
