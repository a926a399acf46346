/**
 * Exact Euclidean distances on an anisotropic grid. Source: Felzenszwalb & Huttenlocher, Distance Transforms of Sampled
 * Functions, Theory of Computing 8 (2012), 415–428.
 */
import type { Mask, Vec3 } from "./volume.js";

/**
 * Distance in millimetres from the centre of every non-zero voxel to the centre of the nearest zero voxel; 0 in zero
 * voxels; Infinity everywhere where there is no zero voxel. `spacing` is in millimetres along i, j, k. What lies beyond
 * the volume does not count. As scipy.ndimage.distance_transform_edt.
 */
export function distanceTransform({ data, size }: Mask, spacing: Vec3): Float32Array<ArrayBuffer> {
  const isZero = data.map((label) => Number(label === 0));
  return new Float32Array(squaredDistances(isZero, size, spacing).map(Math.sqrt));
}

/** Squared millimetres from every voxel to the nearest one marked in `sites`; Infinity where none is. */
export function squaredDistances(sites: Uint8Array, size: Vec3, spacing: Vec3): Float64Array<ArrayBuffer> {
  const field = new Float64Array(sites.length);
  for (let n = 0; n < field.length; n++) field[n] = sites[n] === 0 ? Infinity : 0;
  const strides = [1, size[0], size[0] * size[1]];
  for (const axis of [0, 1, 2] as const)
    if (size[axis] > 1) sweep(field, size[axis], strides[axis], spacing[axis]);
  return field;
}

function sweep(field: Float64Array, length: number, stride: number, spacing: number): void {
  const line = new Float64Array(length);
  const envelope = new Envelope(length, spacing * spacing);
  for (let outer = 0; outer < field.length; outer += stride * length)
    for (let start = outer; start < outer + stride; start++) {
      for (let n = 0; n < length; n++) line[n] = field[start + n * stride];
      if (isFlat(line)) continue;
      envelope.build(line);
      envelope.sample(line, field, start, stride);
    }
}

/** True for a line of zeros or of infinities: nothing changes along it. */
function isFlat(line: Float64Array): boolean {
  const [first] = line;
  return (first === 0 || first === Infinity) && line.every((value) => value === first);
}

/** The lower envelope of the parabolas line[v] + scale · (n − v)². */
class Envelope {
  private readonly vertices: Int32Array;
  private readonly starts: Float64Array;
  private count = 0;

  constructor(
    private readonly length: number,
    private readonly scale: number,
  ) {
    this.vertices = new Int32Array(length);
    this.starts = new Float64Array(length);
  }

  build(line: Float64Array): void {
    this.count = 0;
    for (let q = 0; q < this.length; q++) if (line[q] !== Infinity) this.add(q, line);
  }

  private add(q: number, line: Float64Array): void {
    let start = -Infinity;
    while (this.count > 0) {
      start = this.crossing(this.vertices[this.count - 1], q, line);
      if (start > this.starts[this.count - 1]) break;
      this.count--;
      start = -Infinity;
    }
    this.vertices[this.count] = q;
    this.starts[this.count++] = start;
  }

  /** Where the parabola of q becomes lower than that of v (v < q). */
  private crossing(v: number, q: number, line: Float64Array): number {
    return ((line[q] - line[v]) / this.scale + (q * q - v * v)) / (2 * (q - v));
  }

  sample(line: Float64Array, field: Float64Array, start: number, stride: number): void {
    let m = 0;
    for (let n = 0; n < this.length; n++) {
      while (m + 1 < this.count && this.starts[m + 1] < n) m++;
      const v = this.vertices[m];
      field[start + n * stride] = line[v] + this.scale * (n - v) * (n - v);
    }
  }
}
