/** Cuts a loft with the plane of a slice. */
import type { Vec3 } from "../volume/volume.js";
import type { Level, Loft } from "./shapes.js";

/** The slice through the anatomy: where a warped anatomical point lies in the picture, and the level w over (p, q). */
export interface Plane {
  levelAt(p: number, q: number): number;
  place(point: Vec3): Vec3;
}

export interface Outline {
  /** x, y, x, y … in the picture, mm. */
  readonly points: Float64Array;
  readonly closed: boolean;
  /** Millimetres by which the slice lies beyond the loft's ends, 0 inside. */
  readonly beyond: number;
}

const pieces = 4;

/** The loft's outline in a slice, smooth between its points; undefined when the slice misses it by more than `reach` mm. */
export function outline(shape: Loft, plane: Plane, reach: number): Outline | undefined {
  const { levels } = shape;
  const first = levels[0];
  const last = levels[levels.length - 1];
  const middle = centreOf(levels[levels.length >> 1][1]);
  const w = plane.levelAt(middle[0], middle[1]);
  const beyond = Math.max(0, Math.min(first[0], last[0]) - w, w - Math.max(first[0], last[0]));
  if (beyond > reach) return undefined;
  const closed = shape.open !== true;
  return { points: smooth(placed(levels, plane), closed), closed, beyond };
}

function centreOf(contour: readonly number[]): [number, number] {
  let p = 0;
  let q = 0;
  for (let n = 0; n < contour.length; n += 2) {
    p += contour[n];
    q += contour[n + 1];
  }
  return [(2 * p) / contour.length, (2 * q) / contour.length];
}

function placed(levels: readonly Level[], plane: Plane): number[] {
  const points: number[] = [];
  const sample = levels[levels.length >> 1][1];
  for (let n = 0; n < sample.length; n += 2) {
    const w = plane.levelAt(sample[n], sample[n + 1]);
    const [low, high, t] = bracket(levels, w);
    const p = low[n] + t * (high[n] - low[n]);
    const q = low[n + 1] + t * (high[n + 1] - low[n + 1]);
    const [x, y] = plane.place([p, q, plane.levelAt(p, q)]);
    points.push(x, y);
  }
  return points;
}

/** The two contours around level w and the fraction between them; levels may run up or down. */
function bracket(levels: readonly Level[], w: number): [readonly number[], readonly number[], number] {
  for (let n = 1; n < levels.length; n++) {
    const a = levels[n - 1];
    const b = levels[n];
    const t = (w - a[0]) / (b[0] - a[0]);
    if (t <= 1 || n === levels.length - 1) return [a[1], b[1], Math.min(1, Math.max(0, t))];
  }
  return [levels[0][1], levels[0][1], 0];
}

/** Catmull–Rom through the points. */
function smooth(points: readonly number[], closed: boolean): Float64Array {
  const count = points.length / 2;
  const spans = closed ? count : count - 1;
  const dense = new Float64Array(2 * (spans * pieces + (closed ? 0 : 1)));
  const index = (n: number) => 2 * (closed ? (n + count) % count : Math.min(count - 1, Math.max(0, n)));
  for (let span = 0; span < spans; span++) {
    const [a, b, c, d] = [index(span - 1), index(span), index(span + 1), index(span + 2)] as const;
    for (let piece = 0; piece < pieces; piece++) {
      const at = 2 * (span * pieces + piece);
      for (const axis of [0, 1]) {
        const values = [points[a + axis], points[b + axis], points[c + axis], points[d + axis]] as const;
        dense[at + axis] = spline(values, piece / pieces);
      }
    }
  }
  if (!closed) dense.set(points.slice(-2), dense.length - 2);
  return dense;
}

function spline([a, b, c, d]: readonly [number, number, number, number], t: number): number {
  const slope = c - a;
  const square = 2 * a - 5 * b + 4 * c - d;
  const cube = 3 * b - a - 3 * c + d;
  return b + 0.5 * t * (slope + t * (square + t * cube));
}
