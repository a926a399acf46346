/** The work list's small pictures. */
import { slicePicture } from "../report/picture.js";
import { sliceAxisOf } from "../statistics/slice-dice.js";
import { readNifti } from "../volume/nifti.js";

/** Pixels of the longer side. */
const pixels = 128;

/** PNG of an image's middle slice, the patient's right on the left. Throws as readNifti does. */
export async function thumbnail(file: string): Promise<Uint8Array> {
  const image = await readNifti(file);
  const middle = Math.floor(image.size[sliceAxisOf(image)] / 2);
  return slicePicture(image, {}, middle, { pixels });
}
