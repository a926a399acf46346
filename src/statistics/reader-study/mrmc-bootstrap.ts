import { Random } from "../../base/random.js";
import { percentiles } from "../../volume/intensity.js";
import { estimate, notEstimable, notes, type Estimate } from "../result.js";
import type { CrossedReadings } from "./mrmc-data.js";

export interface MrmcBootstrapOptions {
  readonly level?: number;
  readonly resamples?: number;
  readonly seed?: number;
  /** `fixed`: readers are not resampled; the interval then holds for these readers alone. */
  readonly readers?: "random" | "fixed";
  /** Cases are drawn within these groups (e.g. the truth), so that every resample has cases of each kind. */
  readonly strata?: readonly (string | number)[];
}

/**
 * Bootstrap over readers and cases of the difference of two arms (the first minus the second of `readings`) in the
 * figure of merit averaged over readers; percentile interval, seeded, 10 000 resamples. Readers and cases are drawn
 * independently with replacement, and a drawn case keeps all its readings. Resamples without a defined value are left
 * out and counted. Fewer than two cases: not estimable.
 * Source: Gallas, Acad Radiol 13:353 (2006); Beiden, Wagner & Campbell, Acad Radiol 7:341 (2000).
 */
export function mrmcBootstrap(
  { arms, readers, scores }: CrossedReadings,
  merit: (scores: readonly number[], cases: readonly number[]) => number,
  options: MrmcBootstrapOptions = {},
): Estimate {
  const { level = 0.95, resamples = 10_000, seed = 1, readers: kind = "random" } = options;
  const n = scores[0]?.[0]?.length ?? 0;
  const groups = strataOf(options.strata ?? Array<number>(n).fill(0));
  const name = `difference ${arms[0] ?? "?"} − ${arms[1] ?? "?"}`;
  const drawn = kind === "random" ? "readers and cases" : "cases";
  const method = `percentile bootstrap over ${drawn}, ${resamples} resamples, seed ${seed}`;
  const about = { name, n, level, method };
  if (arms.length < 2 || readers.length === 0 || n < 2)
    return notEstimable(about, "fewer than two arms or cases");
  const of = (chosen: readonly number[], cases: readonly number[], arm: number) =>
    chosen.reduce(
      (sum, j) =>
        sum +
        merit(
          cases.map((k) => scores[arm][j][k]),
          cases,
        ),
      0,
    ) / chosen.length;
  const difference = (chosen: readonly number[], cases: readonly number[]) =>
    of(chosen, cases, 0) - of(chosen, cases, 1);
  const random = new Random(seed, "mrmc");
  const all = readers.map((_, j) => j);
  const values: number[] = [];
  for (let draw = 0; draw < resamples; draw++) {
    const chosen = kind === "random" ? all.map(() => random.pick(all)) : all;
    values.push(
      difference(
        chosen,
        groups.flatMap((group) => group.map(() => random.pick(group))),
      ),
    );
  }
  const defined = values.filter(Number.isFinite);
  const value = difference(all, groups.flat());
  if (defined.length < resamples / 2)
    return estimate({ ...about, value, note: "no interval: mostly undefined resamples" });
  const [low, high] = percentiles(defined, [50 - 50 * level, 50 + 50 * level]);
  const left = resamples - defined.length;
  return estimate({
    ...about,
    value,
    low,
    high,
    note: notes(left > 0 && `${left} undefined resamples left out`),
  });
}

function strataOf(strata: readonly (string | number)[]): number[][] {
  return [...new Set(strata)].map((label) => strata.flatMap((other, k) => (other === label ? [k] : [])));
}
