/** Resampling between grids whose axes are parallel: one pass per axis. */
import { gather, type Grid } from "./geometry.js";
import { axisTable, type AxisTable, type Method } from "./interpolation.js";
import type { Affine, Vec3, VoxelArray } from "./volume.js";

/** How target indices map to source indices: along target axis n runs source axis axes[n]. */
export interface Alignment {
  readonly axes: readonly (0 | 1 | 2)[];
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/**
 * The alignment of an affine from target to source indices, or undefined where an axis runs obliquely: off its source
 * axis by more than 1e-4 voxel over the whole target.
 */
export function alignmentOf(affine: Affine, size: Vec3): Alignment | undefined {
  const column = (c: number) => [affine[c], affine[4 + c], affine[8 + c]];
  const strongest = (values: number[]) =>
    values.map(Math.abs).reduce((best, v, n, all) => (v > all[best] ? n : best), 0);
  const axes = [0, 1, 2].map((c) => strongest(column(c)) as 0 | 1 | 2);
  if (new Set(axes).size !== 3) return undefined;
  const drift = (c: number) =>
    column(c).reduce((sum, v, row) => sum + (row === axes[c] ? 0 : Math.abs(v)), 0);
  if ([0, 1, 2].some((c) => drift(c) * size[c] > 1e-4)) return undefined;
  return {
    axes,
    scale: axes.map((row, c) => affine[row * 4 + c]),
    offset: axes.map((row) => affine[row * 4 + 3]),
  };
}

/** Values on the target grid of `size`; voxels outside get `outside`, or the nearest edge where it is "edge". */
export function resampleSeparable(
  source: { data: VoxelArray; size: Vec3 },
  size: Grid["size"],
  { axes, scale, offset }: Alignment,
  method: Method,
  outside: number | "edge",
): Float32Array<ArrayBuffer> {
  const strides = [1, source.size[0], source.size[0] * source.size[1]];
  const turned = axes.map((axis) => source.size[axis]) as unknown as Vec3;
  const isTurned = axes.some((axis, n) => axis !== n);
  const step = axes.map((axis) => strides[axis]) as unknown as Vec3;
  const tables = axes.map((_, n) => axisTable(size[n], turned[n], offset[n], scale[n], method));
  let values: VoxelArray = isTurned ? gather(source.data, turned, 0, step) : source.data;
  const current = [...turned];
  for (const axis of cheapestOrder(turned, size)) {
    values = resampleAxis(values, current as unknown as Vec3, axis, tables[axis]);
    current[axis] = size[axis];
  }
  const result = values as Float32Array<ArrayBuffer>;
  if (outside !== "edge") fillOutside(result, size, tables, outside);
  return result;
}

/** Shrinking axes first: the passes after them have less to do. */
function cheapestOrder(from: Vec3, to: Vec3): (0 | 1 | 2)[] {
  return ([2, 1, 0] as const).toSorted((a, b) => to[a] / from[a] - to[b] / from[b]);
}

/** Values [outer, size[axis], inner] in memory, with `table` applied along the axis. */
export function resampleAxis(
  values: VoxelArray,
  size: Vec3,
  axis: 0 | 1 | 2,
  table: AxisTable,
): Float32Array<ArrayBuffer> {
  const length = size[axis];
  const count = table.inside.length;
  const inner = size.slice(0, axis).reduce((product, n) => product * n, 1);
  const outer = values.length / (inner * length);
  const out = new Float32Array(outer * count * inner);
  for (let o = 0; o < outer; o++)
    for (let n = 0; n < count; n++)
      blend(values, o * length * inner, out, (o * count + n) * inner, inner, table, n * table.taps);
  return out;
}

/** One row of `inner` values: a weighted sum of rows of the source. */
function blend(
  values: VoxelArray,
  from: number,
  out: Float32Array,
  to: number,
  inner: number,
  { taps, indices, weights }: AxisTable,
  at: number,
): void {
  if (inner === 1) {
    let sum = 0;
    for (let tap = at; tap < at + taps; tap++) sum += weigh(weights[tap], values[from + indices[tap]]);
    out[to] = sum;
    return;
  }
  for (let tap = at; tap < at + taps; tap++) {
    const weight = weights[tap];
    if (weight === 0) continue;
    const row = from + indices[tap] * inner;
    for (let n = 0; n < inner; n++) out[to + n] += weight * values[row + n];
  }
}

/** A voxel of weight 0 does not count, not even when it is NaN. */
const weigh = (weight: number, value: number) => (weight === 0 ? 0 : weight * value);

function fillOutside(values: Float32Array, size: Vec3, tables: AxisTable[], outside: number): void {
  const [ti, tj, tk] = tables;
  if ([ti, tj, tk].every(({ inside }) => inside.every(Boolean))) return;
  let n = 0;
  for (let k = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++) {
      const row = tj.inside[j] & tk.inside[k];
      for (let i = 0; i < size[0]; i++, n++) if (!(row & ti.inside[i])) values[n] = outside;
    }
}
