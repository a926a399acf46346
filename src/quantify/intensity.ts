/** Intensities of a region: their moments, the reference they are compared with, and the bone around a lesion. */
import { squaredDistances } from "../volume/distance.js";
import { percentile } from "../volume/intensity.js";
import { spacingOf, type Mask, type Vec3, type Volume, type VoxelArray } from "../volume/volume.js";
import type { Scene } from "./scene.js";

/** Finite intensities at these voxels, in their order. */
export function valuesAt({ data }: Volume<VoxelArray>, voxels: ArrayLike<number>): Float64Array {
  const values = new Float64Array(voxels.length);
  let count = 0;
  for (let n = 0; n < voxels.length; n++)
    if (Number.isFinite(data[voxels[n]])) values[count++] = data[voxels[n]];
  return values.subarray(0, count);
}

/** Arithmetic mean; NaN for no values. */
export function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample standard deviation (n − 1); NaN for fewer than two values. */
export function sdOf(values: Float64Array): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return values.length < 2 ? NaN : Math.sqrt(squares / (values.length - 1));
}

/** What intensities are compared with, and in which words that is told. */
export interface Reference {
  readonly centre: number;
  readonly spread: number;
  readonly voxels: number;
  readonly origin: string;
}

/**
 * The scene's reference: mean and SD (n − 1) under the reference mask; without one, median and 1.4826 · MAD of the scan's
 * own tissue: the bone mask without lesions, or, without bones, everything above a tenth of the 99th percentile (which
 * leaves the air out). Undefined without an image or without a voxel.
 */
export function referenceOf(scene: Scene): Reference | undefined {
  const { image, reference } = scene;
  if (!image) return undefined;
  if (reference) return roiReference(valuesAt(image, indicesOf(reference.mask)), describe(scene));
  return robustReference(ownTissue(scene, image), describe(scene));
}

function describe({ reference, bones }: Scene): string {
  if (reference) return `mean and SD of the ${reference.tissue} mask (${reference.origin})`;
  const tissue = bones ? "bone without lesions" : "all voxels above a tenth of the 99th percentile";
  return `median and 1.4826 · MAD of the scan itself: ${tissue}`;
}

function roiReference(values: Float64Array, origin: string): Reference | undefined {
  if (values.length === 0) return undefined;
  return { centre: meanOf(values), spread: sdOf(values), voxels: values.length, origin };
}

function robustReference(values: Float64Array, origin: string): Reference | undefined {
  if (values.length === 0) return undefined;
  const centre = percentile(values, 50);
  const spread =
    1.4826 *
    percentile(
      values.map((value) => Math.abs(value - centre)),
      50,
    );
  return { centre, spread, voxels: values.length, origin };
}

function ownTissue({ mask, bones }: Scene, image: Volume<VoxelArray>): Float64Array {
  if (bones)
    return valuesAt(
      image,
      indicesOf(bones.mask, (n) => mask.data[n] === 0),
    );
  const finite = new Float64Array(image.data).filter(Number.isFinite);
  const floor = percentile(finite, 99) / 10;
  return finite.filter((value) => value > floor);
}

/** Indices of the voxels that are not 0, in storage order. */
export function indicesOf({ data }: Mask, also: (n: number) => boolean = () => true): Int32Array {
  const found: number[] = [];
  for (let n = 0; n < data.length; n++) if (data[n] !== 0 && also(n)) found.push(n);
  return Int32Array.from(found);
}

/**
 * Bone around a region: voxels of the bone mask without any finding, no further than `ringMm` from the region (centre to
 * centre). Anatomy that the lesion mask labels too (the femoral head) is bone like any other. Empty without bones.
 */
export function ringAround(
  voxels: Int32Array,
  { mask, bones, options }: Scene,
  findings: Uint8Array,
): Int32Array {
  if (!bones || voxels.length === 0) return new Int32Array(0);
  const spacing = spacingOf(mask.affine);
  const box = boxAround(voxels, mask.size, spacing, options.ringMm);
  const sites = new Uint8Array(box.length);
  for (const voxel of voxels) sites[box.inside(voxel)] = 1;
  const distances = squaredDistances(sites, box.size, spacing);
  const ring: number[] = [];
  for (let n = 0; n < distances.length; n++) {
    const voxel = box.outside(n);
    const isBone = bones.mask.data[voxel] !== 0 && findings[mask.data[voxel]] === 0;
    if (isBone && distances[n] > 0 && distances[n] <= options.ringMm ** 2) ring.push(voxel);
  }
  return Int32Array.from(ring);
}

interface Box {
  readonly size: Vec3;
  readonly length: number;
  /** Index in the box of a voxel of the volume, and back. */
  readonly inside: (voxel: number) => number;
  readonly outside: (n: number) => number;
}

/** The smallest box around the voxels with a margin in mm, cut at the volume's borders. */
function boxAround(voxels: Int32Array, size: Vec3, spacing: Vec3, margin: number): Box {
  const [ni, nj] = size;
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (const voxel of voxels)
    [voxel % ni, Math.floor(voxel / ni) % nj, Math.floor(voxel / (ni * nj))].forEach((at, axis) => {
      low[axis] = Math.min(low[axis], at);
      high[axis] = Math.max(high[axis], at);
    });
  const from = low.map((at, axis) => Math.max(0, at - Math.ceil(margin / spacing[axis])));
  const to = high.map((at, axis) => Math.min(size[axis] - 1, at + Math.ceil(margin / spacing[axis])));
  const [bi, bj, bk] = from.map((at, axis) => to[axis] - at + 1);
  return {
    size: [bi, bj, bk],
    length: bi * bj * bk,
    inside: (voxel) =>
      (voxel % ni) -
      from[0] +
      bi * ((Math.floor(voxel / ni) % nj) - from[1] + bj * (Math.floor(voxel / (ni * nj)) - from[2])),
    outside: (n) =>
      (n % bi) +
      from[0] +
      ni * ((Math.floor(n / bi) % bj) + from[1] + nj * (Math.floor(n / (bi * bj)) + from[2])),
  };
}
