/** Small files of the server's own, whole or not at all. */
import { readFile, writeFile } from "node:fs/promises";
import { placeAtomically } from "../study/files.js";

export const readBytes = (file: string) => readFile(file);

export async function writeBytes(file: string, bytes: Uint8Array): Promise<void> {
  await placeAtomically(file, (temporary) => writeFile(temporary, bytes));
}
