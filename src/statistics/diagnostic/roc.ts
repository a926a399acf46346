import { byTruth } from "./labels.js";
import type { BinaryCounts } from "./binary.js";

/** One point of the empirical ROC curve: cases scoring above the threshold are called positive. */
export interface RocPoint extends BinaryCounts {
  /** Half way between two neighbouring scores; ∞ and −∞ at the ends. */
  readonly threshold: number;
  readonly sensitivity: number;
  readonly specificity: number;
}

/**
 * The empirical ROC curve from (0, 0) to (1, 1), a point for each threshold between different scores. Cases without
 * truth (0, 1) or finite score are left out. No case of one kind: no points.
 *
 * @example rocCurve([0, 1], [0.2, 0.8]).map(({ sensitivity }) => sensitivity) // [0, 1, 1]
 */
export function rocCurve(truth: readonly number[], score: readonly number[]): RocPoint[] {
  const { positive, negative } = byTruth(truth, score);
  if (positive.length === 0 || negative.length === 0) return [];
  const values = [...new Set([...positive, ...negative])].sort((a, b) => b - a);
  const between = values.slice(1).map((value, n) => (value + values[n]) / 2);
  const [ups, downs] = [positive, negative].map((scores) => [...scores].sort((a, b) => b - a));
  let [tp, fp] = [0, 0];
  return [Infinity, ...between, -Infinity].map((threshold) => {
    while (tp < ups.length && ups[tp] > threshold) tp++;
    while (fp < downs.length && downs[fp] > threshold) fp++;
    const [fn, tn] = [ups.length - tp, downs.length - fp];
    return { threshold, tp, fp, fn, tn, sensitivity: tp / ups.length, specificity: tn / downs.length };
  });
}

/**
 * How to choose an operating point. `youden`: largest sensitivity + specificity − 1 (Youden, Cancer 3:32, 1950), of equal
 * ones the most specific. `sensitivity` or `specificity`: at least that much, and the most of the other.
 */
export type OperatingRule =
  { readonly kind: "youden" } | { readonly kind: "sensitivity" | "specificity"; readonly atLeast: number };

/** The point of the curve that the rule chooses; undefined for a curve without points. */
export function operatingPoint(curve: readonly RocPoint[], rule: OperatingRule): RocPoint | undefined {
  const other = rule.kind === "sensitivity" ? "specificity" : "sensitivity";
  const allowed = rule.kind === "youden" ? curve : curve.filter((point) => point[rule.kind] >= rule.atLeast);
  const worth = (point: RocPoint) =>
    rule.kind === "youden" ? point.sensitivity + point.specificity : point[other] + 1e-9 * point[rule.kind];
  return allowed.reduce<RocPoint | undefined>(
    (best, point) => (best === undefined || worth(point) > worth(best) + 1e-12 ? point : best),
    undefined,
  );
}
