/** From ideal signal to what a scanner stores: point spread, coil sensitivity, Rician noise, whole numbers. */
import type { Random } from "../base/random.js";
import type { Grid } from "./pose.js";
import { offset } from "./pose.js";

export interface Acquisition {
  /** Share of a voxel's signal that leaks to each neighbour in the slice. */
  readonly blur: number;
  /** Coil: position in the picture (mm), distance at which it has lost half of its extra gain, and that extra gain. */
  readonly coil: readonly [x: number, y: number, reach: number, gain: number];
  /** Linear shading per metre along x, y and z. */
  readonly shading: readonly [number, number, number];
  /** Standard deviation of the noise in each of the two channels, relative to the bright reference tissue (1). */
  readonly noise: number;
  /** Stored value of signal 1. */
  readonly scale: number;
}

/** The image as stored: whole numbers ≥ 0. */
export function acquire(
  signal: Float32Array,
  grid: Grid,
  how: Acquisition,
  random: Random,
): Float32Array<ArrayBuffer> {
  const image = new Float32Array(signal.length);
  const [ni, nj, nk] = grid.size;
  for (let k = 0, n = 0; k < nk; k++) {
    const spread = blurred(signal.subarray(k * ni * nj, (k + 1) * ni * nj), ni, nj, how.blur);
    for (let j = 0; j < nj; j++) {
      for (let i = 0; i < ni; i++, n++) {
        const ideal =
          spread[i + ni * j] * gainAt(how, offset(grid, 0, i), offset(grid, 1, j), offset(grid, 2, k));
        image[n] = Math.round(how.scale * rician(ideal, how.noise, random));
      }
    }
  }
  return image;
}

/** Magnitude of a complex signal with independent noise in both channels (Gudbjartsson & Patz 1995). */
export function rician(signal: number, sd: number, random: Random): number {
  const real = signal + sd * deviate(random);
  const imaginary = sd * deviate(random);
  return Math.sqrt(real * real + imaginary * imaginary);
}

/** Mean 0, standard deviation 1, nearly normal: the sum of four uniforms, without logarithm or cosine. */
export function deviate(random: Random): number {
  const a = random.uint32();
  const b = random.uint32();
  const sum = (a >>> 16) + (a & 65535) + (b >>> 16) + (b & 65535);
  return (sum / 65536 - 2) * 1.7320508075688772;
}

function gainAt({ coil, shading }: Acquisition, x: number, y: number, z: number): number {
  const [cx, cy, reach, extra] = coil;
  const square = ((x - cx) * (x - cx) + (y - cy) * (y - cy)) / (reach * reach);
  return 1 + extra / (1 + square) + (shading[0] * x + shading[1] * y + shading[2] * z) / 1000;
}

function blurred(slice: Float32Array, ni: number, nj: number, share: number): Float32Array {
  const along = spread(slice, ni, nj, 1, ni, share);
  return spread(along, nj, ni, ni, 1, share);
}

/** Leaks along the axis of `count` voxels `step` apart; the borders keep their own. */
function spread(from: Float32Array, count: number, lines: number, step: number, jump: number, share: number) {
  const to = new Float32Array(from.length);
  for (let line = 0; line < lines; line++) {
    for (let n = 0; n < count; n++) {
      const here = line * jump + n * step;
      const before = from[n > 0 ? here - step : here];
      const after = from[n < count - 1 ? here + step : here];
      to[here] = (1 - 2 * share) * from[here] + share * (before + after);
    }
  }
  return to;
}
