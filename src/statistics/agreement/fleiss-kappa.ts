import { momentsOf } from "../descriptive/moments.js";
import { normalMultiplier, twoSidedNormal } from "../distributions/continuous.js";
import { estimate, missingNote, notes, notTestable, testResult, type TestResult } from "../result.js";
import type { TestOptions } from "../tests/options.js";
import { compareRatings, isMissing } from "./rating-table.js";

/**
 * Fleiss' κ of several readers from counts: counts[case][category] readers chose the category; every case has the same
 * number of readers, two or more. Test of κ = 0 by the null variance of Fleiss, Nee & Landis (Psychol Bull 86:974, 1979);
 * interval by Gwet's variance (Educ Psychol Meas 81:781, 2021), which does not assume κ = 0.
 * Fewer than two cases, or one category alone: not estimable. Source: Fleiss, Psychol Bull 76:378 (1971).
 *
 * @example fleissKappaCounts([[2, 0], [0, 2], [1, 1], [2, 0]]).effect // value 0.4667
 */
export function fleissKappaCounts(
  counts: readonly (readonly number[])[],
  { name = "Fleiss' κ", level = 0.95 }: TestOptions = {},
): TestResult {
  const n = counts.length;
  const readers = (counts[0] ?? []).reduce((sum, count) => sum + count, 0);
  const method = `Fleiss' κ of ${readers} readers (large-sample z test and interval)`;
  const about = { name, symbol: "z", n: [n], method };
  if (n < 2) return notTestable(about, "fewer than two cases");
  if (readers < 2) return notTestable(about, "fewer than two readers");
  const shares = counts[0].map((_, c) => counts.reduce((sum, row) => sum + row[c], 0) / (n * readers));
  const chance = shares.reduce((sum, share) => sum + share ** 2, 0);
  if (1 - chance < 1e-12) return notTestable(about, "all ratings are in one category");
  const agreement = counts.map(
    (row) => row.reduce((sum, count) => sum + count * (count - 1), 0) / (readers * (readers - 1)),
  );
  const kappa = (momentsOf(agreement).mean - chance) / (1 - chance);
  const influence = counts.map((row, i) => {
    const ofCase = row.reduce((sum, count, c) => sum + (shares[c] * count) / readers, 0);
    return (agreement[i] - chance - 2 * (1 - kappa) * (ofCase - chance)) / (1 - chance);
  });
  const perfect = kappa > 1 - 1e-12;
  const margin = normalMultiplier(level) * Math.sqrt(influenceVariance(influence, kappa));
  const effect = estimate({
    name: "Fleiss' κ",
    value: kappa,
    low: perfect ? null : Math.max(-1, kappa - margin),
    high: perfect ? null : Math.min(1, kappa + margin),
    level,
    n,
    method: "interval by the variance of Gwet (2021)",
    note: notes(perfect && "no interval: agreement is perfect"),
  });
  const statistic = kappa / Math.sqrt(nullVariance(shares, n, readers));
  return testResult({ ...about, statistic, p: twoSidedNormal(statistic), effect });
}

function influenceVariance(influence: readonly number[], kappa: number): number {
  const n = influence.length;
  return influence.reduce((sum, value) => sum + (value - kappa) ** 2, 0) / (n * (n - 1));
}

function nullVariance(shares: readonly number[], n: number, readers: number): number {
  const spread = shares.reduce((sum, p) => sum + p * (1 - p), 0);
  const skew = shares.reduce((sum, p) => sum + p * (1 - p) * (1 - 2 * p), 0);
  return (2 / (n * readers * (readers - 1))) * ((spread ** 2 - skew) / spread ** 2);
}

/** The same from ratings[reader][case]; cases that not every reader rated are left out and counted. */
export function fleissKappa(
  ratings: readonly (readonly (string | number)[])[],
  options: TestOptions = {},
): TestResult {
  const cases = (ratings[0] ?? []).map((_, n) => ratings.map((reader) => reader[n]));
  const complete = cases.filter((row) => !row.some(isMissing));
  const categories = [...new Set(complete.flat())].sort(compareRatings);
  const counts = complete.map((row) =>
    categories.map((category) => row.filter((r) => r === category).length),
  );
  const result = fleissKappaCounts(counts, options);
  return {
    ...result,
    note: notes(result.note, missingNote(cases.length - complete.length, "incomplete case")),
  };
}
