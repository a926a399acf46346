/**
 * From a case's images to what a network is fed, the same for training and inference: channels on the plan's orientation
 * and spacing, empty border cut off, grey values normalised.
 */
import { MarrowError } from "../base/errors.js";
import { crop } from "../volume/crop-pad.js";
import { reorient, sameGrid, type Grid } from "../volume/geometry.js";
import { gridWithSpacing, resampleMask, resampleTo } from "../volume/resample.js";
import { spacingOf, voxelCount, type Mask, type Vec3, type Volume } from "../volume/volume.js";
import { normaliseChannels } from "./normalise.js";
import { orientationFor } from "./orientation.js";
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
 * Throws GRID_MISMATCH unless `image` (read from `file`) lies on the grid of `reference` (read from `of`), to within half
 * a voxel: headers that were rounded or edited differ by a little (`marrow check` warns of them).
 */
export function requireGrid(image: Grid, reference: Grid, file: string, of: string): void {
  if (sameGrid(image, reference, Math.min(...spacingOf(reference.affine)) / 2)) return;
  throw new MarrowError("GRID_MISMATCH", {
    file,
    expected: `the grid of ${of}, ${inWords(reference)}`,
    found: inWords(image),
  });
}

function inWords({ size, affine }: Grid): string {
  const origin = [affine[3], affine[7], affine[11]].map((mm) => mm.toFixed(1));
  return `${size.join(" × ")} voxels at (${origin.join(", ")}) mm`;
}

/**
 * Channels of one subject, all on one grid, as the network sees them: reoriented, empty border cut off, resampled
 * (interpolating cubic B-spline) unless the spacing agrees to 1 %, normalised (normaliseChannels). Voxels that are no
 * number count as the channel's lowest value. Throws PLAN_INVALID, REFERENCE_EMPTY.
 */
export function preprocessImages(images: readonly Volume[], plan: PreprocessingPlan): NetworkImage {
  const turned = images.map((image) =>
    reorient(withoutNaN(image), orientationFor(image.affine, plan.orientation)),
  );
  const box = contentBox(turned);
  const cut = turned.map((image) => (box ? crop(image, box.start, box.size) : image));
  const grid = networkGrid(cut[0], plan);
  const length = voxelCount(grid.size);
  const channels = new Float32Array(length * images.length);
  const placed = cut.map((image) =>
    sameGrid(grid, image) ? image : resampleTo(image, grid, { method: "cubic", outside: "edge" }),
  );
  normaliseChannels(placed, plan).forEach(({ data }, c) => channels.set(data, c * length));
  return { channels, size: grid.size, affine: grid.affine };
}

/** A mask on the network's grid; no label appears that was not there. */
export function preprocessMask(mask: Mask, grid: Grid, plan: PreprocessingPlan): Mask {
  const turned = reorient(mask, orientationFor(mask.affine, plan.orientation));
  return sameGrid(turned, grid) ? turned : resampleMask(turned, grid);
}

/** The image, or a copy of it in which voxels that are no finite number have the lowest finite value. */
function withoutNaN(image: Volume): Volume {
  if (image.data.every(Number.isFinite)) return image;
  const lowest = image.data.reduce(
    (low, value) => (Number.isFinite(value) && value < low ? value : low),
    Infinity,
  );
  const filler = Number.isFinite(lowest) ? lowest : 0;
  return { ...image, data: image.data.map((value) => (Number.isFinite(value) ? value : filler)) };
}

/** First voxel and size of a box. */
interface Box {
  readonly start: Vec3;
  readonly size: Vec3;
}

/**
 * The box outside of which every channel has the value of its first voxel (scanners and cropping tools leave such
 * borders); undefined where cutting it off would not be worthwhile or nothing would be left.
 */
function contentBox(images: readonly Volume[]): Box | undefined {
  const size = images[0].size;
  const low = [Infinity, Infinity, Infinity];
  const high = [-1, -1, -1];
  for (const { data } of images) widen(low, high, data, size);
  const start = low as unknown as Vec3;
  const inner = high.map((last, axis) => last + 1 - low[axis]) as unknown as Vec3;
  if (high[0] < 0 || voxelCount(inner) > (1 - worthCropping) * voxelCount(size)) return undefined;
  return { start, size: inner };
}

function widen(low: number[], high: number[], data: Float32Array, [ni, nj, nk]: Vec3): void {
  const border = data[0];
  for (let k = 0, row = 0; k < nk; k++)
    for (let j = 0; j < nj; j++, row += ni) {
      let first = 0;
      while (first < ni && data[row + first] === border) first++;
      if (first === ni) continue;
      let last = ni - 1;
      while (data[row + last] === border) last--;
      [first, j, k].forEach((v, axis) => (low[axis] = Math.min(low[axis], v)));
      [last, j, k].forEach((v, axis) => (high[axis] = Math.max(high[axis], v)));
    }
}

function networkGrid(image: Volume, plan: PreprocessingPlan): Grid {
  const spacing = spacingOf(image.affine);
  const close = plan.spacing.every((mm, axis) => Math.abs(spacing[axis] / mm - 1) <= spacingTolerance);
  return close ? image : gridWithSpacing(image, plan.spacing);
}
