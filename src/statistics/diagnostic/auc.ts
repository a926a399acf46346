import { normalMultiplier, twoSidedNormal } from "../distributions/continuous.js";
import { completeColumns } from "../missing.js";
import {
  estimate,
  missingNote,
  notEstimable,
  notes,
  notTestable,
  testResult,
  type Estimate,
  type TestResult,
} from "../result.js";
import { delongCovariance, placements, type Placements } from "./delong.js";
import { byTruth } from "./labels.js";

export interface AucOptions {
  readonly name?: string;
  readonly level?: number;
  /** `logit` builds the interval on the logit scale: it stays within 0…1 and covers better near 1. */
  readonly scale?: "plain" | "logit";
}

/**
 * Area under the empirical ROC curve with DeLong's interval; higher scores stand for disease. `truth` is 1 or 0. Cases
 * without truth or score are left out and counted. No case of one kind: not estimable; perfect separation or fewer than
 * two cases of a kind: no interval (DeLong's variance is zero or undefined).
 * Source: DeLong, DeLong & Clarke-Pearson, Biometrics 44:837 (1988).
 *
 * @example auc([0, 0, 1, 1], [1, 3, 2, 4]).value // 0.75
 */
export function auc(truth: readonly number[], score: readonly number[], options: AucOptions = {}): Estimate {
  const { name = "AUC", level = 0.95, scale = "plain" } = options;
  const { positive, negative, missing } = byTruth(truth, score);
  const kinds = `${positive.length} positive, ${negative.length} negative`;
  const method = `empirical ROC curve, DeLong interval${scale === "logit" ? " on the logit scale" : ""}`;
  const about = { name, n: positive.length + negative.length, level, method };
  if (positive.length === 0 || negative.length === 0)
    return notEstimable(about, `cases of one kind alone (${kinds})`);
  const cases = placements(positive, negative);
  const variance = delongCovariance(cases, cases);
  const reason = noInterval(cases, variance);
  const note = notes(
    kinds,
    missingNote(missing, "incomplete case"),
    reason !== undefined && `no interval: ${reason}`,
  );
  if (reason !== undefined) return estimate({ ...about, value: cases.auc, note });
  const [low, high] = interval(cases.auc, Math.sqrt(variance), level, scale);
  return estimate({ ...about, value: cases.auc, low, high, note });
}

function noInterval({ auc: value }: Placements, variance: number): string | undefined {
  if (Number.isNaN(variance)) return "fewer than two cases of a kind";
  if (value === 1 || value === 0) return "the groups are perfectly separated";
  return variance > 0 ? undefined : "the variance is zero";
}

function interval(value: number, error: number, level: number, scale: "plain" | "logit"): [number, number] {
  const z = normalMultiplier(level);
  if (scale === "plain") return [Math.max(0, value - z * error), Math.min(1, value + z * error)];
  const centre = Math.log(value / (1 - value));
  const margin = (z * error) / (value * (1 - value));
  const back = (x: number) => 1 / (1 + Math.exp(-x));
  return [back(centre - margin), back(centre + margin)];
}

/**
 * DeLong's test of two scores on the same cases, two-sided; the effect is the difference first − second. Cases that lack
 * the truth or either score are left out and counted. Too few cases, or two scores that order all pairs alike: not
 * estimable.
 */
export function compareAuc(
  truth: readonly number[],
  first: readonly number[],
  second: readonly number[],
  { name = "difference of AUC", level = 0.95 }: AucOptions = {},
): TestResult {
  const known = truth.map((value) => (value === 0 || value === 1 ? value : NaN));
  const { values, missing } = completeColumns([known, first, second]);
  const [a, b] = [byTruth(values[0], values[1]), byTruth(values[0], values[2])];
  const n = values[0].length;
  const about = { name, symbol: "z", n: [n], method: "DeLong's test of two paired AUCs (two-sided)" };
  if (Math.min(a.positive.length, a.negative.length) < 2)
    return notTestable(about, "fewer than two cases of a kind");
  const [p, q] = [placements(a.positive, a.negative), placements(b.positive, b.negative)];
  const variance = delongCovariance(p, p) + delongCovariance(q, q) - 2 * delongCovariance(p, q);
  const difference = { name: "difference of AUC (first − second)", value: p.auc - q.auc, n, level };
  const method = "DeLong interval of a paired difference";
  if (!(variance > 1e-15))
    return notTestable(
      {
        ...about,
        effect: estimate({ ...difference, method, note: "no interval: the difference has no variance" }),
      },
      "the difference has no variance",
    );
  const margin = normalMultiplier(level) * Math.sqrt(variance);
  const [low, high] = [Math.max(-1, difference.value - margin), Math.min(1, difference.value + margin)];
  const statistic = difference.value / Math.sqrt(variance);
  return testResult({
    ...about,
    statistic,
    p: twoSidedNormal(statistic),
    effect: estimate({ ...difference, low, high, method }),
    note: missingNote(missing, "incomplete case"),
  });
}
