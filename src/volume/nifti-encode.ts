/** A volume as the bytes of NIfTI-1: one file, little endian, sform and qform in RAS+. */
import { MarrowError } from "../base/errors.js";
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
  /**
   * An image with noise, in which little repeats but runs of a value: .gz is searched for runs alone, which takes less than
   * half the time and makes the file 2 to 7 % larger. Masks would grow several times.
   */
  noisy?: boolean;
}

const voxelOffset = 352;
const magic = "n+1\0";
const millimetres = 2;
const scannerCoordinates = 1;

/**
 * The bytes of a .nii file; the voxel type is the array's. Sform always, qform where the axes are orthogonal. `file` names it
 * in errors. Throws BAD_ARGUMENT for a wrong size, NIFTI_AFFINE for an unusable affine.
 */
export function encodeNifti(
  volume: Volume<VoxelArray>,
  file: string,
  options: WriteNiftiOptions = {},
): Uint8Array<ArrayBuffer> {
  check(file, volume);
  const { buffer, byteOffset, byteLength } = volume.data;
  const bytes = new Uint8Array(voxelOffset + byteLength);
  bytes.set(headerFor(volume, options));
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength), voxelOffset);
  return bytes;
}

function check(file: string, { data, size, affine }: Volume<VoxelArray>): void {
  const refuse = (expected: string, found: string) => {
    throw new MarrowError("BAD_ARGUMENT", { file, expected, found });
  };
  if (data.length !== voxelCount(size)) refuse(`${size.join(" × ")} voxels`, `${data.length}`);
  if (size.some((n) => n < 1 || n > 32767)) refuse("1 to 32767 voxels along each axis", size.join(" × "));
  if (!isInvertible(affine)) throw new MarrowError("NIFTI_AFFINE", { file, found: affine.join(" ") });
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
    descrip: [...text.slice(0, 79)].map((sign) => sign.charCodeAt(0) & 0x7f),
    qform_code: [qform ? code || scannerCoordinates : 0],
    sform_code: [code || scannerCoordinates],
    quatern: qform?.quatern ?? [0, 0, 0],
    qoffset: [ras[3], ras[7], ras[11]],
    srow: ras.slice(0, 12),
    magic: [...magic].map((sign) => sign.charCodeAt(0)),
  });
  return new Uint8Array(header.buffer);
}
