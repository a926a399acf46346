import type { Counts } from "./confusion.js";
import { ratio } from "./ratio.js";

/**
 * Recall (sensitivity), TP / (TP + FN), from 0 to 1. NaN where both masks are empty; 0 where one is, also where there is
 * nothing to find but something was predicted.
 *
 * @example recall({ tp: 2, fp: 1, fn: 2, tn: 5 }) // 0.5
 */
export function recall(counts: Counts): number {
  return ratio(counts.tp, counts.tp + counts.fn, counts);
}
