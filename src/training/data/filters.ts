/** Filters on a D,H,W array, in place, edges repeated. Axes are named i, j, k (W, H, D). */
import type { Vec3 } from "../../volume/volume.js";

/** Gaussian blur with a standard deviation in voxels per axis (0: none), the kernel cut at four standard deviations. */
export function gaussianBlur(data: Float32Array, size: Vec3, sd: readonly number[]): void {
  const strides = [1, size[0], size[0] * size[1]];
  const scratch = new Float32Array(data.length);
  let from: Float32Array = data;
  let to: Float32Array = scratch;
  for (let axis = 0; axis < 3; axis++) {
    if (!(sd[axis] > 0) || size[axis] === 1) continue;
    convolve(from, to, strides[axis], size[axis], gaussianKernel(sd[axis]));
    [from, to] = [to, from];
  }
  if (from !== data) data.set(from);
}

/** Half of a symmetric kernel, centre first, whose full sum is 1. */
function gaussianKernel(sd: number): Float64Array {
  const half = Float64Array.from({ length: Math.floor(4 * sd + 0.5) + 1 }, (_, t) =>
    Math.exp((-t * t) / (2 * sd * sd)),
  );
  const sum = half.reduce((total, weight, t) => total + (t === 0 ? weight : 2 * weight), 0);
  return half.map((weight) => weight / sum);
}

function convolve(
  from: Float32Array,
  to: Float32Array,
  stride: number,
  n: number,
  kernel: Float64Array,
): void {
  const block = stride * n;
  for (let start = 0; start < from.length; start += block) {
    for (let v = 0; v < n; v++) {
      const at = start + v * stride;
      for (let s = 0; s < stride; s++) to[at + s] = kernel[0] * from[at + s];
      for (let t = 1; t < kernel.length; t++) {
        const left = start + Math.max(0, v - t) * stride;
        const right = start + Math.min(n - 1, v + t) * stride;
        const weight = kernel[t];
        for (let s = 0; s < stride; s++) to[at + s] += weight * (from[left + s] + from[right + s]);
      }
    }
  }
}

/** Two voxels of the fine grid that stand for the coarse neighbours of each voxel, and the weight of the second. */
interface CoarseAxis {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly weight: Float64Array;
}

/**
 * Simulates a coarser acquisition: nearest-neighbour to round(n × zoom) voxels per axis (zoom in (0, 1]), linearly back.
 */
export function lowResolution(data: Float32Array, size: Vec3, zoom: readonly number[]): void {
  const original = data.slice();
  const [ai, aj, ak] = [0, 1, 2].map((axis) => coarseAxis(size[axis], zoom[axis]));
  const [ni, nj, nk] = size;
  for (let k = 0, at = 0; k < nk; k++) {
    const [k0, k1, wk] = [ak.low[k] * ni * nj, ak.high[k] * ni * nj, ak.weight[k]];
    for (let j = 0; j < nj; j++) {
      const [j0, j1, wj] = [aj.low[j] * ni, aj.high[j] * ni, aj.weight[j]];
      for (let i = 0; i < ni; i++, at++) {
        const i0 = ai.low[i];
        const i1 = ai.high[i];
        const wi = ai.weight[i];
        const near = bilinear(original, k0 + j0, k0 + j1, i0, i1, wi, wj);
        data[at] =
          k0 === k1 ? near : near * (1 - wk) + bilinear(original, k1 + j0, k1 + j1, i0, i1, wi, wj) * wk;
      }
    }
  }
}

function bilinear(
  data: Float32Array,
  rowA: number,
  rowB: number,
  a: number,
  b: number,
  wx: number,
  wy: number,
): number {
  const upper = data[rowA + a] * (1 - wx) + data[rowA + b] * wx;
  const lower = data[rowB + a] * (1 - wx) + data[rowB + b] * wx;
  return upper * (1 - wy) + lower * wy;
}

function coarseAxis(n: number, zoom: number): CoarseAxis {
  const coarse = Math.max(1, Math.round(n * zoom));
  const fine = (c: number) => Math.min(n - 1, Math.floor(((c + 0.5) * n) / coarse));
  const axis = { low: new Int32Array(n), high: new Int32Array(n), weight: new Float64Array(n) };
  for (let v = 0; v < n; v++) {
    const place = Math.min(coarse - 1, Math.max(0, ((v + 0.5) * coarse) / n - 0.5));
    const first = Math.floor(place);
    axis.low[v] = fine(first);
    axis.high[v] = fine(Math.min(coarse - 1, first + 1));
    axis.weight[v] = place - first;
  }
  return axis;
}
