import { spacingOf, type Affine, type Mask } from "../volume/volume.js";
import { countVoxels, requireSameGrid, type Counts } from "./confusion.js";
import { dice } from "./dice.js";

export interface SliceScore {
  /** Index along the slice axis, from 0. */
  readonly slice: number;
  readonly counts: Counts;
  /** NaN where neither mask has the label in this slice. */
  readonly dice: number;
}

/**
 * Dice of one label in each slice across `axis` (0, 1, 2 for i, j, k). A slice that neither mask touches has NaN and is
 * left out of means; a slice that only one touches counts as 0. Means are taken over the slices of all cases pooled, as
 * Hepburn et al. (PLoS ONE 18:e0284508, 2023) do: 48 slices of two patients make one mean of 48 numbers. Throws
 * GRID_MISMATCH.
 */
export function diceBySlice(prediction: Mask, reference: Mask, label: number, axis: number): SliceScore[] {
  requireSameGrid(prediction, reference);
  return Array.from({ length: reference.size[axis] }, (_, slice) => {
    const [a, b] = [prediction, reference].map((mask) => sliceData(mask, axis, slice));
    const [counts] = countVoxels(a, b, [label]);
    return { slice, counts, dice: dice(counts) };
  });
}

/** The axis along which voxels are longest, k where there is no telling: the way the slices were cut. */
export function sliceAxisOf({ affine }: { readonly affine: Affine }): 0 | 1 | 2 {
  const [i, j, k] = spacingOf(affine);
  const longest = Math.max(i, j, k) * (1 - 1e-3);
  return k >= longest ? 2 : j >= longest ? 1 : 0;
}

function sliceData({ data, size }: Mask, axis: number, slice: number): Uint8Array {
  const [ni, nj] = size;
  if (axis === 2) return data.subarray(slice * ni * nj, (slice + 1) * ni * nj);
  const stride = axis === 0 ? 1 : ni;
  return data.filter((_, n) => Math.floor(n / stride) % size[axis] === slice);
}
