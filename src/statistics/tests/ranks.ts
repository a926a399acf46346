export interface Ranks {
  /** Ranks from 1, ties sharing their mean rank. */
  readonly ranks: readonly number[];
  /** Size of each group of equal values, groups of one left out. */
  readonly ties: readonly number[];
  /** Σ (t³ − t) over the groups of equal values: what ties take from the variance of rank statistics. */
  readonly tieTerm: number;
}

/** @example rank([3, 1, 3]).ranks // [2.5, 1, 2.5] */
export function rank(values: readonly number[]): Ranks {
  const order = values.map((_, n) => n).sort((a, b) => values[a] - values[b]);
  const ranks = new Array<number>(values.length).fill(0);
  const ties: number[] = [];
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let n = start; n < end; n++) ranks[order[n]] = (start + 1 + end) / 2;
    if (end - start > 1) ties.push(end - start);
  }
  return { ranks, ties, tieTerm: ties.reduce((sum, t) => sum + t ** 3 - t, 0) };
}
