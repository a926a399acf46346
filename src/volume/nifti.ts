/**
 * NIfTI-1 and NIfTI-2 images, .nii, .nii.gz, .hdr with .img. This is the border between NIfTI's RAS+ and Marrow's LPS+:
 * everything that comes out of these functions or goes into them is LPS+ millimetres.
 */
import { existsSync } from "node:fs";
import { MarrowError } from "../base/errors.js";
import { decodeFrames, decodeNifti, type NiftiBytes, type NiftiImage } from "./nifti-decode.js";
import { filesOf, readBeginning, readUnpacked } from "./nifti-file.js";
import { parseHeader, type NiftiInfo } from "./nifti-header.js";
import { voxelCount, type Mask, type Volume } from "./volume.js";

export type { NiftiImage } from "./nifti-decode.js";
export type { NiftiInfo } from "./nifti-header.js";
export { writeNifti, type WriteNiftiOptions } from "./nifti-write.js";

export interface NiftiFrames {
  /** One volume per frame, in the file's order; they share one block of memory. */
  readonly frames: readonly Volume[];
  readonly header: NiftiInfo;
}

/** Reads a header alone; of a large .nii.gz only the beginning is unpacked. Throws as `readNifti` does. */
export async function readNiftiHeader(path: string): Promise<NiftiInfo> {
  const files = filesOf(path);
  return parseHeader(await readBeginning(files.header), path, files.voxels !== undefined);
}

/**
 * Reads a 3-D image as float32, slope and intercept applied, in LPS+. One- and two-dimensional images get sizes of 1.
 * Values as `nibabel`'s `get_fdata()` (rounded to float32), affine as `img.affine` (its first two rows negated).
 *
 * @throws MarrowError FILE_NOT_FOUND, IMAGE_FORMAT, NIFTI_NOT_NIFTI, NIFTI_HEADER, NIFTI_AFFINE, NIFTI_DATATYPE,
 * NIFTI_TRUNCATED, NIFTI_DAMAGED, NIFTI_NO_VOXELS, NIFTI_INTEGER_RANGE; NIFTI_FRAMES where there is more than one frame.
 */
export async function readNifti(path: string): Promise<NiftiImage> {
  return decodeNifti(await readBytes(path));
}

/** Reads an image of three to seven dimensions as one volume per frame. Throws as `readNifti` does. */
export async function readNiftiFrames(path: string): Promise<NiftiFrames> {
  const { header, values } = decodeFrames(await readBytes(path));
  const { size, affine } = header;
  const length = voxelCount(size);
  const frame = (n: number) => ({ data: values.subarray(n * length, (n + 1) * length), size, affine });
  return { header, frames: Array.from({ length: header.frames }, (_, n) => frame(n)) };
}

/**
 * Reads a label image. Values must be whole numbers from 0 to 255 once slope and intercept are applied (to within 1e-4).
 * Throws MASK_NOT_LABELS with the first value that is not, and as `readNifti` does.
 */
export async function readMask(path: string): Promise<Mask> {
  const { header, data: values } = decodeNifti(await readBytes(path));
  const data = new Uint8Array(values.length);
  for (let n = 0; n < values.length; n++) {
    const label = Math.round(values[n]);
    if (!(label >= 0 && label <= 255 && Math.abs(values[n] - label) <= 1e-4))
      throw notLabels(path, values[n], n, header);
    data[n] = label;
  }
  return { data, size: header.size, affine: header.affine };
}

async function readBytes(path: string): Promise<NiftiBytes> {
  const { header, voxels } = filesOf(path);
  const bytes = { name: path, header: await readUnpacked(header) };
  if (voxels === undefined) return bytes;
  parseHeader(bytes.header, path, true);
  return { ...bytes, voxels: await readImg(voxels, path), voxelsName: voxels };
}

async function readImg(file: string, path: string): Promise<Uint8Array> {
  if (!existsSync(file))
    throw new MarrowError("NIFTI_NO_VOXELS", { file: path, expected: file, found: "no such file" });
  return readUnpacked(file);
}

function notLabels(file: string, value: number, n: number, { size, datatypeName }: NiftiInfo): MarrowError {
  const voxel = [n % size[0], Math.floor(n / size[0]) % size[1], Math.floor(n / (size[0] * size[1]))];
  const found = `${value} at voxel ${voxel.join(", ")} (stored as ${datatypeName})`;
  return new MarrowError("MASK_NOT_LABELS", { file, expected: "whole numbers from 0 to 255", found });
}
