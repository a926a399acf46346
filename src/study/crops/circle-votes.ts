/**
 * Circles in slices, by voting (Hough): every edge votes for the centres of circles on whose rim it could lie. A bright disc
 * collects positive votes and a dark one negative; edges of both kinds take each other out, as noise and texture do.
 */

/** One slice, row by row, pixels of equal width and height. */
export interface Plane {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

interface Edge {
  readonly x: number;
  readonly y: number;
  /** Direction in which the picture grows brighter, of length 1. */
  readonly dx: number;
  readonly dy: number;
  readonly weight: number;
}

/** Gradients count in full from this share of the steepest on. */
const steep = 0.9;
/** Gradients below this share of a full one are not an edge. */
const weakest = 0.15;

/** The edges of a slice; a gradient's weight is bounded, so that a bright vessel counts no more than a bone's rim. */
function edgesOf({ data, width, height }: Plane): Edge[] {
  const edges: Edge[] = [];
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const n = y * width + x;
      const [dx, dy] = [(data[n + 1] - data[n - 1]) / 2, (data[n + width] - data[n - width]) / 2];
      const weight = Math.hypot(dx, dy);
      if (weight > 0) edges.push({ x, y, dx: dx / weight, dy: dy / weight, weight });
    }
  const sorted = Float32Array.from(edges, ({ weight }) => weight).sort();
  const full = sorted[Math.floor(steep * sorted.length)] ?? 1;
  return edges
    .map((edge) => ({ ...edge, weight: Math.min(1, edge.weight / full) }))
    .filter(({ weight }) => weight >= weakest);
}

/** Votes of a slice for the centres of circles, as share of the rim's length: one plane for each radius (pixels). */
export function circleVotes(plane: Plane, radii: readonly number[]): Float32Array<ArrayBuffer>[] {
  const edges = edgesOf(plane);
  return radii.map((radius) => {
    const votes = new Float32Array(plane.width * plane.height);
    const share = 1 / (2 * Math.PI * radius);
    for (const { x, y, dx, dy, weight } of edges) {
      cast(votes, plane, x + radius * dx, y + radius * dy, weight * share);
      cast(votes, plane, x - radius * dx, y - radius * dy, -weight * share);
    }
    return votes;
  });
}

/** Adds a vote, divided among the four pixels round the point. */
function cast(votes: Float32Array, { width, height }: Plane, x: number, y: number, vote: number): void {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) return;
  const [fx, fy] = [x - left, y - top];
  const n = top * width + left;
  votes[n] += vote * (1 - fx) * (1 - fy);
  votes[n + 1] += vote * fx * (1 - fy);
  votes[n + width] += vote * (1 - fx) * fy;
  votes[n + width + 1] += vote * fx * fy;
}

/** Binomial weights of five pixels. */
const taps = [1, 4, 6, 4, 1] as const;

/** Weighted means over 5 × 5 pixels; edges are repeated. */
export function blurred(plane: Plane): Float32Array<ArrayBuffer> {
  return weighted(plane, 16);
}

/** Votes of a pixel and, weighted less with distance, of its neighbours: edges do not meet in one point. */
export function gathered(plane: Plane): Float32Array<ArrayBuffer> {
  return weighted(plane, taps[2]);
}

function weighted({ data, width, height }: Plane, divisor: number): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(data.length);
  const result = new Float32Array(data.length);
  const within = (n: number, length: number) => Math.min(Math.max(n, 0), length - 1);
  for (let x = 0; x < width; x++) {
    const columns = taps.map((_, tap) => within(x + tap - 2, width));
    for (let start = 0; start < data.length; start += width) {
      let sum = 0;
      for (let tap = 0; tap < 5; tap++) sum += taps[tap] * data[start + columns[tap]];
      rows[start + x] = sum / divisor;
    }
  }
  for (let y = 0; y < height; y++) {
    const starts = taps.map((_, tap) => width * within(y + tap - 2, height));
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let tap = 0; tap < 5; tap++) sum += taps[tap] * rows[starts[tap] + x];
      result[y * width + x] = sum / divisor;
    }
  }
  return result;
}
