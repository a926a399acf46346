/**
 * Reads a patch out of a prepared volume through a spatial map. Outside the volume image and mask are both mirrored at the
 * outermost voxel (numpy's "reflect"), so that no structure is seen without its label. Images are interpolated linearly; a mask's voxel takes the label
 * that has the largest linear weight among its neighbours, so no label is ever invented.
 */
import { mirror } from "../../volume/interpolation.js";
import type { Prepared, Sample } from "./prepared.js";
import type { SpatialMap } from "./spatial.js";

/** Index of the voxel seen at index x of an axis of n voxels that is mirrored at both ends, endlessly. */
function reflect(x: number, n: number): number {
  return x >= 0 && x < n ? x : mirror(x, n);
}

/** Fills the sample, whose arrays have the patch's size. Picks the cheapest of three ways to do it. */
export function resamplePatch(source: Prepared, map: SpatialMap, into: Sample): void {
  const m = map.matrix;
  const mixesSlices = m[2] !== 0 || m[5] !== 0 || m[6] !== 0 || m[7] !== 0 || Math.abs(m[8]) !== 1;
  const inPlane = m[1] === 0 && m[3] === 0 && Math.abs(m[0]) === 1 && Math.abs(m[4]) === 1;
  if (mixesSlices || map.elastic?.movesAlongK) interpolate(source, map, into, sampleRow3d);
  else if (map.elastic || !inPlane) interpolate(source, map, into, sampleRow2d);
  else copy(source, map, into);
}

/** The mirrored index of each voxel of one axis when the map only shifts and flips. */
function axisIndices(map: SpatialMap, axis: number, n: number): Int32Array {
  const length = map.patch[axis];
  const first = map.centre[axis] - (map.matrix[4 * axis] * (length - 1)) / 2;
  return Int32Array.from({ length }, (_, o) => reflect(Math.round(first + map.matrix[4 * axis] * o), n));
}

function copy(source: Prepared, map: SpatialMap, into: Sample): void {
  const [pi, pj, pk] = map.patch;
  const [ni, nj, nk] = source.size;
  const [ti, tj, tk] = [axisIndices(map, 0, ni), axisIndices(map, 1, nj), axisIndices(map, 2, nk)];
  for (let k = 0, to = 0; k < pk; k++) {
    for (let j = 0; j < pj; j++, to += pi) {
      const row = ni * (tj[j] + nj * tk[k]);
      for (let c = 0; c < source.channelCount; c++) {
        gather(source.channels, row + c * ni * nj * nk, ti, into.image, to + c * pi * pj * pk);
      }
      gather(source.mask, row, ti, into.mask, to);
    }
  }
}

function gather<T extends Float32Array | Uint8Array>(
  from: T,
  row: number,
  index: Int32Array,
  into: T,
  to: number,
): void {
  for (let i = 0; i < index.length; i++) into[to + i] = from[row + index[i]];
}

/** Coordinates along i, j, k in the source, in voxels, of one row of the patch. */
type RowPlace = readonly [Float64Array, Float64Array, Float64Array];

type RowSampler = (source: Prepared, place: RowPlace, into: Sample, to: number, patchVoxels: number) => void;

function interpolate(source: Prepared, map: SpatialMap, into: Sample, sampleRow: RowSampler): void {
  const [pi, pj, pk] = map.patch;
  const place: RowPlace = [new Float64Array(pi), new Float64Array(pi), new Float64Array(pi)];
  const shift: RowPlace = [new Float64Array(pi), new Float64Array(pi), new Float64Array(pi)];
  for (let k = 0, to = 0; k < pk; k++) {
    for (let j = 0; j < pj; j++, to += pi) {
      for (let axis = 0; axis < 3; axis++) placeRow(map, axis, j, k, place[axis]);
      if (map.elastic) {
        map.elastic.row(j, k, shift);
        for (let axis = 0; axis < 3; axis++) bendRow(map, axis, shift, place[axis]);
      }
      sampleRow(source, place, into, to, pi * pj * pk);
    }
  }
}

function placeRow(
  { matrix, centre, patch }: SpatialMap,
  axis: number,
  j: number,
  k: number,
  out: Float64Array,
): void {
  const step = matrix[3 * axis];
  const across =
    matrix[3 * axis + 1] * (j - (patch[1] - 1) / 2) + matrix[3 * axis + 2] * (k - (patch[2] - 1) / 2);
  const start = centre[axis] + across - step * ((patch[0] - 1) / 2);
  for (let i = 0; i < out.length; i++) out[i] = start + step * i;
}

function bendRow({ matrix }: SpatialMap, axis: number, [u, v, w]: RowPlace, out: Float64Array): void {
  const a = matrix[3 * axis];
  const b = matrix[3 * axis + 1];
  const c = matrix[3 * axis + 2];
  for (let i = 0; i < out.length; i++) out[i] += a * u[i] + b * v[i] + c * w[i];
}

