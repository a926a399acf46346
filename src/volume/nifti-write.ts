/** Writes NIfTI-1: one file, little endian, sform and qform in RAS+. */
import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { asMarrowError, MarrowError } from "../base/errors.js";
import { isInvertible } from "./geometry.js";
import { flipRows, qformOf } from "./nifti-affine.js";
import { datatypeCodeOf } from "./nifti-datatypes.js";
import type { NiftiInfo } from "./nifti-header.js";
import { writeFields } from "./nifti-layout.js";
import { spacingOf, voxelCount, type Volume, type VoxelArray } from "./volume.js";

export interface WriteNiftiOptions {
  /** At most 79 characters of ASCII; the rest is cut off. */
  description?: string;
  /** Header of the image this one belongs to: its form codes, units and intent are taken over. */
  like?: NiftiInfo;
}

const voxelOffset = 352;
const millimetres = 2;
const scannerCoordinates = 1;

const zip = promisify(gzip);

/**
 * Writes a 3-D volume as .nii or .nii.gz (by the path's ending); the voxel type is the array's. Sform always, qform where
 * the axes are orthogonal. The file appears complete or not at all: it is written beside its place and renamed. Throws
 * BAD_ARGUMENT for a wrong ending or size, NIFTI_AFFINE for an unusable affine, DISK_FULL, FILE_UNWRITABLE.
 */
export async function writeNifti(path: string, volume: Volume<VoxelArray>, options: WriteNiftiOptions = {}) {
  check(path, volume);
  const { data } = volume;
  const voxels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const bytes = Buffer.concat([headerFor(volume, options), voxels]);
  try {
    await writeAtomically(path, /\.gz$/i.test(path) ? await zip(bytes, { level: 4 }) : bytes);
  } catch (error) {
    throw unwritable(error, path);
  }
}

function check(path: string, { data, size, affine }: Volume<VoxelArray>): void {
  const refuse = (expected: string, found: string) => {
    throw new MarrowError("BAD_ARGUMENT", { file: path, expected, found });
  };
  if (!/\.nii(\.gz)?$/i.test(path)) refuse("a name that ends in .nii or .nii.gz", basename(path));
  if (data.length !== voxelCount(size)) refuse(`${size.join(" × ")} voxels`, `${data.length}`);
  if (size.some((n) => n < 1 || n > 32767)) refuse("1 to 32767 voxels along each axis", size.join(" × "));
  if (!isInvertible(affine)) throw new MarrowError("NIFTI_AFFINE", { file: path, found: affine.join(" ") });
}

function headerFor(
  { data, size, affine }: Volume<VoxelArray>,
  { description, like }: WriteNiftiOptions,
): Uint8Array {
  const header = new DataView(new ArrayBuffer(voxelOffset));
  const ras = flipRows(affine);
  const qform = qformOf(ras);
  const code = like && Math.max(like.sformCode, like.qformCode);
  const text = description ?? like?.description ?? "";
  header.setInt32(0, 348, true);
  writeFields(header, 1, {
    dim: [3, ...size, 1, 1, 1, 1],
    intent_code: [like?.intent ?? 0],
    datatype: [datatypeCodeOf(data)],
    bitpix: [data.BYTES_PER_ELEMENT * 8],
    pixdim: [qform?.qfac ?? 1, ...spacingOf(affine), 0, 0, 0, 0],
    vox_offset: [voxelOffset],
    scl_slope: [1],
    xyzt_units: [like?.units ?? millimetres],
    descrip: [...Buffer.from(text, "ascii").subarray(0, 79)],
    qform_code: [qform ? code || scannerCoordinates : 0],
    sform_code: [code || scannerCoordinates],
    quatern: qform?.quatern ?? [0, 0, 0],
    qoffset: [ras[3], ras[7], ras[11]],
    srow: ras.slice(0, 12),
    magic: [...Buffer.from("n+1\0")],
  });
  return new Uint8Array(header.buffer);
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
