/** A case ready for augmentation: its images and mask on the network's grid, and where its labels lie. */
import { MarrowError } from "../../base/errors.js";
import { Random } from "../../base/random.js";
import { preprocessImages, preprocessMask, requireGrid } from "../../study/preprocess.js";
import { readChannels } from "../../study/read-channels.js";
import type { Case, Plan } from "../../study/types.js";
import { readMask } from "../../volume/nifti.js";
import type { ForegroundVoxels, Prepared } from "./prepared.js";

/** Voxels kept per label to centre patches on. */
const voxelsPerLabel = 10_000;

/**
 * Reads and preprocesses one annotated case. Throws what reading throws, GRID_MISMATCH where images and mask differ in
 * grid, MASK_NOT_LABELS where the mask holds labels the plan does not know, FILE_NOT_FOUND where the case has no mask.
 */
export async function preprocessCase(source: Case, plan: Plan): Promise<Prepared> {
  if (source.mask === undefined)
    throw new MarrowError("FILE_NOT_FOUND", { found: `no mask for case ${source.id}` });
  const images = await readChannels(source.images);
  const mask = await readMask(source.mask);
  requireGrid(mask, images[0], source.mask, source.images[0]);
  requireLabels(mask.data, plan, source.mask);
  const image = preprocessImages(images, plan);
  const labels = preprocessMask(mask, image, plan);
  return {
    id: source.id,
    channels: image.channels,
    channelCount: images.length,
    mask: labels.data,
    size: image.size,
    affine: image.affine,
    foreground: findForeground(labels.data),
  };
}

function requireLabels(mask: Uint8Array, plan: Plan, file: string): void {
  const known = new Set([0, ...plan.labels.map((label) => label.value)]);
  const strange = mask.find((value) => !known.has(value));
  if (strange === undefined) return;
  throw new MarrowError("MASK_NOT_LABELS", {
    file,
    expected: `the plan's labels ${[...known].join(", ")}`,
    found: `label ${strange}`,
  });
}

/** Voxels of each label, ascending by label; of a large label an even, seeded sample. Empty where there is no label. */
export function findForeground(mask: Uint8Array, limit = voxelsPerLabel): ForegroundVoxels[] {
  const counts = new Int32Array(256);
  for (let n = 0; n < mask.length; n++) counts[mask[n]]++;
  const labels = [...counts.keys()].filter((label) => label > 0 && counts[label] > 0);
  return labels.map((label) => ({ label, voxels: pickVoxels(mask, label, counts[label], limit) }));
}

/** Selection sampling (Knuth, The Art of Computer Programming 2, algorithm 3.4.2 S): each voxel is equally likely. */
function pickVoxels(mask: Uint8Array, label: number, count: number, limit: number): Int32Array {
  const voxels = new Int32Array(Math.min(count, limit));
  const random = new Random(1, "foreground", label, count);
  for (let n = 0, seen = 0, kept = 0; kept < voxels.length; n++) {
    if (mask[n] !== label) continue;
    if ((count - seen) * random.uniform() < voxels.length - kept) voxels[kept++] = n;
    seen++;
  }
  return voxels;
}
