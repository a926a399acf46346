import { twoSidedNormal } from "../distributions/continuous.js";
import { completeColumns } from "../missing.js";
import { missingNote, notes, notTestable, testResult, type TestResult } from "../result.js";
import { exactSize, pseudomedianEstimate } from "./hodges-lehmann.js";
import { twoSidedExact, type RankTestOptions } from "./options.js";
import { signedRankDistribution } from "./rank-distributions.js";
import { rank } from "./ranks.js";

export interface WilcoxonOptions extends RankTestOptions {
  /** `drop` (Wilcoxon 1945, R, SPSS) leaves differences of 0 out; `pratt` (Pratt 1959) ranks them and then leaves them out. */
  readonly zeros?: "drop" | "pratt";
}

/**
 * Wilcoxon signed rank test of pairs, two-sided. V is the rank sum of the positive differences first − second. Exact by
 * sign counting, ties and zeros included, below 50 differences; otherwise normal with tie and continuity correction. The
 * effect is the Hodges–Lehmann pseudomedian of all differences.
 * Pairs with a missing value are left out and counted. No pair, or all differences 0: not estimable.
 * Source: Wilcoxon, Biometrics Bulletin 1:80 (1945); Pratt, JASA 54:655 (1959).
 *
 * @example wilcoxonSignedRank([1, 2, 3], [2, 4, 6]).p // 0.25
 */
export function wilcoxonSignedRank(
  first: readonly number[],
  second: readonly number[],
  options: WilcoxonOptions = {},
): TestResult {
  const { name = "Wilcoxon signed rank test", level = 0.95, correction = true, zeros = "drop" } = options;
  const { values, missing } = completeColumns([first, second]);
  const differences = values[0].map((value, n) => withoutRounding(value - values[1][n], value, values[1][n]));
  const nonzero = differences.filter((difference) => difference !== 0);
  const isExact = options.exact ?? nonzero.length < exactSize;
  const kind = isExact ? "exact" : correction ? "normal, continuity-corrected" : "normal";
  const n = [differences.length];
  const about = { name, symbol: "V", n, method: `Wilcoxon signed rank test (${kind}, two-sided)` };
  if (differences.length === 0) return notTestable(about, "there are no pairs");
  const effect = pseudomedianEstimate(differences, level);
  if (nonzero.length === 0) return notTestable({ ...about, effect }, "all differences are zero");
  const signed = signedRanks(zeros === "drop" ? nonzero : differences);
  const p = isExact ? exactP(signed) : normalP(signed, correction);
  const zeroCount = differences.length - nonzero.length;
  const note = notes(
    missingNote(missing, "incomplete pair"),
    signed.ties > 0 && "ties share mean ranks",
    zeroCount > 0 && `${zeroCount} zero differences ${zeros === "drop" ? "left out" : "ranked (Pratt)"}`,
  );
  return testResult({ ...about, statistic: signed.positive, p, effect, note });
}

/** 0 where two values differ by rounding alone (0.3 − 0.1 against 0.2), so that equal pairs count as equal. */
function withoutRounding(difference: number, a: number, b: number): number {
  const scale = Math.max(Math.abs(a), Math.abs(b));
  return Math.abs(difference) <= 4 * Number.EPSILON * scale ? 0 : difference;
}

interface SignedRanks {
  /** Ranks of the differences that are not 0. */
  readonly ranks: readonly number[];
  readonly positive: number;
  readonly ties: number;
}

function signedRanks(differences: readonly number[]): SignedRanks {
  // Differences of decimal fractions that are equal on paper may differ in the last bit; they are tied.
  const sizes = differences.map((difference) => Number(Math.abs(difference).toPrecision(13)));
  const { ranks } = rank(sizes);
  const kept = ranks.filter((_, n) => differences[n] !== 0);
  const positive = ranks.reduce((sum, r, n) => (differences[n] > 0 ? sum + r : sum), 0);
  return { ranks: kept, positive, ties: kept.length - new Set(kept).size };
}

function exactP({ ranks, positive }: SignedRanks): number {
  const { atMost, atLeast } = signedRankDistribution(ranks);
  return twoSidedExact(atMost(positive), atLeast(positive));
}

/** The variance Σ r²/4 holds the corrections for ties and, with Pratt's ranks, for zeros. */
function normalP({ ranks, positive }: SignedRanks, correction: boolean): number {
  const mean = ranks.reduce((sum, r) => sum + r, 0) / 2;
  const variance = ranks.reduce((sum, r) => sum + r * r, 0) / 4;
  const distance = Math.abs(positive - mean) - (correction ? 0.5 : 0);
  return twoSidedNormal(Math.max(0, distance) / Math.sqrt(variance));
}
