import type { Counts } from "./confusion.js";
import { ratio } from "./ratio.js";

/**
 * Dice similarity coefficient, 2·TP / (2·TP + FP + FN), from 0 to 1. NaN where both masks are empty, 0 where one is.
 * Source: Dice, Ecology 26:297 (1945).
 *
 * @example dice({ tp: 2, fp: 1, fn: 1, tn: 5 }) // 2/3
 */
export function dice(counts: Counts): number {
  const { tp, fp, fn } = counts;
  return ratio(2 * tp, 2 * tp + fp + fn, counts);
}
