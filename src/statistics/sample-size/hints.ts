/**
 * How many patients a study needs, roughly. Hints, not a protocol: each holds for the assumptions in its note.
 */
import { normalMultiplier, studentT } from "../distributions/continuous.js";
import { noncentralTCdf } from "../distributions/noncentral.js";
import { notes } from "../result.js";

export interface SampleSize {
  readonly name: string;
  /** Patients in all; null: no number of patients does it, or an assumption makes no sense. */
  readonly n: number | null;
  readonly method: string;
  readonly note: string;
}

interface Precision {
  /** Half the width of the interval wished for. */
  readonly halfWidth: number;
  readonly level?: number;
}

/**
 * Patients for an AUC with an interval of ± halfWidth, with `share` of them diseased.
 * Source: variance of Hanley & McNeil, Radiology 143:29 (1982).
 */
export function sampleSizeForAuc(
  options: Precision & { readonly auc: number; readonly share?: number },
): SampleSize {
  const { auc, halfWidth, level = 0.95, share = 0.5 } = options;
  const [q1, q2] = [auc / (2 - auc), (2 * auc ** 2) / (1 + auc)];
  const isNarrow = (n: number) => {
    const [positive, negative] = [n * share, n * (1 - share)];
    const spread = auc * (1 - auc) + (positive - 1) * (q1 - auc ** 2) + (negative - 1) * (q2 - auc ** 2);
    return normalMultiplier(level) * Math.sqrt(spread / (positive * negative)) <= halfWidth;
  };
  const sensible = auc > 0.5 && auc < 1 && share > 0 && share < 1 && halfWidth > 0;
  return hint("AUC", "interval by Hanley & McNeil's variance", sensible, isNarrow, [
    `AUC ${auc}, ± ${halfWidth}, ${100 * share} % diseased`,
  ]);
}

/**
 * Patients to find a mean paired difference (e.g. of Dice without and with the model) by a paired t test; the SD is that
 * of the differences. Power by the non-central t distribution.
 */
export function sampleSizeForPairedDifference(options: {
  readonly difference: number;
  readonly sd: number;
  readonly power?: number;
  readonly level?: number;
}): SampleSize {
  const { difference, sd, power = 0.8, level = 0.95 } = options;
  const effect = Math.abs(difference) / sd;
  const isEnough = (n: number) => {
    const critical = studentT(n - 1).quantile((1 + level) / 2);
    const shift = effect * Math.sqrt(n);
    const reached = 1 - noncentralTCdf(critical, n - 1, shift) + noncentralTCdf(-critical, n - 1, shift);
    return reached >= power;
  };
  const sensible = effect > 0 && Number.isFinite(effect) && power > 0 && power < 1;
  return hint("paired difference", "power of the two-sided paired t test", sensible, isEnough, [
    `difference ${difference}, SD of differences ${sd}, power ${power}`,
    "about 5 % more for the Wilcoxon test",
  ]);
}

/**
 * Patients for Cohen's κ of two readers and two categories with an interval of ± halfWidth; `share` of the patients are
 * called positive. Source: variance of Bloch & Kraemer, Biometrics 45:269 (1989).
 */
export function sampleSizeForKappa(
  options: Precision & { readonly kappa: number; readonly share?: number },
): SampleSize {
  const { kappa, halfWidth, level = 0.95, share = 0.5 } = options;
  const spread =
    (1 - kappa) * ((1 - kappa) * (1 - 2 * kappa) + (kappa * (2 - kappa)) / (2 * share * (1 - share)));
  const isNarrow = (n: number) => normalMultiplier(level) * Math.sqrt(spread / n) <= halfWidth;
  const sensible = kappa > -1 && kappa < 1 && share > 0 && share < 1 && halfWidth > 0 && spread > 0;
  return hint("Cohen's κ", "interval by Bloch & Kraemer's variance", sensible, isNarrow, [
    `κ ${kappa}, ± ${halfWidth}, ${100 * share} % rated positive`,
  ]);
}

/**
 * Patients for an ICC of k readers with an interval of ± halfWidth. Source: Bonett, Stat Med 21:1331 (2002), with his
 * correction for two readers and an ICC of 0.7 or more.
 */
export function sampleSizeForIcc(
  options: Precision & { readonly icc: number; readonly readers: number },
): SampleSize {
  const { icc, readers: k, halfWidth, level = 0.95 } = options;
  const z = normalMultiplier(level);
  const spread = ((1 - icc) * (1 + (k - 1) * icc)) ** 2 / (k * (k - 1));
  const needed = (8 * z ** 2 * spread) / (2 * halfWidth) ** 2 + 1 + (k === 2 && icc >= 0.7 ? 5 * icc : 0);
  const sensible = icc > 0 && icc < 1 && k >= 2 && halfWidth > 0;
  return hint("ICC", "Bonett's approximation", sensible, (n) => n >= needed, [
    `ICC ${icc}, ± ${halfWidth}, ${k} readers`,
  ]);
}

const most = 10_000_000;

/** The smallest n from 3 on that is enough; `isEnough` turns true once. */
function hint(
  name: string,
  method: string,
  sensible: boolean,
  isEnough: (n: number) => boolean,
  assumptions: readonly string[],
): SampleSize {
  if (!sensible)
    return { name, n: null, method, note: notes(...assumptions, "not estimable: these make no sense") };
  let [low, high] = [2, 4];
  while (!isEnough(high) && high < most) [low, high] = [high, high * 2];
  if (!isEnough(high)) return { name, n: null, method, note: notes(...assumptions, `more than ${most}`) };
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return { name, n: high, method, note: notes(...assumptions) };
}
