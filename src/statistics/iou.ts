import type { Counts } from "./confusion.js";
import { ratio } from "./ratio.js";

/**
 * Intersection over union (Jaccard index), TP / (TP + FP + FN), from 0 to 1. NaN where both masks are empty, 0 where one
 * is. Source: Jaccard, New Phytologist 11:37 (1912).
 *
 * @example iou({ tp: 2, fp: 1, fn: 1, tn: 5 }) // 0.5
 */
export function iou(counts: Counts): number {
  const { tp, fp, fn } = counts;
  return ratio(tp, tp + fp + fn, counts);
}
