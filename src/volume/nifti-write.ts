/** Writes NIfTI-1 files. */
import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import { asMarrowError, MarrowError } from "../base/errors.js";
import { encodeNifti, type WriteNiftiOptions } from "./nifti-encode.js";
import type { Volume, VoxelArray } from "./volume.js";

export type { WriteNiftiOptions } from "./nifti-encode.js";

const zip = promisify(gzip);

/**
 * Writes a 3-D volume as .nii or .nii.gz (by the path's ending); the voxel type is the array's. Sform always, qform where
 * the axes are orthogonal. The file appears complete or not at all: it is written beside its place and renamed. Throws
 * BAD_ARGUMENT for a wrong ending or size, NIFTI_AFFINE for an unusable affine, DISK_FULL, FILE_UNWRITABLE.
 */
export async function writeNifti(path: string, volume: Volume<VoxelArray>, options: WriteNiftiOptions = {}) {
  if (!/\.nii(\.gz)?$/i.test(path))
    throw new MarrowError("BAD_ARGUMENT", {
      file: path,
      expected: "a name that ends in .nii or .nii.gz",
      found: basename(path),
    });
  const bytes = encodeNifti(volume, path, options);
  try {
    const strategy = options.noisy ? constants.Z_RLE : constants.Z_DEFAULT_STRATEGY;
    await writeAtomically(path, /\.gz$/i.test(path) ? await zip(bytes, { level: 4, strategy }) : bytes);
  } catch (error) {
    throw unwritable(error, path);
  }
}

async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Permission problems are FILE_UNREADABLE to asMarrowError; here it is the writing that failed. */
export function unwritable(error: unknown, path: string): MarrowError {
  const known = asMarrowError(error, path);
  if (known.code !== "FILE_UNREADABLE") return known;
  return new MarrowError("FILE_UNWRITABLE", { ...known.details, cause: error });
}
