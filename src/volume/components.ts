/** Connected components of masks, and clean-up by their size. */
import type { Mask, Vec3 } from "./volume.js";

/** Neighbours share a face (6), a face or an edge (18), or at least a corner (26). */
export type Connectivity = 6 | 18 | 26;

export interface Components {
  /** 0 for background, else 1…count, numbered in the order in which the voxels are stored. */
  readonly labels: Int32Array<ArrayBuffer>;
  readonly count: number;
  /** Voxels of component n at sizes[n]; background at sizes[0]. */
  readonly sizes: Int32Array<ArrayBuffer>;
}

/** Components of everything that is not 0 (labels that touch are one), as scipy.ndimage.label. */
export function connectedComponents({ data, size }: Mask, connectivity: Connectivity = 26): Components {
  const foreground = data.map((label) => Number(label !== 0));
  return componentsOf(foreground, size, connectivity);
}

/** Components of every label by itself: two voxels belong together only where their labels are equal. */
export function labelComponents({ data, size }: Mask, connectivity: Connectivity = 26): Components {
  return componentsOf(data, size, connectivity);
}

/** The mask with only the largest component of `label` left (the first of equals); other labels stay. A copy. */
export function largestComponent(mask: Mask, label: number, connectivity: Connectivity = 26): Mask {
  const chosen = mask.data.map((value) => Number(value === label));
  const { labels, sizes } = componentsOf(chosen, mask.size, connectivity);
  let largest = 1;
  for (let n = 2; n < sizes.length; n++) if (sizes[n] > sizes[largest]) largest = n;
  const data = mask.data.map((value, n) => (labels[n] === 0 || labels[n] === largest ? value : 0));
  return { ...mask, data };
}

/** The mask without islands: components of each label with fewer than `minVoxels` voxels become 0. A copy. */
export function removeSmall(mask: Mask, minVoxels: number, connectivity: Connectivity = 26): Mask {
  const { labels, sizes } = labelComponents(mask, connectivity);
  const data = mask.data.map((value, n) => (value !== 0 && sizes[labels[n]] < minVoxels ? 0 : value));
  return { ...mask, data };
}

/** Largest number of axes in which neighbours differ. */
const reach: Readonly<Record<Connectivity, number>> = { 6: 1, 18: 2, 26: 3 };

/** Offsets to the neighbours that are stored earlier: half of the neighbourhood. */
function earlierNeighbours(connectivity: Connectivity): Vec3[] {
  const steps = [-1, 0, 1];
  const all = steps.flatMap((dk) => steps.flatMap((dj) => steps.map((di) => [di, dj, dk] as const)));
  const axes = (offset: Vec3) => offset.filter((d) => d !== 0).length;
  return all.slice(0, 13).filter((offset) => axes(offset) <= reach[connectivity]);
}

/** Two passes with union-find; roots are always the smallest number, which keeps the storage order. */
function componentsOf(data: Uint8Array, size: Vec3, connectivity: Connectivity): Components {
  const labels = new Int32Array(data.length);
  const parents = joinNeighbours(data, size, connectivity, labels);
  const final = new Int32Array(parents.length);
  let count = 0;
  for (let n = 1; n < parents.length; n++) final[n] = parents[n] === n ? ++count : final[find(parents, n)];
  const sizes = new Int32Array(count + 1);
  for (let n = 0; n < labels.length; n++) sizes[(labels[n] = final[labels[n]])]++;
  return { labels, count, sizes };
}

/** Gives every voxel a provisional number and returns the parent of each number. */
function joinNeighbours(
  data: Uint8Array,
  [ni, nj, nk]: Vec3,
  connectivity: Connectivity,
  labels: Int32Array,
) {
  const neighbours = earlierNeighbours(connectivity);
  const steps = neighbours.map(([di, dj, dk]) => di + ni * (dj + nj * dk));
  const parents = [0];
  const join = (n: number, i: number, j: number, k: number) => {
    for (let m = 0; m < steps.length; m++) {
      const [di, dj, dk] = neighbours[m];
      if (i + di < 0 || i + di >= ni || j + dj < 0 || j + dj >= nj || k + dk < 0) continue;
      const other = n + steps[m];
      if (data[other] !== data[n]) continue;
      labels[n] = labels[n] === 0 ? find(parents, labels[other]) : unite(parents, labels[n], labels[other]);
    }
    if (labels[n] === 0) labels[n] = parents.push(parents.length) - 1;
  };
  let n = 0;
  for (let k = 0; k < nk; k++)
    for (let j = 0; j < nj; j++) for (let i = 0; i < ni; i++, n++) if (data[n] !== 0) join(n, i, j, k);
  return parents;
}

function find(parents: number[], n: number): number {
  while (parents[n] !== n) n = parents[n] = parents[parents[n]];
  return n;
}

function unite(parents: number[], a: number, b: number): number {
  const [x, y] = [find(parents, a), find(parents, b)];
  return x < y ? (parents[y] = x) : (parents[x] = y);
}
