/** Labels from one grid onto another. */
import { invertAffine, multiplyAffine, type Grid } from "./geometry.js";
import { isInside } from "./interpolation.js";
import { forEachPosition } from "./resample-oblique.js";
import type { Mask, Vec3 } from "./volume.js";

/** Shares closer than this are a tie; the lower label wins. */
const tie = 1e-6;

/**
 * A mask on another grid. Every label is thought of as an indicator image, interpolated linearly, and the label with the
 * largest share wins; ties go to the lower label. No label appears that was not there. Outside the field of view (half a
 * voxel past the outermost centres): 0. Cost does not grow with the number of labels: at most eight voxels have a share.
 */
export function resampleMask(mask: Mask, grid: Grid): Mask {
  const [ni, nj, nk] = mask.size;
  const affine = multiplyAffine(invertAffine(mask.affine), grid.affine);
  const data = new Uint8Array(grid.size[0] * grid.size[1] * grid.size[2]);
  const vote = voter(mask.data, mask.size);
  forEachPosition(grid.size, affine, (n, x, y, z) => {
    if (isInside(x, ni) && isInside(y, nj) && isInside(z, nk)) data[n] = vote(x, y, z);
  });
  return { data, size: grid.size, affine: grid.affine };
}

function voter(data: Uint8Array, [ni, nj, nk]: Vec3): (x: number, y: number, z: number) => number {
  const share = new Float64Array(256);
  const clamp = (position: number, length: number) => Math.min(Math.max(position, 0), length - 1);
  return (x, y, z) => {
    const [cx, cy, cz] = [clamp(x, ni), clamp(y, nj), clamp(z, nk)];
    const [i, j, k] = [Math.floor(cx), Math.floor(cy), Math.floor(cz)];
    const base = i + ni * (j + nj * k);
    const si = i + 1 < ni ? 1 : 0;
    const sj = j + 1 < nj ? ni : 0;
    const sk = k + 1 < nk ? ni * nj : 0;
    const at = (corner: number) =>
      data[base + (corner & 1 ? si : 0) + (corner & 2 ? sj : 0) + (corner & 4 ? sk : 0)];
    const first = data[base];
    let mixed = 0;
    for (let corner = 1; corner < 8; corner++) mixed |= at(corner) ^ first;
    if (mixed === 0) return first;
    return largestShare(share, at, cx - i, cy - j, cz - k);
  };
}

function largestShare(
  share: Float64Array,
  at: (corner: number) => number,
  u: number,
  v: number,
  w: number,
): number {
  for (let corner = 0; corner < 8; corner++)
    share[at(corner)] += (corner & 1 ? u : 1 - u) * (corner & 2 ? v : 1 - v) * (corner & 4 ? w : 1 - w);
  let best = at(0);
  for (let corner = 1; corner < 8; corner++) {
    const label = at(corner);
    const lead = share[label] - share[best];
    if (lead > tie || (lead >= -tie && label < best)) best = label;
  }
  for (let corner = 0; corner < 8; corner++) share[at(corner)] = 0;
  return best;
}
