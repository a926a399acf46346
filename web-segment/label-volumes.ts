/** How much of each label a mask holds. */
import type { Label } from "../src/study/types.js";
import { spacingOf, type Mask } from "../src/volume/volume.js";

export interface LabelVolume {
  readonly label: Label;
  readonly voxels: number;
  readonly ml: number;
}

/** One row per label, also of labels that the mask lacks. */
export function labelVolumes({ data, affine }: Mask, labels: readonly Label[]): LabelVolume[] {
  const [a, b, c] = spacingOf(affine);
  const counts = new Uint32Array(256);
  for (const value of data) counts[value]++;
  return labels.map((label) => {
    const voxels = counts[label.value];
    return { label, voxels, ml: (voxels * a * b * c) / 1000 };
  });
}
