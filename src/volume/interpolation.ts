/** Interpolation along one axis: which voxels count, and how much. The table that resampling is built from. */

export type Method = "linear" | "nearest" | "cubic";

/** Half a voxel past the outermost centres is still the image; this much more is rounding. */
const slack = 1e-4;

/** Keeps the rounding of affines from deciding which way a position half-way between two voxels goes. */
const tieSlack = 1e-6;

interface Kernel {
  /** Number of voxels that count. */
  readonly taps: 1 | 2 | 4;
  /** From the voxel at or below the position to the first voxel that counts. */
  readonly first: number;
  /** Weights for a position `t` (0 ≤ t < 1) past a voxel, into `out` from `at`. */
  readonly weigh: (t: number, out: Float64Array, at: number) => void;
}

export const kernels: Readonly<Record<Method, Kernel>> = {
  nearest: { taps: 1, first: 0, weigh: (_, out, at) => void (out[at] = 1) },
  linear: {
    taps: 2,
    first: 0,
    weigh: (t, out, at) => {
      out[at] = 1 - t;
      out[at + 1] = t;
    },
  },
  cubic: {
    taps: 4,
    first: -1,
    weigh: (t, out, at) => {
      const u = 1 - t;
      out[at] = (u * u * u) / 6;
      out[at + 1] = 2 / 3 - t * t * (1 - t / 2);
      out[at + 2] = 2 / 3 - u * u * (1 - u / 2);
      out[at + 3] = (t * t * t) / 6;
    },
  },
};

/** True where a position lies in the field of view of an axis of that length. */
export function isInside(position: number, length: number): boolean {
  return position >= -0.5 - slack && position <= length - 0.5 + slack;
}

/** The voxel at or below a position (for "nearest" the closest one, halves upwards), after clamping to the axis. */
export function baseOf(position: number, length: number, method: Method): number {
  const clamped = Math.min(Math.max(position, 0), length - 1);
  return method === "nearest"
    ? Math.min(Math.floor(clamped + 0.5 + tieSlack), length - 1)
    : Math.floor(clamped);
}

/** An index past either end, mirrored at the outermost centre: −1 → 1, n → n − 2. */
export function mirror(index: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const folded = ((index % period) + period) % period;
  return Math.min(folded, period - folded);
}

export interface AxisTable {
  readonly taps: number;
  /** Voxels and weights of target n at n × taps. */
  readonly indices: Int32Array;
  readonly weights: Float64Array;
  readonly inside: Uint8Array;
}

/** The table for targets at positions offset + n × scale of an axis of `length` voxels. */
export function axisTable(
  count: number,
  length: number,
  offset: number,
  scale: number,
  method: Method,
): AxisTable {
  const { taps, first, weigh } = kernels[method];
  const indices = new Int32Array(count * taps);
  const weights = new Float64Array(count * taps);
  const inside = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    const position = offset + n * scale;
    const base = baseOf(position, length, method);
    inside[n] = Number(isInside(position, length));
    weigh(Math.min(Math.max(position, 0), length - 1) - base, weights, n * taps);
    for (let tap = 0; tap < taps; tap++) indices[n * taps + tap] = mirror(base + first + tap, length);
  }
  return { taps, indices, weights, inside };
}
