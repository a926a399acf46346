import { Random } from "../../base/random.js";
import { percentiles } from "../../volume/intensity.js";
import { momentsOf } from "../descriptive/moments.js";
import { normal } from "../distributions/continuous.js";
import { estimate, notEstimable, notes, type Estimate } from "../result.js";

export interface BootstrapOptions {
  readonly level?: number;
  readonly resamples?: number;
  readonly seed?: number;
  readonly method?: BootstrapMethod;
}

export type BootstrapMethod = "percentile" | "bca" | "basic" | "normal";

interface Resampled {
  readonly value: number;
  readonly draws: readonly number[];
  /** The statistic with one unit left out at a time; costs as many evaluations as there are units. */
  readonly jackknife: () => number[];
}

/** The interval of each method from the resampled values and the two tail probabilities. */
const methods: Readonly<
  Record<BootstrapMethod, { title: string; ends: (r: Resampled, tails: readonly number[]) => number[] }>
> = {
  percentile: { title: "percentile", ends: ({ draws }, tails) => quantiles(draws, tails) },
  bca: { title: "BCa", ends: (r, tails) => quantiles(r.draws, bcaTails(r, tails)) },
  basic: {
    title: "basic",
    ends: ({ value, draws }, tails) =>
      quantiles(draws, tails)
        .map((end) => 2 * value - end)
        .reverse(),
  },
  normal: {
    title: "bias-corrected normal",
    ends: ({ value, draws }, tails) => {
      const { mean, sd } = momentsOf(draws);
      return tails.map((tail) => 2 * value - mean + normal.quantile(tail) * sd);
    },
  },
};

const quantiles = (draws: readonly number[], ps: readonly number[]) =>
  percentiles(
    draws,
    ps.map((p) => 100 * p),
  );

/** What is resampled: the statistic of any choice of units, and how many units there are. */
export interface BootstrapProblem {
  readonly name: string;
  /** Units drawn with replacement: patients, never slices or lesions. */
  readonly units: number;
  /** The statistic of these units (indices, some more than once); NaN where it is not defined for them. */
  readonly statistic: (units: ArrayLike<number>) => number;
}

/**
 * Bootstrap interval of any statistic, seeded, 10 000 resamples unless told otherwise. BCa (bias-corrected and
 * accelerated, by the jackknife over units) unless another method is asked for. Resamples in which the statistic is not
 * defined are left out and counted; where they are more than half, or there are fewer than two units, or all resamples
 * agree, there is no interval.
 * Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapters 13 and 14.
 *
 * @example bootstrap({ name: "mean", units: 4, statistic: (units) => meanOf(units.map((n) => values[n])) })
 */
export function bootstrap(problem: BootstrapProblem, options: BootstrapOptions = {}): Estimate {
  const { level = 0.95, resamples = 10_000, seed = 1, method = "bca" } = options;
  const { name, units, statistic } = problem;
  const { title, ends } = methods[method];
  const about = {
    name,
    n: units,
    level,
    method: `${title} bootstrap, ${resamples} resamples of patients, seed ${seed}`,
  };
  const all = Array.from({ length: units }, (_, n) => n);
  const value = units === 0 ? NaN : statistic(all);
  if (!Number.isFinite(value)) return notEstimable(about, "the statistic is not defined for these data");
  const random = new Random(seed, "bootstrap");
  const draws = Array.from({ length: resamples }, () => statistic(draw(units, random)));
  const defined = draws.filter(Number.isFinite);
  const undefinedCount = resamples - defined.length;
  const reason = noInterval(units, defined, resamples);
  if (reason !== undefined) return estimate({ ...about, value, note: `no interval: ${reason}` });
  const tails = [(1 - level) / 2, (1 + level) / 2];
  const resampled = { value, draws: defined, jackknife: () => leaveOneOut(all, statistic) };
  const [low, high] = ends(resampled, tails);
  const note = notes(undefinedCount > 0 && `${undefinedCount} resamples without a defined value left out`);
  return estimate({ ...about, value, low, high, note });
}

function noInterval(units: number, defined: readonly number[], resamples: number): string | undefined {
  if (units < 2) return "fewer than two patients";
  if (defined.length < resamples / 2) return "the statistic is not defined in most resamples";
  if (defined.every((value) => value === defined[0])) return "all resamples give the same value";
  return undefined;
}

function draw(units: number, random: Random): Int32Array {
  const drawn = new Int32Array(units);
  for (let n = 0; n < units; n++) drawn[n] = random.integer(units);
  return drawn;
}

function leaveOneOut(all: readonly number[], statistic: BootstrapProblem["statistic"]): number[] {
  return all.map((left) => statistic(all.filter((unit) => unit !== left))).filter(Number.isFinite);
}

/** Probabilities at which BCa reads the resampled distribution (Efron & Tibshirani, equations 14.9 to 14.15). */
function bcaTails({ draws, value, jackknife }: Resampled, tails: readonly number[]): number[] {
  const leftOut = jackknife();
  const below =
    draws.filter((draw) => draw < value).length + draws.filter((draw) => draw === value).length / 2;
  const share = Math.min(1 - 0.5 / draws.length, Math.max(0.5 / draws.length, below / draws.length));
  const bias = normal.quantile(share);
  const mean = leftOut.reduce((sum, v) => sum + v, 0) / leftOut.length;
  const cubes = leftOut.reduce((sum, v) => sum + (mean - v) ** 3, 0);
  const squares = leftOut.reduce((sum, v) => sum + (mean - v) ** 2, 0);
  const skewness = cubes / (6 * squares ** 1.5);
  // Without spread, or with numbers beyond the range of floating point, there is nothing to accelerate.
  const acceleration = Number.isFinite(skewness) ? skewness : 0;
  return tails.map((tail) => {
    const z = bias + normal.quantile(tail);
    return normal.cdf(bias + z / (1 - acceleration * z));
  });
}

/**
 * Groups rows by patient, so that a bootstrap of patients can take rows (lesions, sides, slices) along: the row indices
 * of each patient, in order of first appearance.
 */
export function clustersOf(patients: readonly (string | number)[]): number[][] {
  const rows = new Map<string | number, number[]>();
  patients.forEach((patient, n) => rows.set(patient, [...(rows.get(patient) ?? []), n]));
  return [...rows.values()];
}

/** Bootstrap over clusters: the statistic sees row indices, whole patients at a time. */
export function clusterBootstrap(
  name: string,
  clusters: readonly (readonly number[])[],
  statistic: (rows: readonly number[]) => number,
  options: BootstrapOptions = {},
): Estimate {
  const ofUnits = (units: ArrayLike<number>) =>
    statistic(Array.from(units).flatMap((unit) => clusters[unit]));
  return bootstrap({ name, units: clusters.length, statistic: ofUnits }, options);
}
