/** Intensities: percentiles, clipping, z-scores. Voxels that are not finite never count. */
import { MarrowError } from "../base/errors.js";
import type { Mask, Volume, VoxelArray } from "./volume.js";

/** The p-th percentile (0…100) by numpy's "linear" definition, NaN left out. NaN for no values at all. */
export function percentile(values: ArrayLike<number>, p: number): number {
  return percentiles(values, [p])[0];
}

/** Several percentiles with one sort. Throws BAD_ARGUMENT for p outside 0…100. */
export function percentiles(values: ArrayLike<number>, ps: readonly number[]): number[] {
  const wrong = ps.find((p) => !(p >= 0 && p <= 100));
  if (wrong !== undefined)
    throw new MarrowError("BAD_ARGUMENT", { expected: "a percentile from 0 to 100", found: `${wrong}` });
  const sorted = sortedNumbers(values);
  return ps.map((p) => {
    const position = (p / 100) * (sorted.length - 1);
    const below = Math.floor(position);
    const low = sorted[below] ?? NaN;
    const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
    return low === high ? low : low + (high - low) * (position - below);
  });
}

/** Typed arrays sort NaN to the end, where it is cut off. */
function sortedNumbers(values: ArrayLike<number>): Float32Array | Float64Array {
  const sorted = (
    values instanceof Float32Array ? Float32Array.from(values) : Float64Array.from(values)
  ).sort();
  let end = sorted.length;
  while (end > 0 && Number.isNaN(sorted[end - 1])) end--;
  return sorted.subarray(0, end);
}

/**
 * The volume with values below the `low` and above the `high` percentile set to these. Percentiles are taken over the
 * mask's non-zero voxels where one is given, and over all voxels where it is empty. NaN stays NaN.
 */
export function percentileClip(volume: Volume<VoxelArray>, low: number, high: number, mask?: Mask): Volume {
  const [least, most] = percentiles(selected(volume, mask), [low, high]);
  const data = new Float32Array(volume.data);
  for (let n = 0; n < data.length; n++) data[n] = data[n] < least ? least : data[n] > most ? most : data[n];
  return { ...volume, data };
}

/**
 * (value − mean) / SD, with mean and population SD over the finite voxels of the mask (all voxels without a mask or with
 * an empty one). A constant image becomes 0 everywhere, and so do voxels that are not finite. Throws GRID_MISMATCH where
 * the mask has another size.
 */
export function zScore(volume: Volume<VoxelArray>, mask?: Mask): Volume {
  const { mean, sd } = momentsOf(selected(volume, mask));
  const isConstant = !(sd > 1e-6 * Math.abs(mean)) || sd === 0;
  const score = (value: number) => (isConstant || !Number.isFinite(value) ? 0 : (value - mean) / sd);
  const data = new Float32Array(volume.data.length);
  for (let n = 0; n < data.length; n++) data[n] = score(volume.data[n]);
  return { ...volume, data };
}

/** Interquartile range of the normal distribution in standard deviations. */
const normalQuartiles = 1.349;

/**
 * (value − median) / (interquartile range / 1.349), both over the mask's non-zero voxels (all voxels without a mask or with
 * an empty one): a z-score that a lesion within the mask hardly moves. Where the quartiles are equal there is no scale, and
 * all becomes 0, as do voxels that are not finite. Throws GRID_MISMATCH where the mask has another size.
 */
export function robustScore(volume: Volume<VoxelArray>, mask?: Mask): Volume {
  const [low, median, high] = percentiles(selected(volume, mask), [25, 50, 75]);
  const scale = normalQuartiles / (high - low);
  const score = (value: number) => (high > low && Number.isFinite(value) ? (value - median) * scale : 0);
  const data = new Float32Array(volume.data.length);
  for (let n = 0; n < data.length; n++) data[n] = score(volume.data[n]);
  return { ...volume, data };
}

function selected({ data, size }: Volume<VoxelArray>, mask?: Mask): ArrayLike<number> {
  if (!mask) return data;
  if (mask.size.some((n, axis) => n !== size[axis]))
    throw new MarrowError("GRID_MISMATCH", {
      expected: size.join(" × "),
      found: `a mask of ${mask.size.join(" × ")}`,
    });
  const count = mask.data.reduce((sum, label) => sum + Number(label !== 0), 0);
  if (count === 0) return data;
  const values = new Float64Array(count);
  let n = 0;
  for (let at = 0; at < data.length; at++) if (mask.data[at] !== 0) values[n++] = data[at];
  return values;
}

/** Mean and population SD of the finite values, in two passes; NaN for none. */
function momentsOf(values: ArrayLike<number>): { mean: number; sd: number } {
  let count = 0;
  let sum = 0;
  for (let n = 0; n < values.length; n++)
    if (Number.isFinite(values[n])) {
      count++;
      sum += values[n];
    }
  const mean = sum / count;
  let squares = 0;
  for (let n = 0; n < values.length; n++) if (Number.isFinite(values[n])) squares += (values[n] - mean) ** 2;
  return { mean, sd: Math.sqrt(squares / count) };
}
