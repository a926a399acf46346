import type { Counts } from "./confusion.js";

/**
 * The empty-mask policy of all overlap measures: NaN where neither mask has the label (nothing to agree on; means leave
 * it out and say so), 0 where only one has it.
 */
export function ratio(numerator: number, denominator: number, { tp, fp, fn }: Counts): number {
  if (tp + fp + fn === 0) return NaN;
  return denominator === 0 ? 0 : numerator / denominator;
}
