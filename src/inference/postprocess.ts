/** What is done to a predicted mask on its image's own grid. */
import type { Plan } from "../study/types.js";
import { largestComponent, removeSmall } from "../volume/components.js";
import { type Mask, spacingOf } from "../volume/volume.js";

/** Keeps the largest component of the labels named, then removes islands below the least volume. */
export function postprocess(
  mask: Mask,
  { largestComponent: labels, minimumVolume }: Plan["postprocessing"],
): Mask {
  const kept = labels.reduce((result, label) => largestComponent(result, label), mask);
  if (minimumVolume === 0) return kept;
  const [a, b, c] = spacingOf(mask.affine);
  return removeSmall(kept, Math.ceil(minimumVolume / (a * b * c)));
}
