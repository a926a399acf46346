/** Removal of small stray pieces of a label. */
import { determinant } from "../../src/volume/geometry.js";
import { labelComponents } from "../../src/volume/components.js";
import type { Mask } from "../../src/volume/volume.js";

/** Voxels of the label in pieces (joined by faces, edges or corners) smaller than `minMm3`. Indices ascend. */
export function islandVoxels(mask: Mask, label: number, minMm3: number): number[] {
  const voxelMm3 = Math.abs(determinant(mask.affine));
  const { labels, sizes } = labelComponents(mask);
  const found: number[] = [];
  for (let n = 0; n < labels.length; n++)
    if (mask.data[n] === label && sizes[labels[n]] * voxelMm3 < minMm3) found.push(n);
  return found;
}
