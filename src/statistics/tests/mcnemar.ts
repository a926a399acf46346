import { chiSquare, normalMultiplier } from "../distributions/continuous.js";
import { binomial } from "../distributions/discrete.js";
import { completeColumns } from "../missing.js";
import {
  estimate,
  missingNote,
  notes,
  notTestable,
  testResult,
  type Estimate,
  type TestResult,
} from "../result.js";
import { twoSidedExact, type TestOptions } from "./options.js";

export interface McNemarOptions extends TestOptions {
  /** `exact` (binomial, the default), or the chi-square statistic with or without continuity correction. */
  readonly form?: "exact" | "corrected" | "uncorrected";
}

const forms = {
  exact: "exact binomial, two-sided",
  corrected: "chi-square with continuity correction",
  uncorrected: "chi-square without correction",
} as const;

/**
 * McNemar's test of two paired proportions, from the numbers of pairs that changed: `lost` yes → no and `gained`
 * no → yes, among n pairs. The effect is the difference second − first with the adjusted Wald interval of Bonett & Price
 * (J Educ Behav Stat 37:479, 2012). No pair that changed: p is 1 by the exact test, not estimable by the others.
 * Source: McNemar, Psychometrika 12:153 (1947).
 *
 * @example mcnemarCounts(1, 9, 50).p // 0.0215
 */
export function mcnemarCounts(
  lost: number,
  gained: number,
  n: number,
  { name = "McNemar's test", level = 0.95, form = "exact" }: McNemarOptions = {},
): TestResult {
  const about = {
    name,
    symbol: form === "exact" ? "" : "χ²",
    n: [n],
    method: `McNemar's test (${forms[form]})`,
  };
  if (n === 0) return notTestable(about, "there are no pairs");
  const effect = pairedDifference(lost, gained, n, level);
  const changed = lost + gained;
  const note = `${changed} of ${n} pairs changed (${lost} yes to no, ${gained} no to yes)`;
  if (form === "exact") {
    const { cdf, atLeast } = binomial(changed, 0.5);
    const p = changed === 0 ? 1 : twoSidedExact(cdf(lost), atLeast(lost));
    return testResult({ ...about, statistic: null, p, effect, note });
  }
  if (changed === 0) return notTestable({ ...about, effect }, "no pair changed");
  const distance = Math.max(0, Math.abs(lost - gained) - (form === "corrected" ? 1 : 0));
  const statistic = distance ** 2 / changed;
  return testResult({ ...about, statistic, df: [1], p: chiSquare(1).upper(statistic), effect, note });
}

/** The same from pairs of 0 and 1 (NaN: missing, the pair is left out and counted). */
export function mcnemar(
  first: readonly number[],
  second: readonly number[],
  options: McNemarOptions = {},
): TestResult {
  const { values, missing } = completeColumns([first, second]);
  const [a, b] = values;
  const count = (from: number, to: number) => a.filter((value, n) => value === from && b[n] === to).length;
  const result = mcnemarCounts(count(1, 0), count(0, 1), a.length, options);
  return { ...result, note: notes(result.note, missingNote(missing, "incomplete pair")) };
}

function pairedDifference(lost: number, gained: number, n: number, level: number): Estimate {
  const [less, more] = [(lost + 1) / (n + 2), (gained + 1) / (n + 2)];
  const margin = normalMultiplier(level) * Math.sqrt((less + more - (more - less) ** 2) / (n + 2));
  return estimate({
    name: "difference of proportions (second − first)",
    value: (gained - lost) / n,
    low: Math.max(-1, more - less - margin),
    high: Math.min(1, more - less + margin),
    level,
    n,
    method: "adjusted Wald interval of paired proportions (Bonett & Price 2012)",
  });
}
