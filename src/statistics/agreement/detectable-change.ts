import { chiSquare } from "../distributions/continuous.js";
import { estimate, missingNote, notEstimable, type Estimate } from "../result.js";
import { twoWayAnova } from "./two-way.js";

export interface DetectableChangeOptions {
  readonly level?: number;
  /** Readers whose mean is the measurement; 1 unless given. */
  readonly averaged?: number;
  /** `agreement` counts constant differences between readers as error, `consistency` does not. */
  readonly kind?: "agreement" | "consistency";
}

export interface DetectableChange {
  /** Standard error of measurement of one reading. */
  readonly measurementError: Estimate;
  /** Smallest change between two time points that measurement error does not explain, with 95 %. */
  readonly smallestDetectableChange: Estimate;
}

/**
 * Smallest detectable change, 1.96 √2 SEM / √averaged, from repeated readings readers[reader][case]; SEM² is the mean
 * square within cases (agreement) or the residual one (consistency). For two readings and consistency this is
 * 1.96 SD of the differences. Intervals come from the chi-square distribution of the mean square.
 * Cases with a missing reading are left out and counted; fewer than two cases or readings: not estimable.
 * Source: Bruynesteyn et al., Ann Rheum Dis 64:179 (2005); de Vet et al., J Clin Epidemiol 59:1033 (2006).
 */
export function detectableChange(
  readers: readonly (readonly number[])[],
  { level = 0.95, averaged = 1, kind = "agreement" }: DetectableChangeOptions = {},
): DetectableChange {
  const { n, k, missing, residual, withinCases } = twoWayAnova(readers);
  const df = kind === "agreement" ? n * (k - 1) : (n - 1) * (k - 1);
  const variance = kind === "agreement" ? withinCases : residual;
  const build = (name: string, factor: number) => {
    const about = {
      name,
      n,
      level,
      method: `from the error variance of ${k} readings (${kind}), chi-square interval`,
    };
    if (n < 2 || k < 2) return notEstimable(about, "fewer than two complete cases or readings");
    const bound = (p: number) => factor * Math.sqrt((variance * df) / chiSquare(df).quantile(p));
    return estimate({
      ...about,
      value: factor * Math.sqrt(variance),
      low: bound((1 + level) / 2),
      high: bound((1 - level) / 2),
      note: missingNote(missing, "incomplete case"),
    });
  };
  return {
    measurementError: build("standard error of measurement", 1),
    smallestDetectableChange: build("smallest detectable change", (1.96 * Math.SQRT2) / Math.sqrt(averaged)),
  };
}
