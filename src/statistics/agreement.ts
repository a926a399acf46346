import type { Mask } from "../volume/volume.js";
import { countLabels } from "./confusion.js";
import { dice } from "./dice.js";
import { volumeSimilarity } from "./volume-similarity.js";

export interface AgreementRow {
  readonly case: string;
  readonly label: number;
  readonly first: string;
  readonly second: string;
  readonly dice: number;
  readonly volumeSimilarity: number;
  /** Voxels of the label in the first and in the second reader's mask. */
  readonly firstVoxels: number;
  readonly secondVoxels: number;
}

/**
 * Agreement of every pair of readers on one case, in the readers' order: Dice, volume similarity and both voxel counts.
 * NaN where neither reader marked the label. Throws GRID_MISMATCH where two masks lie on different grids.
 */
export function compareReaders(
  id: string,
  readings: readonly { readonly reader: string; readonly mask: Mask }[],
  labels: readonly number[],
): AgreementRow[] {
  const pairs = readings.flatMap((first, n) =>
    readings.slice(n + 1).map((second) => [first, second] as const),
  );
  return pairs.flatMap(([first, second]) =>
    countLabels(first.mask, second.mask, labels).map((counts, n) => ({
      case: id,
      label: labels[n],
      first: first.reader,
      second: second.reader,
      dice: dice(counts),
      volumeSimilarity: volumeSimilarity(counts),
      firstVoxels: counts.tp + counts.fp,
      secondVoxels: counts.tp + counts.fn,
    })),
  );
}
