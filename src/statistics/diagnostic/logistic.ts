import { solveSymmetric } from "../linear.js";

export interface LogisticFit {
  /** Coefficients: intercept first. */
  readonly coefficients: readonly number[];
  readonly standardErrors: readonly number[];
}

/**
 * Logistic regression by Newton's method (iteratively reweighted least squares), with an offset on the logit scale.
 * `columns` hold the regressors; the intercept is added. undefined where the likelihood has no maximum (perfect
 * separation, one kind of outcome alone) or the regressors depend on each other.
 * Source: McCullagh & Nelder, Generalized Linear Models (1989), section 4.4.
 */
export function logisticRegression(
  outcome: readonly number[],
  columns: readonly (readonly number[])[],
  offset: readonly number[] = outcome.map(() => 0),
): LogisticFit | undefined {
  const design = [outcome.map(() => 1), ...columns];
  let coefficients = design.map(() => 0);
  for (let iteration = 0; iteration < 100; iteration++) {
    const fitted = outcome.map((_, n) => logistic(offset[n] + linear(coefficients, design, n)));
    const score = design.map((x) => sum(outcome.map((y, n) => x[n] * (y - fitted[n]))));
    const information = design.map((a) =>
      design.map((b) => sum(a.map((x, n) => x * b[n] * fitted[n] * (1 - fitted[n])))),
    );
    const step = solveSymmetric(information, score);
    if (!step) return undefined;
    coefficients = coefficients.map((value, k) => value + step[k]);
    // Coefficients that run away, the standard errors with them, are those of separated data.
    if (coefficients.some((value) => !(Math.abs(value) < 1e4))) return undefined;
    if (step.every((change, k) => Math.abs(change) <= 1e-12 * (1 + Math.abs(coefficients[k]))))
      return isSeparated(fitted) ? undefined : { coefficients, standardErrors: errorsOf(information) };
  }
  return undefined;
}

/** Every case fitted as good as perfectly: the maximum lies at infinity. */
const isSeparated = (fitted: readonly number[]) => fitted.every((p) => Math.min(p, 1 - p) < 1e-7);

function errorsOf(information: readonly (readonly number[])[]): number[] {
  return information.map((_, k) => {
    const unit = information.map((__, n) => (n === k ? 1 : 0));
    return Math.sqrt(solveSymmetric(information, unit)?.[k] ?? NaN);
  });
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const linear = (coefficients: readonly number[], design: readonly (readonly number[])[], n: number) =>
  sum(coefficients.map((value, k) => value * design[k][n]));
export const logistic = (x: number) => 1 / (1 + Math.exp(-x));
export const logit = (p: number) => Math.log(p / (1 - p));
