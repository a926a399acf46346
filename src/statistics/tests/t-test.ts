import { momentsOf } from "../descriptive/moments.js";
import { studentT, twoSidedT } from "../distributions/continuous.js";
import { completeColumns, completeValues } from "../missing.js";
import { estimate, missingNote, notTestable, testResult, type TestResult } from "../result.js";
import type { TestOptions } from "./options.js";

export interface UnpairedOptions extends TestOptions {
  /** false: Welch's test, which needs no equal variances; true: Student's. Welch unless set. */
  readonly equalVariances?: boolean;
}

/**
 * Unpaired t test, two-sided: Welch's unless equal variances are asked for. The effect is the mean difference
 * first − second with its t interval. Missing values are left out and counted; fewer than two values in a group, or no
 * spread in either: not estimable. Source: Welch, Biometrika 34:28 (1947); Student, Biometrika 6:1 (1908).
 *
 * @example unpairedT([1, 2, 3], [2, 3, 4]).p // 0.2879
 */
export function unpairedT(
  first: readonly number[],
  second: readonly number[],
  { name = "t test", level = 0.95, equalVariances = false }: UnpairedOptions = {},
): TestResult {
  const [a, b] = [completeValues(first), completeValues(second)];
  const [x, y] = [momentsOf(a.values), momentsOf(b.values)];
  const kind = equalVariances ? "Student's t test (pooled variance" : "Welch's t test (unequal variances";
  const about = { name, symbol: "t", n: [x.n, y.n], method: `${kind}, two-sided)` };
  if (Math.min(x.n, y.n) < 2) return notTestable(about, "a group has fewer than two values");
  const [u, v] = [x.variance / x.n, y.variance / y.n];
  const welch = { se: Math.sqrt(u + v), df: (u + v) ** 2 / (u ** 2 / (x.n - 1) + v ** 2 / (y.n - 1)) };
  const df = x.n + y.n - 2;
  const pooled = { se: Math.sqrt(((x.squares + y.squares) / df) * (1 / x.n + 1 / y.n)), df };
  const difference = { name: "mean difference (first − second)", value: x.mean - y.mean, n: x.n + y.n };
  const spread = equalVariances ? pooled : welch;
  return tResult(about, difference, spread, level, missingNote(a.missing + b.missing));
}

/**
 * Paired t test, two-sided. The effect is the mean of the differences first − second with its t interval. Pairs with a
 * missing value are left out and counted; fewer than two pairs, or equal differences in all: not estimable.
 *
 * @example pairedT([1, 2, 3], [2, 4, 6]).statistic // -3.4641
 */
export function pairedT(
  first: readonly number[],
  second: readonly number[],
  { name = "paired t test", level = 0.95 }: TestOptions = {},
): TestResult {
  const { values, missing } = completeColumns([first, second]);
  const { n, mean, sd } = momentsOf(values[0].map((value, k) => value - values[1][k]));
  const about = { name, symbol: "t", n: [n], method: "paired t test (two-sided)" };
  if (n < 2) return notTestable(about, "there are fewer than two pairs");
  const difference = { name: "mean of differences (first − second)", value: mean, n };
  return tResult(
    about,
    difference,
    { se: sd / Math.sqrt(n), df: n - 1 },
    level,
    missingNote(missing, "incomplete pair"),
  );
}

function tResult(
  about: Pick<TestResult, "name" | "symbol" | "n" | "method">,
  difference: { readonly name: string; readonly value: number; readonly n: number },
  { se, df }: { readonly se: number; readonly df: number },
  level: number,
  note: string,
): TestResult {
  const method = `t interval, ${Number(df.toFixed(2))} degrees of freedom`;
  // A standard error that is only the rounding of equal numbers is no spread.
  if (!(se > 1e-14 * Math.abs(difference.value))) {
    const effect = estimate({ ...difference, level, method, note: "no interval: there is no spread" });
    return notTestable({ ...about, effect }, "there is no spread");
  }
  const margin = studentT(df).quantile((1 + level) / 2) * se;
  const [low, high] = [difference.value - margin, difference.value + margin];
  const effect = estimate({ ...difference, low, high, level, method });
  const statistic = difference.value / se;
  return testResult({ ...about, statistic, df: [df], p: twoSidedT(statistic, df), effect, note });
}
