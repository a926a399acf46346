/** Resampling between grids at any angle: every target voxel looks up its own place in the source. */
import { baseOf, isInside, kernels, mirror, type Method } from "./interpolation.js";
import type { Affine, Vec3 } from "./volume.js";

interface Source {
  readonly data: ArrayLike<number>;
  readonly size: Vec3;
}

type Sampler = (x: number, y: number, z: number) => number;

/** Values on the target grid of `size`; `affine` maps its indices to source indices. */
export function resampleOblique(
  source: Source,
  size: Vec3,
  affine: Affine,
  method: Method,
  outside: number | "edge",
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(size[0] * size[1] * size[2]);
  const sample = samplers[method](source);
  const [ni, nj, nk] = source.size;
  forEachPosition(size, affine, (n, x, y, z) => {
    const inside = outside === "edge" || (isInside(x, ni) && isInside(y, nj) && isInside(z, nk));
    out[n] = inside ? sample(x, y, z) : outside;
  });
  return out;
}

/** Calls `visit` for every target voxel with its number and its position in source indices. */
export function forEachPosition(
  [ni, nj, nk]: Vec3,
  affine: Affine,
  visit: (n: number, x: number, y: number, z: number) => void,
): void {
  const [a, b, c, d, e, f, g, h, p, q, r, s] = affine;
  let n = 0;
  for (let k = 0; k < nk; k++)
    for (let j = 0; j < nj; j++) {
      const x = b * j + c * k + d;
      const y = f * j + g * k + h;
      const z = q * j + r * k + s;
      for (let i = 0; i < ni; i++, n++) visit(n, x + a * i, y + e * i, z + p * i);
    }
}

const clamp = (position: number, length: number) => Math.min(Math.max(position, 0), length - 1);

function nearestSampler({ data, size: [ni, nj, nk] }: Source): Sampler {
  const base = (position: number, length: number) => baseOf(position, length, "nearest");
  return (x, y, z) => data[base(x, ni) + ni * (base(y, nj) + nj * base(z, nk))];
}

/** A neighbour of weight 0 is not looked at: its step is 0. */
function linearSampler({ data, size: [ni, nj, nk] }: Source): Sampler {
  const along = (a: number, b: number, t: number) => a + (b - a) * t;
  return (x, y, z) => {
    const cx = clamp(x, ni);
    const cy = clamp(y, nj);
    const cz = clamp(z, nk);
    const i = Math.floor(cx);
    const j = Math.floor(cy);
    const k = Math.floor(cz);
    const di = cx > i ? 1 : 0;
    const dj = cy > j ? ni : 0;
    const near = i + ni * (j + nj * k);
    const far = cz > k ? near + ni * nj : near;
    const row = (at: number) => along(data[at], data[at + di], cx - i);
    const plane = (at: number) => along(row(at), row(at + dj), cy - j);
    return along(plane(near), plane(far), cz - k);
  };
}

/** Expects spline coefficients. */
function cubicSampler({ data, size: [ni, nj, nk] }: Source): Sampler {
  const { taps, first, weigh } = kernels.cubic;
  const [ix, iy, iz] = [0, 1, 2].map(() => new Int32Array(taps));
  const [wx, wy, wz] = [0, 1, 2].map(() => new Float64Array(taps));
  const prepare = (
    position: number,
    length: number,
    stride: number,
    index: Int32Array,
    weights: Float64Array,
  ) => {
    const clamped = clamp(position, length);
    const base = Math.floor(clamped);
    weigh(clamped - base, weights, 0);
    for (let tap = 0; tap < taps; tap++) {
      const at = base + first + tap;
      index[tap] = (at >= 0 && at < length ? at : mirror(at, length)) * stride;
    }
  };
  return (x, y, z) => {
    prepare(x, ni, 1, ix, wx);
    prepare(y, nj, ni, iy, wy);
    prepare(z, nk, ni * nj, iz, wz);
    const [i0, i1, i2, i3] = [ix[0], ix[1], ix[2], ix[3]];
    const [w0, w1, w2, w3] = [wx[0], wx[1], wx[2], wx[3]];
    let sum = 0;
    for (let c = 0; c < taps; c++)
      for (let b = 0; b < taps; b++) {
        const row = iz[c] + iy[b];
        sum +=
          wz[c] *
          wy[b] *
          (w0 * data[row + i0] + w1 * data[row + i1] + w2 * data[row + i2] + w3 * data[row + i3]);
      }
    return sum;
  };
}

const samplers: Readonly<Record<Method, (source: Source) => Sampler>> = {
  nearest: nearestSampler,
  linear: linearSampler,
  cubic: cubicSampler,
};
