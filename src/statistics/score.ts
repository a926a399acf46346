import { surfaceDistances } from "../volume/surface.js";
import { spacingOf, type Mask } from "../volume/volume.js";
import { countLabels, type Counts } from "./confusion.js";
import { overlapMetrics, surfaceMetrics, type MetricName, type MetricValues } from "./metrics.js";
import { diceBySlice, sliceAxisOf, type SliceScore } from "./slice-dice.js";
import { meanOfDefined } from "./summary.js";

export interface ScoreOptions {
  /** Distances between surfaces too; they cost about a second for a large mask. */
  readonly surface?: boolean;
  /** Tolerance of the surface Dice, 1 mm unless given. */
  readonly toleranceMm?: number;
  /** Dice slice by slice too. */
  readonly slices?: boolean;
}

export interface LabelScore {
  readonly label: number;
  readonly counts: Counts;
  readonly metrics: MetricValues;
  /** One entry for each slice, with `slices` alone. */
  readonly slices?: readonly SliceScore[];
}

/**
 * Every measure of every label. Masks lie on one grid (voxels, LPS+ mm); distances are in mm by the affine's spacing.
 * Empty masks: see `ratio.ts` (overlap: NaN for both, 0 for one) and `hausdorff95` (NaN, Infinity); counts are always
 * kept. Throws GRID_MISMATCH.
 *
 * @example scoreMask(prediction, reference, [1], { surface: true })[0].metrics.dice
 */
export function scoreMask(
  prediction: Mask,
  reference: Mask,
  labels: readonly number[],
  options: ScoreOptions = {},
): LabelScore[] {
  const counts = countLabels(prediction, reference, labels);
  return labels.map((label, n) => scoreLabel(prediction, reference, label, counts[n], options));
}

function scoreLabel(
  prediction: Mask,
  reference: Mask,
  label: number,
  counts: Counts,
  { surface = false, toleranceMm = 1, slices = false }: ScoreOptions,
): LabelScore {
  const metrics: MetricValues = {
    ...evaluateRows(overlapMetrics, (row) => row.compute(counts)),
    ...(surface ? surfaceScores(prediction, reference, label, toleranceMm) : {}),
  };
  if (!slices) return { label, counts, metrics };
  const bySlice = diceBySlice(prediction, reference, label, sliceAxisOf(reference));
  const sliceDice = meanOfDefined(bySlice.map((slice) => slice.dice));
  return { label, counts, metrics: { ...metrics, sliceDice }, slices: bySlice };
}

function surfaceScores(prediction: Mask, reference: Mask, label: number, toleranceMm: number): MetricValues {
  const [a, b] = [prediction, reference].map((mask) => ({
    ...mask,
    data: mask.data.map((v) => +(v === label)),
  }));
  const distances = surfaceDistances(a, b, spacingOf(reference.affine));
  return evaluateRows(surfaceMetrics, (row) => row.compute(distances, toleranceMm));
}

function evaluateRows<Row>(
  table: Readonly<Record<string, Row>>,
  compute: (row: Row) => number,
): MetricValues {
  return Object.fromEntries(Object.entries(table).map(([name, row]) => [name as MetricName, compute(row)]));
}
