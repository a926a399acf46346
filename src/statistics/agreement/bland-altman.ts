import { momentsOf } from "../descriptive/moments.js";
import { studentT } from "../distributions/continuous.js";
import { pearson } from "../correlation/pearson.js";
import { completeColumns } from "../missing.js";
import { estimate, missingNote, notEstimable, notes, type Estimate, type TestResult } from "../result.js";

export interface BlandAltman {
  /** Mean of the differences first − second. */
  readonly bias: Estimate;
  readonly lower: Estimate;
  readonly upper: Estimate;
  /** Standard deviation of the differences; null for fewer than two pairs. */
  readonly sd: number | null;
  /** Correlation of difference and mean: does the difference grow with size? */
  readonly trend: TestResult;
  /** For the figure: mean and difference of each pair. */
  readonly points: readonly { readonly mean: number; readonly difference: number }[];
}

/**
 * Bland–Altman analysis of two measurements of the same cases: bias and 95 % limits of agreement (bias ± 1.96 SD), each
 * with its t interval. `percent` gives differences in percent of the pair's mean (pairs with mean 0 are left out).
 * Incomplete pairs are left out and counted; fewer than two pairs: not estimable.
 * Source: Bland & Altman, Lancet i:307 (1986); intervals of the limits: Stat Methods Med Res 8:135 (1999), section 2.2.
 */
export function blandAltman(
  first: readonly number[],
  second: readonly number[],
  { level = 0.95, percent = false }: { level?: number; percent?: boolean } = {},
): BlandAltman {
  const { values, missing } = completeColumns([first, second]);
  const pairs = values[0].map((a, n) => ({ mean: (a + values[1][n]) / 2, difference: a - values[1][n] }));
  const usable = percent ? pairs.filter(({ mean }) => mean !== 0) : pairs;
  const points = usable.map(({ mean, difference }) => ({
    mean,
    difference: percent ? (100 * difference) / mean : difference,
  }));
  const note = notes(
    missingNote(missing, "incomplete pair"),
    missingNote(pairs.length - usable.length, "pair with mean 0"),
  );
  const differences = points.map(({ difference }) => difference);
  const { n, mean, sd } = momentsOf(differences);
  const z = 1.96;
  const line = (name: string, shift: number) => {
    const about = {
      name,
      n,
      level,
      method: `${shift === 0 ? "mean" : "bias ± 1.96 SD"} of differences, t interval`,
    };
    if (n < 2) return notEstimable(about, "fewer than two pairs");
    const error = sd * Math.sqrt(1 / n + shift ** 2 / (2 * (n - 1)));
    const margin = studentT(n - 1).quantile((1 + level) / 2) * error;
    const value = mean + shift * sd;
    return estimate({ ...about, value, low: value - margin, high: value + margin, note });
  };
  const unit = percent ? " (%)" : "";
  return {
    bias: line(`bias (first − second)${unit}`, 0),
    lower: line(`lower limit of agreement${unit}`, -z),
    upper: line(`upper limit of agreement${unit}`, z),
    sd: Number.isFinite(sd) ? sd : null,
    trend: pearson(
      points.map((point) => point.mean),
      differences,
      { name: "difference against mean", level },
    ),
    points,
  };
}
