import { solveSymmetric } from "../linear.js";
import { sumOf } from "../descriptive/moments.js";
import { completeColumns } from "../missing.js";
import { missingNote, notTestable, testResult, type TestResult } from "../result.js";
import type { TestOptions } from "../tests/options.js";
import { rank } from "../tests/ranks.js";
import { correlationEstimate, fisherError } from "./fisher-z.js";
import { correlationT, pearsonR } from "./pearson.js";

export interface PartialOptions extends TestOptions {
  /** `spearman` works on midranks. */
  readonly kind?: "pearson" | "spearman";
}

/**
 * Correlation of x and y with the linear influence of k covariates taken out of both; t with n − 2 − k degrees of
 * freedom, interval by Fisher's z with n − k. Rows with a missing value are left out and counted; too few rows,
 * covariates that explain a variable wholly, or that depend on each other: not estimable.
 * Source: R. A. Fisher, Metron 3:329 (1924).
 */
export function partialCorrelation(
  x: readonly number[],
  y: readonly number[],
  covariates: readonly (readonly number[])[],
  { name = "partial correlation", level = 0.95, kind = "pearson" }: PartialOptions = {},
): TestResult {
  const { values, missing } = completeColumns([x, y, ...covariates]);
  const n = values[0].length;
  const df = n - 2 - covariates.length;
  const title = kind === "pearson" ? "Pearson" : "Spearman";
  const about = {
    name,
    symbol: "t",
    n: [n],
    method: `partial ${title} correlation, ${covariates.length} covariate${covariates.length === 1 ? "" : "s"}`,
  };
  if (df < 1) return notTestable(about, "too few complete rows for this many covariates");
  const columns = kind === "pearson" ? values : values.map((column) => [...rank(column).ranks]);
  const [first, second] = [columns[0], columns[1]].map((column) => residuals(column, columns.slice(2)));
  if (!first || !second) return notTestable(about, "a variable is constant or explained by the covariates");
  const r = pearsonR(first, second);
  const method = `partial r, interval by Fisher's z`;
  const effect = correlationEstimate(
    { name: "partial r", n, level, method },
    r,
    fisherError(n - covariates.length),
  );
  return testResult({
    ...about,
    ...correlationT(r, df),
    effect,
    note: missingNote(missing, "incomplete row"),
  });
}

/** What a least-squares fit leaves; undefined where it leaves nothing or has no single answer. */
function residuals(
  target: readonly number[],
  covariates: readonly (readonly number[])[],
): number[] | undefined {
  const columns = covariates.map(standardised);
  const y = standardised(target);
  if (!y || columns.some((column) => !column)) return undefined;
  const basis = columns as number[][];
  const dot = (a: readonly number[], b: readonly number[]) => sumOf(a.map((value, n) => value * b[n]));
  const slopes = solveSymmetric(
    basis.map((a) => basis.map((b) => dot(a, b))),
    basis.map((a) => dot(a, y)),
  );
  if (!slopes) return undefined;
  const left = y.map((value, n) => value - slopes.reduce((sum, slope, k) => sum + slope * basis[k][n], 0));
  return dot(left, left) > 1e-12 ? left : undefined;
}

/** Centred and of length 1; undefined for a constant column. */
function standardised(values: readonly number[]): number[] | undefined {
  const mean = sumOf(values) / values.length;
  const centred = values.map((value) => value - mean);
  const length = Math.sqrt(sumOf(centred.map((value) => value * value)));
  const isFlat = !(length > 1e-13 * Math.abs(mean) * Math.sqrt(values.length));
  return isFlat ? undefined : centred.map((value) => value / length);
}
