/** Hodges–Lehmann estimates with the intervals that invert the rank tests (Hollander & Wolfe 1973, chapters 3 and 4). */
import { normalMultiplier } from "../distributions/continuous.js";
import { estimate, notEstimable, notes, type Estimate } from "../result.js";
import { rankSumDistribution, signedRankDistribution } from "./rank-distributions.js";

/** Above this size in a group the interval's ends are found by the normal approximation. */
export const exactSize = 50;

/** More differences than this are not sorted. */
const most = 10_000_000;
const tooMany = `more than ${most} differences`;

/** Median of all differences first − second, with its interval. */
export function shiftEstimate(first: readonly number[], second: readonly number[], level: number): Estimate {
  const [m, n] = [first.length, second.length];
  const name = "Hodges–Lehmann shift (first − second)";
  if (m * n > most)
    return notEstimable({ name, n: m + n, level, method: "median of all differences" }, tooMany);
  const differences = first.flatMap((a) => second.map((b) => a - b)).sort((a, b) => a - b);
  const isExact = Math.max(m, n) < exactSize;
  const position = isExact
    ? exactPosition(rankSumDistribution(upTo(m + n), m).atMost, (m * (m + 1)) / 2, level)
    : normalPosition((m * n) / 2, (m * n * (m + n + 1)) / 12, level);
  return orderedInterval(differences, position, {
    name,
    n: m + n,
    level,
    method: `median of all differences, interval from the ${isExact ? "exact" : "normal"} distribution of U`,
  });
}

/** Median of the Walsh averages (pseudomedian) of differences, with its interval. */
export function pseudomedianEstimate(differences: readonly number[], level: number): Estimate {
  const n = differences.length;
  const name = "Hodges–Lehmann pseudomedian of differences";
  if ((n * (n + 1)) / 2 > most)
    return notEstimable({ name, n, level, method: "median of Walsh averages" }, tooMany);
  const averages = differences
    .flatMap((a, i) => differences.slice(i).map((b) => (a + b) / 2))
    .sort((a, b) => a - b);
  const isExact = n < exactSize;
  const position = isExact
    ? exactPosition(signedRankDistribution(upTo(n)).atMost, 0, level)
    : normalPosition((n * (n + 1)) / 4, (n * (n + 1) * (2 * n + 1)) / 24, level);
  return orderedInterval(averages, position, {
    name,
    n,
    level,
    method: `median of Walsh averages, interval from the ${isExact ? "exact" : "normal"} distribution of V`,
  });
}

const upTo = (n: number) => Array.from({ length: n }, (_, k) => k + 1);

/** Rank of the lower end among the ordered values: the smallest k with P(statistic ≤ k) ≥ (1 − level) / 2. */
function exactPosition(atMost: (sum: number) => number, least: number, level: number): number {
  let k = 0;
  while (atMost(least + k) < (1 - level) / 2) k++;
  return k;
}

function normalPosition(mean: number, variance: number, level: number): number {
  return Math.round(mean - normalMultiplier(level) * Math.sqrt(variance));
}

function orderedInterval(
  sorted: readonly number[],
  position: number,
  about: Pick<Estimate, "name" | "n" | "level" | "method">,
): Estimate {
  const middle = (sorted.length - 1) / 2;
  const value = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  const hasInterval = position >= 1;
  return estimate({
    ...about,
    value,
    low: hasInterval ? sorted[position - 1] : null,
    high: hasInterval ? sorted[sorted.length - position] : null,
    note: notes(!hasInterval && `too few values for a ${Math.round(about.level * 100)} % interval`),
  });
}
