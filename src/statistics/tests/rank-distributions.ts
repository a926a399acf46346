/**
 * Exact null distributions of rank sums, by counting. Midranks are doubled so that ties stay whole numbers; then the
 * number of ways to reach each sum follows from adding one rank after the other (Streitberg & Röhmel, EDV in Medizin und
 * Biologie 18:12, 1987). Ties therefore cost nothing.
 */
export interface RankSumTails {
  /** P(sum ≤ s) and P(sum ≥ s) under the null hypothesis. */
  readonly atMost: (sum: number) => number;
  readonly atLeast: (sum: number) => number;
}

/** Sum of the ranks of `size` values, each choice of `size` among all ranks being equally likely. */
export function rankSumDistribution(ranks: readonly number[], size: number): RankSumTails {
  const doubled = ranks.map((rank) => Math.round(2 * rank));
  const most = doubled.reduce((sum, rank) => sum + rank, 0);
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(most + 1));
  ways[0][0] = 1;
  let reached = 0;
  for (const rank of doubled) {
    reached += rank;
    for (let k = size; k > 0; k--)
      for (let sum = reached; sum >= rank; sum--) ways[k][sum] += ways[k - 1][sum - rank];
  }
  return tails(ways[size]);
}

/** Sum of the ranks that are given a plus, every sign being equally likely. */
export function signedRankDistribution(ranks: readonly number[]): RankSumTails {
  const doubled = ranks.map((rank) => Math.round(2 * rank));
  const most = doubled.reduce((sum, rank) => sum + rank, 0);
  const ways = new Float64Array(most + 1);
  ways[0] = 1;
  let reached = 0;
  for (const rank of doubled) {
    reached += rank;
    for (let sum = reached; sum >= rank; sum--) ways[sum] += ways[sum - rank];
  }
  return tails(ways);
}

function tails(ways: Float64Array): RankSumTails {
  const total = ways.reduce((sum, count) => sum + count, 0);
  const sumOver = (from: number, to: number) => {
    let sum = 0;
    for (let n = Math.max(0, from); n <= Math.min(ways.length - 1, to); n++) sum += ways[n];
    return sum / total;
  };
  return {
    atMost: (sum) => sumOver(0, Math.floor(2 * sum + 1e-9)),
    atLeast: (sum) => sumOver(Math.ceil(2 * sum - 1e-9), ways.length - 1),
  };
}