/** A row within one source slice: bilinear. */
function sampleRow2d(source: Prepared, place: RowPlace, into: Sample, to: number, patchVoxels: number): void {
  const [ni, nj, nk] = source.size;
  const { channels, mask } = source;
  const { image, mask: labels } = into;
  const [x, y] = place;
  const volume = ni * nj * nk;
  const z = reflect(Math.round(place[2][0]), nk);
  const base = ni * nj * z;
  const length = x.length;
  for (let i = 0; i < length; i++) {
    const px = x[i];
    const py = y[i];
    const xf = Math.floor(px);
    const yf = Math.floor(py);
    const fx = px - xf;
    const fy = py - yf;
    const inside = xf >= 0 && yf >= 0 && xf + 1 < ni && yf + 1 < nj;
    const xa = inside ? xf : reflect(xf, ni);
    const xb = inside ? xf + 1 : reflect(xf + 1, ni);
    const ya = base + ni * (inside ? yf : reflect(yf, nj));
    const yb = inside ? ya + ni : base + ni * reflect(yf + 1, nj);
    for (let c = 0, from = 0, at = to + i; c < source.channelCount; c++, from += volume, at += patchVoxels) {
      const upper = channels[from + ya + xa] * (1 - fx) + channels[from + ya + xb] * fx;
      const lower = channels[from + yb + xa] * (1 - fx) + channels[from + yb + xb] * fx;
      image[at] = upper * (1 - fy) + lower * fy;
    }
    const a = mask[ya + xa];
    const mixed = (a ^ mask[ya + xb]) | (a ^ mask[yb + xa]) | (a ^ mask[yb + xb]);
    labels[to + i] = mixed === 0 ? a : vote(source, xf, yf, z, fx, fy, 0);
  }
}

/** A row anywhere in the volume: trilinear. */
function sampleRow3d(source: Prepared, place: RowPlace, into: Sample, to: number, patchVoxels: number): void {
  const [ni, nj, nk] = source.size;
  const { channels, mask } = source;
  const { image, mask: labels } = into;
  const [x, y, z] = place;
  const slice = ni * nj;
  const volume = slice * nk;
  const length = x.length;
  for (let i = 0; i < length; i++) {
    const px = x[i];
    const py = y[i];
    const pz = z[i];
    const xf = Math.floor(px);
    const yf = Math.floor(py);
    const zf = Math.floor(pz);
    const fx = px - xf;
    const fy = py - yf;
    const fz = pz - zf;
    const inside = xf >= 0 && yf >= 0 && zf >= 0 && xf + 1 < ni && yf + 1 < nj && zf + 1 < nk;
    const xa = inside ? xf : reflect(xf, ni);
    const xb = inside ? xf + 1 : reflect(xf + 1, ni);
    const ya = ni * (inside ? yf : reflect(yf, nj));
    const yb = inside ? ya + ni : ni * reflect(yf + 1, nj);
    const za = slice * (inside ? zf : reflect(zf, nk));
    const zb = inside ? za + slice : slice * reflect(zf + 1, nk);
    const aa = ya + za;
    const ba = yb + za;
    const ab = ya + zb;
    const bb = yb + zb;
    for (let c = 0, from = 0, at = to + i; c < source.channelCount; c++, from += volume, at += patchVoxels) {
      const l = from + xa;
      const r = from + xb;
      const near =
        (channels[l + aa] * (1 - fx) + channels[r + aa] * fx) * (1 - fy) +
        (channels[l + ba] * (1 - fx) + channels[r + ba] * fx) * fy;
      const far =
        (channels[l + ab] * (1 - fx) + channels[r + ab] * fx) * (1 - fy) +
        (channels[l + bb] * (1 - fx) + channels[r + bb] * fx) * fy;
      image[at] = near * (1 - fz) + far * fz;
    }
    const a = mask[xa + aa];
    const mixed =
      (a ^ mask[xb + aa]) |
      (a ^ mask[xa + ba]) |
      (a ^ mask[xb + ba]) |
      (a ^ mask[xa + ab]) |
      (a ^ mask[xb + ab]) |
      (a ^ mask[xa + bb]) |
      (a ^ mask[xb + bb]);
    labels[to + i] = mixed === 0 ? a : vote(source, xf, yf, zf, fx, fy, fz);
  }
}

const votes = new Float64Array(256);
const corners = new Uint8Array(8);

/** The label with the largest trilinear weight around a point; ties go to the smallest. */
function vote(source: Prepared, x: number, y: number, z: number, fx: number, fy: number, fz: number): number {
  for (let c = 0; c < 8; c++) {
    const label = labelAt(source, x + (c & 1), y + ((c >> 1) & 1), z + (c >> 2));
    corners[c] = label;
    votes[label] += (c & 1 ? fx : 1 - fx) * (c & 2 ? fy : 1 - fy) * (c & 4 ? fz : 1 - fz);
  }
  let best = corners[0];
  for (let c = 1; c < 8; c++) {
    const label = corners[c];
    if (votes[label] > votes[best] || (votes[label] === votes[best] && label < best)) best = label;
  }
  for (let c = 0; c < 8; c++) votes[corners[c]] = 0;
  return best;
}

function labelAt(source: Prepared, x: number, y: number, z: number): number {
  const [ni, nj, nk] = source.size;
  return source.mask[reflect(x, ni) + ni * (reflect(y, nj) + nj * reflect(z, nk))];
}
