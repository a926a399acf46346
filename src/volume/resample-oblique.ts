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
  const sample = sampler(source, method);
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

function sampler({ data, size }: Source, method: Method): Sampler {
  const { taps, first, weigh } = kernels[method];
  const [ni, nj, nk] = size;
  const [ix, iy, iz] = [0, 1, 2].map(() => new Int32Array(taps));
  const [wx, wy, wz] = [0, 1, 2].map(() => new Float64Array(taps));
  const prepare = (
    position: number,
    length: number,
    stride: number,
    index: Int32Array,
    weights: Float64Array,
  ) => {
    const base = baseOf(position, length, method);
    weigh(Math.min(Math.max(position, 0), length - 1) - base, weights, 0);
    for (let tap = 0; tap < taps; tap++) {
      const at = base + first + tap;
      index[tap] = (at >= 0 && at < length ? at : mirror(at, length)) * stride;
    }
  };
  return (x, y, z) => {
    prepare(x, ni, 1, ix, wx);
    prepare(y, nj, ni, iy, wy);
    prepare(z, nk, ni * nj, iz, wz);
    let sum = 0;
    for (let c = 0; c < taps; c++)
      for (let b = 0; b < taps; b++) {
        const weight = wz[c] * wy[b];
        if (weight === 0) continue;
        const row = iz[c] + iy[b];
        for (let a = 0; a < taps; a++) if (wx[a] !== 0) sum += weight * wx[a] * data[row + ix[a]];
      }
    return sum;
  };
}
