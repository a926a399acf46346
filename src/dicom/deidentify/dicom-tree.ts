/** The files below a folder, opened one after the other; gzip is unpacked. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { asMarrowError, MarrowError } from "../../base/errors.js";

/** Larger files are refused. */
const mostBytes = 2 ** 31 - 1;

/** Paths, sorted; the path itself if it is a file. Throws FILE_NOT_FOUND, FILE_UNREADABLE. */
export async function treeFiles(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [resolve(path)];
    const entries = await readdir(path, { withFileTypes: true, recursive: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(resolve(entry.parentPath), entry.name))
      .sort();
  } catch (error) {
    throw asMarrowError(error, path);
  }
}

/** A file's bytes. Throws FILE_UNREADABLE, DICOM_TOO_LARGE, DICOM_DAMAGED. */
export async function fileBytes(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((error: unknown) => Promise.reject(asMarrowError(error, path)));
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes });
  } catch (cause) {
    throw new MarrowError("DICOM_DAMAGED", { file: path, found: "damaged gzip data", cause });
  }
}
