/** Reading, writing and placing files in a study folder. A file that can be seen is complete: all are renamed into place. */
import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import {
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { z } from "zod";
import { asMarrowError, MarrowError, type ErrorCode } from "../base/errors.js";
import { readNifti, writeNifti } from "../volume/nifti.js";

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Text of a file. Throws FILE_NOT_FOUND, FILE_UNREADABLE. */
export async function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: unknown) => Promise.reject(asMarrowError(error, path)));
}

/** Writes text completely or not at all, making folders where needed. Throws DISK_FULL, FILE_UNWRITABLE. */
export async function writeText(path: string, text: string): Promise<void> {
  await placeAtomically(path, (temporary) => writeFile(temporary, text));
}

export async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readText(path)) as unknown;
}

/** The value as the schema has it, or an error with `code` that lists every fault. */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, code: ErrorCode, file: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join(".") || "(top)"}: ${issue.message}`);
  throw new MarrowError(code, { file, found: faults.join("; ") });
}

/**
 * Files below a folder, absolute and sorted, hidden ones left out; [] where the folder does not exist. A folder that goes
 * meanwhile, e.g. one of a job that has just ended, is left out too.
 */
export async function filesBelow(dir: string): Promise<string[]> {
  return (await filesIn(resolve(dir))).sort();
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const seen = entries.filter(({ name }) => !name.startsWith("."));
  const found = await Promise.all(
    seen.map(async (entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesIn(path) : [path];
    }),
  );
  return found.flat();
}

/** Runs `make` on a temporary name beside `target`, then renames. */
export async function placeAtomically(target: string, make: (temporary: string) => Promise<unknown>) {
  const ending = /(\.nii)?\.[a-z]+$/i.exec(target)?.[0] ?? "";
  const temporary = join(dirname(target), `.${randomBytes(6).toString("hex")}${ending}`);
  try {
    await mkdir(dirname(target), { recursive: true });
    await make(temporary);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw unwritable(error, target);
  }
}

function unwritable(error: unknown, file: string): MarrowError {
  const known = asMarrowError(error, file);
  return known.code === "FILE_UNREADABLE"
    ? new MarrowError("FILE_UNWRITABLE", { file, cause: error })
    : known;
}

export type Placed = "new" | "same" | "differs";

/**
 * Puts an image at `stem` (a path without ending) as .nii.gz, or as a link to the original. An image that is already
 * there is never touched: `same` where size and time are the original's, else `differs`.
 */
export async function placeImage(source: string, stem: string, link: boolean): Promise<Placed> {
  const plain = /\.nii$/i.test(source);
  const target = link && plain ? `${stem}.nii` : `${stem}.nii.gz`;
  for (const ending of [".nii.gz", ".nii"])
    if (await exists(stem + ending)) return (await sameFile(source, stem + ending)) ? "same" : "differs";
  const make = link ? linkTo : /\.nii\.gz$/i.test(source) ? copyFile : plain ? zipFile : convert;
  await placeAtomically(target, async (temporary) => {
    await make(source, temporary);
    if (!link) await keepTime(source, temporary);
  });
  return "new";
}

/** As placeImage, for any other file; `target` is its whole path. */
export async function placeFile(source: string, target: string): Promise<Placed> {
  if (await exists(target)) return (await sameFile(source, target)) ? "same" : "differs";
  await placeAtomically(target, async (temporary) => {
    await copyFile(source, temporary);
    await keepTime(source, temporary);
  });
  return "new";
}

async function sameFile(source: string, target: string): Promise<boolean> {
  const [a, b] = await Promise.all([stat(source), stat(target)]);
  const sameTime = Math.abs(a.mtimeMs - b.mtimeMs) < 1500;
  return sameTime && (a.size === b.size || source.endsWith(".gz") !== target.endsWith(".gz"));
}

async function keepTime(source: string, target: string): Promise<void> {
  const { atime, mtime } = await stat(source);
  await utimes(target, atime, mtime);
}

const linkTo = (source: string, target: string) => symlink(resolve(source), target);

async function zipFile(source: string, target: string): Promise<void> {
  await pipeline(createReadStream(source), createGzip({ level: 4 }), createWriteStream(target));
}

/** .hdr with .img becomes one file; values are written as float32, slope and intercept applied. */
async function convert(source: string, target: string): Promise<void> {
  const image = await readNifti(source);
  await writeNifti(target, image, { like: image.header });
}
