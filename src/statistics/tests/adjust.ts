/** Corrections of p-values for several comparisons. */

type Step = (p: number, rank: number, count: number) => number;
interface Procedure {
  readonly title: string;
  /** The adjusted value of the `rank`-th smallest p (from 1) of `count`. */
  readonly step: Step;
  /** How monotony is restored: from the smallest p up, from the largest down, or not at all. */
  readonly monotone: "up" | "down" | "none";
}

const harmonic = (count: number) =>
  Array.from({ length: count }, (_, n) => 1 / (n + 1)).reduce((a, b) => a + b, 0);

export const adjustments = {
  bonferroni: { title: "Bonferroni", step: (p, _, count) => p * count, monotone: "none" },
  holm: { title: "Holm (1979)", step: (p, rank, count) => p * (count - rank + 1), monotone: "up" },
  hochberg: { title: "Hochberg (1988)", step: (p, rank, count) => p * (count - rank + 1), monotone: "down" },
  "benjamini-hochberg": {
    title: "Benjamini–Hochberg (1995), false discovery rate",
    step: (p, rank, count) => (p * count) / rank,
    monotone: "down",
  },
  "benjamini-yekutieli": {
    title: "Benjamini–Yekutieli (2001), false discovery rate under dependence",
    step: (p, rank, count) => (p * count * harmonic(count)) / rank,
    monotone: "down",
  },
} as const satisfies Record<string, Procedure>;

export type Adjustment = keyof typeof adjustments;

/**
 * Adjusted p-values in the order given. A p that is null (not estimable) stays null and does not count as a comparison,
 * as in R. Bonferroni, Holm and Hochberg keep the family-wise error, the others the false discovery rate.
 *
 * @example adjustP([0.01, 0.04, 0.03], "holm") // [0.03, 0.06, 0.06]
 */
export function adjustP(ps: readonly (number | null)[], method: Adjustment): (number | null)[] {
  const { step, monotone }: Procedure = adjustments[method];
  const known = ps
    .flatMap((p, at) => (p === null || Number.isNaN(p) ? [] : [{ p, at }]))
    .sort((a, b) => a.p - b.p);
  const adjusted = known.map(({ p }, n) => step(p, n + 1, known.length));
  if (monotone === "up")
    for (let n = 1; n < adjusted.length; n++) adjusted[n] = Math.max(adjusted[n], adjusted[n - 1]);
  if (monotone === "down")
    for (let n = adjusted.length - 2; n >= 0; n--) adjusted[n] = Math.min(adjusted[n], adjusted[n + 1]);
  const result = ps.map((): number | null => null);
  known.forEach(({ at }, n) => (result[at] = Math.min(1, adjusted[n])));
  return result;
}
