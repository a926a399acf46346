/** Where two bones face each other, slice by slice. */
import { squaredDistances } from "../volume/distance.js";
import { spacingOf, type Mask, type Vec3 } from "../volume/volume.js";

/** A spacing across slices that no in-plane distance reaches: distances stay within their slice. */
const apart = 1e6;

/** Spacing for distances that stay within a slice. */
export function inPlaneSpacing(mask: Mask): Vec3 {
  const [i, j] = spacingOf(mask.affine);
  return [i, j, apart];
}

/** Squared in-plane distance (mm²) to the nearest marked voxel of the same slice; over 10¹¹ or Infinity where it has none. */
export function inPlaneDistances(sites: Uint8Array, mask: Mask): Float64Array {
  return squaredDistances(sites, mask.size, inPlaneSpacing(mask));
}

/**
 * Joint surface of a bone: voxels at its border within the slice, no further than `gapMm` from the other bone (centre to
 * centre, within the slice), whose next pixel towards the other bone is not their own bone. The last condition leaves out
 * the front and back of the bone beside the joint. `toOther` are squared in-plane distances to the other bone.
 */
export function jointSurface(
  bone: Uint8Array,
  toOther: Float64Array,
  { size }: Mask,
  gapMm: number,
): Uint8Array {
  const [ni, nj] = size;
  const surface = new Uint8Array(bone.length);
  for (let n = 0; n < bone.length; n++) {
    if (bone[n] === 0 || toOther[n] > gapMm * gapMm) continue;
    const i = n % ni;
    const j = Math.floor(n / ni) % nj;
    const [di, dj] = towards(fall(toOther, n, i, ni, 1), fall(toOther, n, j, nj, ni));
    if (bone[n + di + ni * dj] === 0) surface[n] = 1;
  }
  return surface;
}

/** The pixel next to one in the direction of two falls: an axis that falls by less than 0.4 of the other does not count. */
function towards(alongI: number, alongJ: number): readonly [di: number, dj: number] {
  const most = Math.max(Math.abs(alongI), Math.abs(alongJ));
  const step = (value: number) => (Math.abs(value) >= 0.4 * most ? Math.sign(value) : 0);
  return [step(alongI), step(alongJ)];
}

/** How much the distance falls from a voxel to its lower neighbour along one axis (mm), negative towards the lower index. */
function fall(field: Float64Array, n: number, at: number, length: number, stride: number): number {
  const before = at > 0 ? field[n - stride] : Infinity;
  const after = at < length - 1 ? field[n + stride] : Infinity;
  const best = Math.min(before, after);
  if (!(best < field[n])) return 0;
  const drop = Math.sqrt(field[n]) - Math.sqrt(best);
  return before < after ? -drop : drop;
}
