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
  const corners = new Uint8Array(8);
  const clamp = (position: number, length: number) => Math.min(Math.max(position, 0), length - 1);
  return (x, y, z) => {
    const cx = clamp(x, ni);
    const cy = clamp(y, nj);
    const cz = clamp(z, nk);
    const i = Math.floor(cx);
    const j = Math.floor(cy);
    const k = Math.floor(cz);
    const di = cx > i ? 1 : 0;
    const dj = cy > j ? ni : 0;
    const dk = cz > k ? ni * nj : 0;
    if (!collect(data, i + ni * (j + nj * k), di, dj, dk, corners)) return corners[0];
    return largestShare(share, corners, cx - i, cy - j, cz - k);
  };
}

/** Fills in the labels of eight corners; true where they differ. */
function collect(
  data: Uint8Array,
  base: number,
  di: number,
  dj: number,
  dk: number,
  corners: Uint8Array,
): boolean {
  const first = (corners[0] = data[base]);
  let mixed = 0;
  mixed |= first ^ (corners[1] = data[base + di]);
  mixed |= first ^ (corners[2] = data[base + dj]);
  mixed |= first ^ (corners[3] = data[base + dj + di]);
  mixed |= first ^ (corners[4] = data[base + dk]);
  mixed |= first ^ (corners[5] = data[base + dk + di]);
  mixed |= first ^ (corners[6] = data[base + dk + dj]);
  mixed |= first ^ (corners[7] = data[base + dk + dj + di]);
  return mixed !== 0;
}

function largestShare(share: Float64Array, corners: Uint8Array, u: number, v: number, w: number): number {
  for (let n = 0; n < 8; n++)
    share[corners[n]] += (n & 1 ? u : 1 - u) * (n & 2 ? v : 1 - v) * (n & 4 ? w : 1 - w);
  let best = corners[0];
  for (let n = 1; n < 8; n++) {
    const label = corners[n];
    const lead = share[label] - share[best];
    if (lead > tie || (lead >= -tie && label < best)) best = label;
  }
  for (let n = 0; n < 8; n++) share[corners[n]] = 0;
  return best;
}
