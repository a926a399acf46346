/**
 * What lies in the folder of one fold, derivatives/marrow/runs/<run>/fold-<k>: enough to read every result without
 * Marrow, and to resume.
 */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { asMarrowError } from "../base/errors.js";

export const foldFiles = {
  run: "run.json",
  plan: "plan.json",
  log: "log.tsv",
  progress: "progress.svg",
  last: "last.safetensors",
  best: "best.safetensors",
  model: "model.onnx",
  scores: "scores.json",
  predictions: "predictions",
  classification: "classification.json",
} as const;

export function foldFolder(runFolder: string, fold: number): string {
  return join(runFolder, `fold-${fold}`);
}

/** Name of a network's run: its own, else the one given, with the network's appended where there are several. */
export function runNameOf(
  { run, networks }: { readonly run?: string | undefined; readonly networks: readonly string[] },
  network: string,
): string {
  if (run === undefined) return network;
  return networks.length > 1 ? `${run}-${network}` : run;
}

/** Writes beside the target and renames, so that a crash leaves the old file or the new one. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  try {
    await writeFile(`${path}.part`, text, { flush: true });
    await rename(`${path}.part`, path);
  } catch (error) {
    throw asMarrowError(error, path);
  }
}

export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeAtomically(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** The parsed file, or undefined where there is none. */
export async function readJsonIfThere<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as T;
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw asMarrowError(error, path);
  }
}

export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw asMarrowError(error, path);
  });
}
