/** Puts masks of a study of crops back on the grids of the original images. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { MarrowError } from "../../base/errors.js";
import { sameGrid, shiftOrigin } from "../../volume/geometry.js";
import { readMask, writeNifti } from "../../volume/nifti.js";
import { exists } from "../files.js";
import { pasteMasks, type PlacedMask } from "./crop-box.js";
import { readManifest, type Crop } from "./manifest.js";

export interface PasteReport {
  /** Cases of the original study whose mask was written. */
  readonly written: readonly string[];
  /** Crops without a mask: background in what was written. */
  readonly missing: readonly string[];
}

/**
 * Writes `out`/<case>.nii.gz for every case with at least one mask `masks`/<crop>.nii.gz. No voxel is resampled. Throws
 * GRID_MISMATCH where a mask does not lie on its crop's grid, CROPS_INVALID, and what reading and writing throw.
 */
export async function pasteCrops(cropsDir: string, masks: string, out: string): Promise<PasteReport> {
  const crops = await readManifest(cropsDir);
  const written: string[] = [];
  const missing: string[] = [];
  await mkdir(out, { recursive: true });
  for (const id of new Set(crops.map((crop) => crop.case))) {
    const own = crops.filter((crop) => crop.case === id);
    const placed: PlacedMask[] = [];
    for (const crop of own) {
      const file = join(masks, `${crop.id}.nii.gz`);
      if (await exists(file)) placed.push({ box: crop.box, mask: await maskOf(crop, file) });
      else missing.push(crop.id);
    }
    if (placed.length === 0) continue;
    const mask = pasteMasks(own[0].grid, placed);
    await writeNifti(join(out, `${id}.nii.gz`), mask, { description: "Marrow mask. Research use only." });
    written.push(id);
  }
  return { written, missing };
}

async function maskOf({ box, grid }: Crop, file: string) {
  const mask = await readMask(file);
  const expected = { size: box.size, affine: shiftOrigin(grid.affine, box.from) };
  if (!sameGrid(mask, expected))
    throw new MarrowError("GRID_MISMATCH", { file, expected: "the grid of its crop" });
  return mask;
}
