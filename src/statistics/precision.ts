import type { Counts } from "./confusion.js";
import { ratio } from "./ratio.js";

/**
 * Precision (positive predictive value), TP / (TP + FP), from 0 to 1. NaN where both masks are empty; 0 where one is,
 * also where nothing was predicted, so that a missed lesion does not vanish from the mean.
 *
 * @example precision({ tp: 2, fp: 2, fn: 1, tn: 5 }) // 0.5
 */
export function precision(counts: Counts): number {
  return ratio(counts.tp, counts.tp + counts.fp, counts);
}
