/** Lesions: connected components of one label, as lists of voxels. */
import { connectedComponents } from "../volume/components.js";
import { determinant } from "../volume/geometry.js";
import type { Affine, Mask } from "../volume/volume.js";

/** Voxels as their indices in the mask's data. A lesion is a region of its own. */
export interface Region {
  readonly voxels: Int32Array;
  /** The lesions that count for this region (those with most of their voxels in it). */
  readonly lesions: readonly Lesion[];
}

export interface Lesion {
  /** From 1, largest first; equals in storage order. */
  readonly number: number;
  readonly voxels: Int32Array;
}

/** Components (26 neighbours) of one label, largest first. An empty mask has none. */
export function lesionsOf(mask: Mask, label: number): Lesion[] {
  const only = { ...mask, data: mask.data.map((value) => Number(value === label)) };
  const { labels, sizes, count } = connectedComponents(only, 26);
  const lists = Array.from({ length: count }, (_, n) => new Int32Array(sizes[n + 1]));
  const filled = new Int32Array(count);
  for (let n = 0; n < labels.length; n++) {
    const component = labels[n] - 1;
    if (component >= 0) lists[component][filled[component]++] = n;
  }
  const order = lists.map((voxels, n) => ({ voxels, n }));
  order.sort((a, b) => b.voxels.length - a.voxels.length || a.n - b.n);
  return order.map(({ voxels }, n) => ({ number: n + 1, voxels }));
}

/** All voxels of all lesions. */
export function wholeRegion(lesions: readonly Lesion[]): Region {
  return { voxels: joined(lesions.map(({ voxels }) => voxels)), lesions };
}

/** The part of a region that `belongs`; its lesions are those with most of their voxels there. */
export function partOf(region: Region, belongs: (voxel: number) => boolean): Region {
  const mostly = ({ voxels }: Lesion) => 2 * voxels.filter(belongs).length > voxels.length;
  return { voxels: region.voxels.filter(belongs), lesions: region.lesions.filter(mostly) };
}

function joined(lists: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
}

/** Volume of a voxel in mm³. */
export function voxelVolume(affine: Affine): number {
  return Math.abs(determinant(affine));
}

/** The key that most voxels of a list have; ties go to the first met. Undefined for no voxel. */
export function mostCommon<T>(voxels: Int32Array, keyOf: (voxel: number) => T): T | undefined {
  const counts = new Map<T, number>();
  for (const voxel of voxels) counts.set(keyOf(voxel), (counts.get(keyOf(voxel)) ?? 0) + 1);
  let best: T | undefined;
  for (const [key, count] of counts) if (best === undefined || count > (counts.get(best) ?? 0)) best = key;
  return best;
}
