/** A NIfTI image from bytes that are in memory, unpacked. It knows no file system, so a browser reads with it too. */
import { MarrowError } from "../base/errors.js";
import { decodeVoxels } from "./nifti-data.js";
import { parseHeader, type NiftiInfo } from "./nifti-header.js";
import type { Volume } from "./volume.js";

export type NiftiImage = Volume<Float32Array<ArrayBuffer>> & { header: NiftiInfo; channelsOrFrames: number };

/** Bytes of an image: one file, or a header and the .img file with its voxels. `name` and `voxelsName` name them in errors. */
export interface NiftiBytes {
  readonly name: string;
  readonly header: Uint8Array;
  readonly voxels?: Uint8Array;
  readonly voxelsName?: string;
}

/** Header and values of all frames, slope and intercept applied. Throws as `readNifti` does. */
export function decodeFrames({ name, header: bytes, voxels, voxelsName = name }: NiftiBytes): {
  header: NiftiInfo;
  values: Float32Array<ArrayBuffer>;
} {
  const header = parseHeader(bytes, name, voxels !== undefined);
  const needed = voxels === undefined ? header.voxelOffset : 0;
  if ((voxels ?? bytes).length <= needed)
    throw new MarrowError("NIFTI_NO_VOXELS", { file: name, found: "a header alone" });
  return { header, values: decodeVoxels(voxels ?? bytes, header, voxelsName) };
}

/** A 3-D image in LPS+ mm. Throws as `readNifti` does. */
export function decodeNifti(bytes: NiftiBytes): NiftiImage {
  refuseFrames(parseHeader(bytes.header, bytes.name, bytes.voxels !== undefined), bytes.name);
  const { header, values } = decodeFrames(bytes);
  return { data: values, size: header.size, affine: header.affine, header, channelsOrFrames: 1 };
}

function refuseFrames({ frames, shape }: NiftiInfo, file: string): void {
  if (frames === 1) return;
  const found = `${frames} frames (${shape.join(" × ")})`;
  throw new MarrowError("NIFTI_FRAMES", { file, expected: "a 3-D image", found });
}
