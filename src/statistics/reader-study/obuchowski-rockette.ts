/**
 * Multi-reader multi-case analysis of variance: Obuchowski & Rockette, Commun Stat Simul 24:285 (1995), with the degrees
 * of freedom of Hillis, Stat Med 26:596 (2007), as explained in Hillis, Obuchowski, Schartz & Berbaum, Stat Med 24:1579
 * (2005). Works for any figure of merit of reader × arm: AUC, mean Dice, accuracy.
 */
import {
  fisherF,
  normalMultiplier,
  studentT,
  twoSidedNormal,
  chiSquare,
} from "../distributions/continuous.js";
import { estimate, notes, notTestable, testResult, type Estimate, type TestResult } from "../result.js";
import { mean, orComponents, type MrmcInput, type OrComponents } from "./or-components.js";

export interface MrmcOptions {
  readonly name?: string;
  readonly level?: number;
  /** `random`: the result holds for readers like these; `fixed`: for these readers alone. */
  readonly readers?: "random" | "fixed";
  /** `fixed`: for these cases alone (a repeated-measures ANOVA of the figures of merit). */
  readonly cases?: "random" | "fixed";
}

export interface MrmcResult {
  /** Test that all arms are equal; for two arms its effect is the difference first − second. */
  readonly overall: TestResult;
  /** Every pair of arms: the difference with its interval and p. */
  readonly differences: readonly TestResult[];
  /** Each arm's mean over the readers. */
  readonly means: readonly Estimate[];
  readonly components: OrComponents;
}

/**
 * Obuchowski–Rockette analysis of a fully crossed study (every reader read every case in every arm). Fewer than two
 * arms, two random readers, or covariances that are not defined: not estimable.
 */
export function obuchowskiRockette(input: MrmcInput, options: MrmcOptions = {}): MrmcResult {
  const { level = 0.95, name = "arms" } = options;
  const components = orComponents(input);
  const model = modelOf(components, input, options);
  const about = { symbol: model.symbol, n: [input.readers.length, input.cases], method: model.method };
  const reason = impossible(input, components, options);
  const means = input.arms.map((arm, i) => armMean(arm, i, input, components, options, level));
  const pairs = input.arms.flatMap((_, i) => input.arms.slice(i + 1).map((__, k) => [i, i + 1 + k] as const));
  const differences = pairs.map(([i, k]) => {
    const label = `${input.arms[i]} − ${input.arms[k]}`;
    if (reason !== undefined) return notTestable({ ...about, name: label }, reason);
    const value = mean(input.merit[i]) - mean(input.merit[k]);
    const error = Math.sqrt((2 / input.readers.length) * model.error);
    return differenceTest(label, value, error, model.df, {
      level,
      cases: input.cases,
      method: model.method,
      n: about.n,
    });
  });
  if (reason !== undefined)
    return { overall: notTestable({ ...about, name }, reason), differences, means, components };
  const numerator = input.arms.length - 1;
  const f = components.armSquare / model.error;
  const overall = testResult({
    ...about,
    name,
    statistic: model.df === Infinity ? f * numerator : f,
    df: model.df === Infinity ? [numerator] : [numerator, model.df],
    p:
      model.df === Infinity
        ? chiSquare(numerator).upper(f * numerator)
        : fisherF(numerator, model.df).upper(f),
    effect: differences.length === 1 ? differences[0].effect : null,
    note: model.note,
  });
  return { overall, differences, means, components };
}

function impossible(input: MrmcInput, c: OrComponents, options: MrmcOptions): string | undefined {
  if (input.arms.length < 2) return "fewer than two arms";
  if (input.readers.length < 2 && options.readers !== "fixed") return "fewer than two readers";
  if (options.cases === "fixed") return c.interactionSquare > 0 ? undefined : "the readers do not differ";
  if (!Number.isFinite(c.variance)) return "the figures of merit have no variance";
  return modelOf(c, input, options).error > 1e-15 ? undefined : "the error variance is zero";
}

/** The error term of the F test and its degrees of freedom; infinite ones make it a chi-square test. */
function modelOf(
  c: OrComponents,
  { arms, readers }: MrmcInput,
  { readers: kind = "random", cases = "random" }: MrmcOptions,
) {
  const r = readers.length;
  const excess = Math.max(c.cov2 - c.cov3, 0);
  const df = (arms.length - 1) * (r - 1);
  const said = `Obuchowski–Rockette ANOVA, ${kind} readers, ${cases} cases`;
  const note = notes(c.cov2 < c.cov3 && cases === "random" && "Cov2 − Cov3 is negative and taken as 0");
  if (cases === "fixed") return { symbol: "F", error: c.interactionSquare, df, method: said, note };
  if (kind === "fixed") {
    const error = c.variance - c.cov1 + (r - 1) * excess;
    return { symbol: "χ²", error, df: Infinity, method: said, note };
  }
  const error = c.interactionSquare + r * excess;
  const hillis = c.interactionSquare > 0 ? error ** 2 / (c.interactionSquare ** 2 / df) : Infinity;
  return {
    symbol: hillis === Infinity ? "χ²" : "F",
    error,
    df: hillis,
    method: `${said}, Hillis's degrees of freedom`,
    note,
  };
}

function differenceTest(
  name: string,
  value: number,
  error: number,
  df: number,
  { level, cases, method, n }: { level: number; cases: number; method: string; n: readonly number[] },
): TestResult {
  const multiplier = df === Infinity ? normalMultiplier(level) : studentT(df).quantile((1 + level) / 2);
  const [low, high] = [value - multiplier * error, value + multiplier * error];
  const statistic = value / error;
  const p = df === Infinity ? twoSidedNormal(statistic) : 2 * studentT(df).upper(Math.abs(statistic));
  const effect = estimate({ name: `difference ${name}`, value, low, high, level, n: cases, method });
  const symbol = df === Infinity ? "z" : "t";
  return testResult({ name, symbol, statistic, df: df === Infinity ? [] : [df], p, n, effect, method });
}

/** Mean of one arm over readers, from that arm's data alone. */
function armMean(
  arm: string,
  i: number,
  { merit, readers, cases }: MrmcInput,
  { ofArm }: OrComponents,
  { readers: kind = "random", cases: caseKind = "random" }: MrmcOptions,
  level: number,
): Estimate {
  const r = readers.length;
  const { readerSquare, variance, cov2 } = ofArm[i];
  const shared = caseKind === "fixed" ? 0 : r * Math.max(cov2, 0);
  const isFixed = kind === "fixed" && caseKind === "random";
  const square = isFixed ? variance + (r - 1) * Math.max(cov2, 0) : readerSquare + shared;
  const df = isFixed ? Infinity : square ** 2 / (readerSquare ** 2 / (r - 1));
  const multiplier = df === Infinity ? normalMultiplier(level) : studentT(df).quantile((1 + level) / 2);
  const value = mean(merit[i]);
  const margin = multiplier * Math.sqrt(square / r);
  const method = `mean over ${r} readers, Obuchowski–Rockette interval (${kind} readers, ${caseKind} cases)`;
  const note = notes(!Number.isFinite(margin) && "no interval: too few readers or no variance");
  return estimate({
    name: arm,
    value,
    low: value - margin,
    high: value + margin,
    level,
    n: cases,
    method,
    note,
  });
}
