/**
 * From a case's images to what a network is fed, the same for training and inference: channels on the plan's orientation
 * and spacing, empty border cut off, grey values normalised.
 */
import { MarrowError } from "../base/errors.js";
import { gather, reorient, sameGrid, shiftOrigin, type Grid } from "../volume/geometry.js";
import { percentileClip, zScore } from "../volume/intensity.js";
import { readNifti } from "../volume/nifti.js";
import { gridWithSpacing, resampleMask, resampleTo } from "../volume/resample.js";
import { spacingOf, voxelCount, type Mask, type Vec3, type Volume } from "../volume/volume.js";
import type { Plan } from "./types.js";

/** The part of a plan that decides what preprocessing makes of an image. */
export type PreprocessingPlan = Pick<Plan, "channels" | "orientation" | "spacing" | "normalisation">;

/** Channels C,D,H,W on one grid (`size` and `affine`, LPS+ mm). */
export interface NetworkImage extends Grid {
  readonly channels: Float32Array<ArrayBuffer>;
}

/** Spacings closer than this are taken for equal, and the image is not resampled. */
const spacingTolerance = 0.01;
/** An empty border is cut off where that removes at least this share of the voxels. */
const worthCropping = 0.1;

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

/** Throws GRID_MISMATCH unless `image` (read from `file`) lies on the grid of `reference` (read from `of`). */
export function requireGrid(image: Grid, reference: Grid, file: string, of: string): void {
  if (sameGrid(image, reference)) return;
  throw new MarrowError("GRID_MISMATCH", { file, expected: `the grid of ${of}, ${inWords(reference)}`, found: inWords(image) });
}

function inWords({ size, affine }: Grid): string {
  const origin = [affine[3], affine[7], affine[11]].map((mm) => mm.toFixed(1));
  return `${size.join(" × ")} voxels at (${origin.join(", ")}) mm`;
}

/**
 * Channels of one subject, all on one grid, as the network sees them: reoriented, empty border cut off, resampled
 * (interpolating cubic B-spline) unless the spacing agrees to 1 %, normalised per channel. Voxels that are no number
 * count as the channel's lowest value.
 */
export function preprocessImages(images: readonly Volume[], plan: PreprocessingPlan): NetworkImage {
  const turned = images.map((image) => reorient(withoutNaN(image), plan.orientation));
  const box = contentBox(turned);
  const cut = turned.map((image) => (box ? crop(image, box) : image));
  const grid = networkGrid(cut[0], plan);
  const length = voxelCount(grid.size);
  const channels = new Float32Array(length * images.length);
  cut.forEach((image, c) => {
    const placed = grid === image ? image : resampleTo(image, grid, { method: "cubic", outside: "edge" });
    channels.set(normalise(placed, plan.normalisation), c * length);
  });
  return { channels, size: grid.size, affine: grid.affine };
}

/** Reads and preprocesses images that have no mask. */
export async function preprocessMasklessImage(paths: readonly string[], plan: PreprocessingPlan): Promise<NetworkImage> {
  return preprocessImages(await readChannels(paths), plan);
}

/** A mask on the network's grid; no label appears that was not there. */
export function preprocessMask(mask: Mask, grid: Grid, plan: PreprocessingPlan): Mask {
  const turned = reorient(mask, plan.orientation);
  return sameGrid(turned, grid) ? turned : resampleMask(turned, grid);
}
