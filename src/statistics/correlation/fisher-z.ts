import { normalMultiplier } from "../distributions/continuous.js";
import { estimate, type Estimate } from "../result.js";

/**
 * A correlation coefficient with the interval by Fisher's z, atanh r ± z · se. A perfect correlation, or too few values
 * for a standard error, has none.
 */
export function correlationEstimate(
  about: Pick<Estimate, "name" | "n" | "level" | "method">,
  r: number,
  standardError: number,
): Estimate {
  if (Math.abs(r) >= 1)
    return estimate({ ...about, value: r, note: "no interval: the correlation is perfect" });
  if (!Number.isFinite(standardError))
    return estimate({ ...about, value: r, note: "no interval: too few values" });
  const margin = normalMultiplier(about.level) * standardError;
  const [low, high] = [Math.atanh(r) - margin, Math.atanh(r) + margin].map(Math.tanh);
  return estimate({ ...about, value: r, low, high });
}

/** 1/√(n − 3), NaN for fewer than four. */
export function fisherError(n: number): number {
  return n > 3 ? 1 / Math.sqrt(n - 3) : NaN;
}
