/** A NIfTI header understood: the few facts a reader needs, checked. */
import { MarrowError, type ErrorCode } from "../base/errors.js";
import { isInvertible } from "./geometry.js";
import { affineFromFields, flipRows } from "./nifti-affine.js";
import { datatypes, refusedDatatypes } from "./nifti-datatypes.js";
import { layouts, readFields, type Fields } from "./nifti-layout.js";
import type { Affine, Vec3 } from "./volume.js";

export interface NiftiInfo {
  readonly version: 1 | 2;
  readonly littleEndian: boolean;
  /** Voxels along i, j, k; 1 where the file has fewer dimensions. */
  readonly size: Vec3;
  /** Product of the fourth to seventh dimensions: time points, channels, b-values. */
  readonly frames: number;
  /** Dimensions as the file has them, without trailing ones past the third. */
  readonly shape: readonly number[];
  /** NIfTI code and name of the voxel type on disk, e.g. 4 and "int16". */
  readonly datatype: number;
  readonly datatypeName: string;
  /** Value = slope × stored + intercept; 1 and 0 where the file gives none. */
  readonly slope: number;
  readonly intercept: number;
  /** Bytes before the first voxel. */
  readonly voxelOffset: number;
  /** Voxel indices to LPS+ millimetres. */
  readonly affine: Affine;
  readonly sformCode: number;
  readonly qformCode: number;
  /** NIfTI intent code, e.g. 1002 for a label image; 0 for none. */
  readonly intent: number;
  /** Raw xyzt_units: 2 is millimetres, 0 unknown. Units are reported, never converted (as in nibabel). */
  readonly units: number;
  readonly description: string;
}

const magics = ["n+1\0", "ni1\0", "n+2\0\r\n\x1a\n", "ni2\0\r\n\x1a\n"];

/**
 * Parses the header at the beginning of `bytes`. `pair` tells that the voxels are in an .img file of their
 * own. Throws NIFTI_NOT_NIFTI, NIFTI_TRUNCATED, NIFTI_HEADER, NIFTI_DATATYPE or NIFTI_AFFINE, naming `file`.
 */
export function parseHeader(bytes: Uint8Array, file: string, pair: boolean): NiftiInfo {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { version, littleEndian } = recognise(view, file);
  const fields = readFields(view, version, littleEndian);
  checkMagic(fields, file);
  checkDatatype(fields, file);
  const shape = checkedShape(fields, file);
  return {
    version,
    littleEndian,
    ...sizeOf(shape),
    shape,
    datatype: fields.datatype[0],
    datatypeName: datatypes[fields.datatype[0]].name,
    ...checkedScaling(fields, file),
    voxelOffset: checkedOffset(fields, version, file, pair),
    affine: checkedAffine(fields, file),
    sformCode: fields.sform_code[0],
    qformCode: fields.qform_code[0],
    intent: fields.intent_code[0],
    units: fields.xyzt_units[0],
    description: textOf(fields.descrip).replace(/\0.*$/s, ""),
  };
}

function fail(code: ErrorCode, file: string, expected: string, found: string, next?: string): never {
  throw new MarrowError(code, { file, expected, found, ...(next === undefined ? {} : { next }) });
}

function recognise(view: DataView, file: string): { version: 1 | 2; littleEndian: boolean } {
  const total = view.byteLength;
  for (const version of [1, 2] as const)
    for (const littleEndian of [true, false])
      if (total >= 4 && view.getInt32(0, littleEndian) === layouts[version].bytes) {
        if (total >= layouts[version].bytes) return { version, littleEndian };
        fail("NIFTI_TRUNCATED", file, `a header of ${layouts[version].bytes} bytes`, `${total} bytes`);
      }
  if (total < layouts[1].bytes)
    fail("NIFTI_TRUNCATED", file, "a header of 348 or 540 bytes", `${total} bytes`);
  return fail("NIFTI_NOT_NIFTI", file, "a header that begins with 348 or 540", `${view.getInt32(0, true)}`);
}

const textOf = (codes: number[]) => String.fromCharCode(...codes);

function checkMagic({ magic }: Fields, file: string): void {
  if (magics.includes(textOf(magic))) return;
  const analyze = "an Analyze 7.5 header, which does not say left from right";
  const found = magic.every((code) => code === 0) ? analyze : JSON.stringify(textOf(magic));
  const next = "Convert it with a tool that knows its orientation, e.g. SPM or mri_convert, to .nii.gz.";
  fail("NIFTI_NOT_NIFTI", file, "the magic n+1, ni1, n+2 or ni2", found, next);
}

function checkDatatype({ datatype: [code], intent_code: [intent] }: Fields, file: string): void {
  if (intent >= 3000 && intent < 3100)
    fail(
      "NIFTI_DATATYPE",
      file,
      "an image of voxels",
      "a CIFTI-2 file",
      "Export a volume with wb_command first.",
    );
  const known = datatypes[code] as (typeof datatypes)[number] | undefined;
  if (known) return;
  const expected = Object.values(datatypes).map(({ name }) => name);
  fail("NIFTI_DATATYPE", file, expected.join(", "), refusedDatatypes[code] ?? `data type code ${code}`);
}

function checkedShape({ dim }: Fields, file: string): number[] {
  const [count] = dim;
  if (!(count >= 1 && count <= 7)) fail("NIFTI_HEADER", file, "1 to 7 dimensions", `dim[0] = ${count}`);
  const shape = dim.slice(1, count + 1);
  const possible = shape.every((n) => Number.isSafeInteger(n) && n >= 1);
  if (!possible) fail("NIFTI_HEADER", file, "positive dimensions", shape.join(" × "));
  // FreeSurfer's seven-fold icosahedron is too long for a 16-bit dimension; nibabel unfolds it likewise.
  if (shape.slice(0, 3).join() === "27307,1,6") shape.splice(0, 3, 163842, 1, 1);
  while (shape.length > 3 && shape.at(-1) === 1) shape.pop();
  return shape;
}

function sizeOf(shape: number[]): { size: Vec3; frames: number } {
  const [ni, nj = 1, nk = 1, ...rest] = shape;
  return { size: [ni, nj, nk], frames: rest.reduce((product, n) => product * n, 1) };
}

/** nibabel: no scaling where the slope is 0 or not finite; an intercept that is not finite beside a slope is an error. */
function checkedScaling({ scl_slope: [slope], scl_inter: [intercept] }: Fields, file: string) {
  if (slope === 0 || !Number.isFinite(slope)) return { slope: 1, intercept: 0 };
  if (!Number.isFinite(intercept)) fail("NIFTI_HEADER", file, "a finite scl_inter", `${intercept}`);
  return { slope, intercept };
}

function checkedOffset(
  { vox_offset: [offset] }: Fields,
  version: 1 | 2,
  file: string,
  pair: boolean,
): number {
  if (pair && offset >= 0) return offset;
  const least = layouts[version].bytes + 4;
  if (offset === 0) return least;
  if (!(offset >= least)) fail("NIFTI_HEADER", file, `a vox_offset of at least ${least}`, `${offset}`);
  return offset;
}

function checkedAffine(fields: Fields, file: string): Affine {
  const ras = affineFromFields(fields);
  if (typeof ras === "string") return fail("NIFTI_AFFINE", file, "a rotation of length 1", ras);
  if (!isInvertible(ras))
    fail("NIFTI_AFFINE", file, "three finite, independent axes", ras.slice(0, 12).join(" "));
  return flipRows(ras);
}
