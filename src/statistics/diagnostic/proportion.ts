import { beta, normalMultiplier } from "../distributions/continuous.js";
import { estimate, notEstimable, type Estimate } from "../result.js";

export type ProportionInterval = "exact" | "wilson" | "wald";

/** Clopper–Pearson: never covers less than the level. */
export function clopperPearson(successes: number, n: number, level: number): [number, number] {
  const tail = (1 - level) / 2;
  const low = successes === 0 ? 0 : beta(successes, n - successes + 1).quantile(tail);
  const high = successes === n ? 1 : beta(successes + 1, n - successes).quantile(1 - tail);
  return [low, high];
}

/** Wilson's score interval. */
export function wilson(successes: number, n: number, level: number): [number, number] {
  const z = normalMultiplier(level);
  const p = successes / n;
  const scale = 1 + (z * z) / n;
  const centre = (p + (z * z) / (2 * n)) / scale;
  const margin = (z / scale) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return [successes === 0 ? 0 : centre - margin, successes === n ? 1 : centre + margin];
}

/** p ± z √(p (1 − p) / n), cut to 0…1: for comparison with papers that print it, misleading near 0 and 1. */
function wald(successes: number, n: number, level: number): [number, number] {
  const p = successes / n;
  const margin = normalMultiplier(level) * Math.sqrt((p * (1 - p)) / n);
  return [Math.max(0, p - margin), Math.min(1, p + margin)];
}

const intervals: Readonly<
  Record<
    ProportionInterval,
    { title: string; compute: (k: number, n: number, level: number) => [number, number] }
  >
> = {
  exact: { title: "Clopper–Pearson interval", compute: clopperPearson },
  wilson: { title: "Wilson interval", compute: wilson },
  wald: { title: "Wald interval", compute: wald },
};

/**
 * successes / n with its interval. n = 0: not estimable.
 * Source: Clopper & Pearson, Biometrika 26:404 (1934); Wilson, JASA 22:209 (1927).
 *
 * @example proportion("sensitivity", 34, 37) // 0.919, 0.781 to 0.983
 */
export function proportion(
  name: string,
  successes: number,
  n: number,
  { level = 0.95, interval = "exact" }: { level?: number; interval?: ProportionInterval } = {},
): Estimate {
  const { title, compute } = intervals[interval];
  const about = { name, n, level, method: `proportion, ${title}` };
  if (n === 0) return notEstimable(about, "no case counts for it");
  const [low, high] = compute(successes, n, level);
  return estimate({ ...about, value: successes / n, low, high, note: `${successes} of ${n}` });
}
