import { normalMultiplier } from "../distributions/continuous.js";
import { bootstrap, type BootstrapOptions } from "../resampling/bootstrap.js";
import { estimate, missingNote, notEstimable, notes, type Estimate } from "../result.js";
import { logisticRegression, logit } from "./logistic.js";
import { proportion } from "./proportion.js";

export interface CalibrationBin {
  /** Bounds of the predicted probabilities. */
  readonly from: number;
  readonly to: number;
  readonly meanPredicted: number;
  /** Share of diseased cases with its Wilson interval. */
  readonly observed: Estimate;
}

export interface Calibration {
  /** Mean squared difference of probability and outcome: 0 best, 0.25 for a coin. */
  readonly brier: Estimate;
  /** Expected calibration error: |observed − predicted| over the bins, weighted by their cases. */
  readonly ece: Estimate;
  /** Of the logistic regression of the outcome on logit(probability): 1 where predictions are spread rightly. */
  readonly slope: Estimate;
  /** Calibration in the large: intercept with the slope fixed at 1, 0 where the mean risk is right. */
  readonly intercept: Estimate;
  /** The calibration curve; bins without a case are left out. */
  readonly bins: readonly CalibrationBin[];
}

export interface CalibrationOptions extends BootstrapOptions {
  /** Bins of equal width; 10 unless given. */
  readonly bins?: number;
}

/** Probabilities are kept this far from 0 and 1 on the logit scale. */
const margin = 1e-6;

/**
 * Calibration of predicted probabilities (0 to 1) against outcomes (0, 1). Brier score and ECE with bootstrap intervals
 * over cases, slope and intercept with Wald intervals. Cases without outcome or with a probability outside 0…1 are left
 * out and counted. No cases: nothing is estimable; one kind of outcome alone or perfect separation: no slope.
 * Source: Brier, Mon Weather Rev 78:1 (1950); Naeini et al., AAAI 2015 (ECE); Cox, Biometrika 45:562 (1958), and Van
 * Calster et al., BMC Med 17:230 (2019) (slope and intercept).
 */
export function calibration(
  outcome: readonly number[],
  probability: readonly number[],
  options: CalibrationOptions = {},
): Calibration {
  const { level = 0.95, bins: count = 10 } = options;
  const usable = outcome.map((y, n) => (y === 0 || y === 1) && probability[n] >= 0 && probability[n] <= 1);
  const [y, p] = [outcome, probability].map((values) => values.filter((_, n) => usable[n]));
  const note = missingNote(outcome.length - y.length, "case without outcome or probability");
  const resampled = (name: string, statistic: (y: number[], p: number[]) => number) => {
    const ofUnits = (units: ArrayLike<number>) => {
      const rows = Array.from(units);
      return statistic(
        rows.map((n) => y[n]),
        rows.map((n) => p[n]),
      );
    };
    const result = bootstrap(
      { name, units: y.length, statistic: ofUnits },
      { method: "percentile", ...options },
    );
    return estimate({ ...result, note: notes(result.note, note) });
  };
  return {
    brier: resampled("Brier score", (a, b) => a.reduce((sum, v, n) => sum + (v - b[n]) ** 2, 0) / a.length),
    ece: resampled(`ECE (${count} bins)`, (a, b) => expectedError(a, b, count)),
    ...logisticCalibration(y, p, level, note),
    bins: curve(y, p, count, level),
  };
}

const binOf = (p: number, count: number) => Math.min(count - 1, Math.floor(p * count));

function expectedError(y: readonly number[], p: readonly number[], count: number): number {
  const gaps = new Float64Array(count);
  p.forEach((value, n) => (gaps[binOf(value, count)] += y[n] - value));
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / y.length;
}

function curve(y: readonly number[], p: readonly number[], count: number, level: number): CalibrationBin[] {
  return Array.from({ length: count }, (_, bin) => bin).flatMap((bin) => {
    const members = p.map((_, n) => n).filter((n) => binOf(p[n], count) === bin);
    if (members.length === 0) return [];
    const positive = members.filter((n) => y[n] === 1).length;
    return {
      from: bin / count,
      to: (bin + 1) / count,
      meanPredicted: members.reduce((sum, n) => sum + p[n], 0) / members.length,
      observed: proportion("observed share", positive, members.length, { level, interval: "wilson" }),
    };
  });
}

function logisticCalibration(y: readonly number[], p: readonly number[], level: number, note: string) {
  const scores = p.map((value) => logit(Math.min(1 - margin, Math.max(margin, value))));
  const z = normalMultiplier(level);
  const wald = (name: string, method: string, fit: ReturnType<typeof logisticRegression>, k: number) => {
    const about = { name, n: y.length, level, method };
    if (!fit)
      return notEstimable(about, "one kind of outcome, constant or perfectly separating probabilities");
    const [value, error] = [fit.coefficients[k], fit.standardErrors[k]];
    return estimate({ ...about, value, low: value - z * error, high: value + z * error, note });
  };
  const sloped = logisticRegression(y, [scores]);
  const shifted = logisticRegression(y, [], scores);
  return {
    slope: wald("calibration slope", "logistic regression on logit(probability), Wald interval", sloped, 1),
    intercept: wald("calibration in the large", "logistic regression with offset, Wald interval", shifted, 0),
  };
}
