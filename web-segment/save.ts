/** Hands a mask to the person as a .nii.gz file. */
import { encodeNifti } from "../src/volume/nifti-encode.js";
import type { Mask } from "../src/volume/volume.js";

/** Saves under the image's name with `_mask`; the browser asks where, or puts it among the downloads. */
export async function saveMask(mask: Mask, imageName: string): Promise<void> {
  const stem = imageName.replace(/\.(nii|hdr|img)(\.gz)?$/i, "").replace(/[^\p{L}\p{N}._-]+/gu, "_");
  const name = `${stem}_mask.nii.gz`;
  const bytes = encodeNifti(mask, name, { description: "Marrow mask. Research use only." });
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await new Response(packed).blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
