import type { Counts } from "./confusion.js";

/**
 * Volume similarity, 1 − |A − B| / (A + B) for A predicted and B reference voxels, from 0 to 1, wherever they lie. NaN
 * where both masks are empty, 0 where one is. Source: Taha & Hanbury, BMC Medical Imaging 15:29 (2015).
 *
 * @example volumeSimilarity({ tp: 2, fp: 1, fn: 0, tn: 5 }) // 0.8
 */
export function volumeSimilarity({ tp, fp, fn }: Counts): number {
  const [predicted, expected] = [tp + fp, tp + fn];
  return 1 - Math.abs(predicted - expected) / (predicted + expected);
}
