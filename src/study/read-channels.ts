/** Reads a case's images from their files. */
import { readNifti } from "../volume/nifti.js";
import type { Volume } from "../volume/volume.js";
import { requireGrid } from "./preprocess.js";

/**
 * Reads one image per channel. Throws what `readNifti` throws, and GRID_MISMATCH where a channel does not lie on the first
 * one's grid.
 */
export async function readChannels(paths: readonly string[]): Promise<Volume[]> {
  const images: Volume[] = [];
  for (const path of paths) {
    const image = await readNifti(path);
    if (images.length > 0) requireGrid(image, images[0], path, paths[0]);
    images.push(image);
  }
  return images;
}
