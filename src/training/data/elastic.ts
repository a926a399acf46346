/**
 * Smooth random deformation: a cubic B-spline on a coarse seeded grid of displacements (Rueckert et al. 1999, "Nonrigid
 * registration using free-form deformations"). A field whose control displacements stay under 0.4 of the control
 * spacing cannot fold (Choi & Lee 2000), so `strongest` is kept below that.
 */
import type { Random } from "../../base/random.js";
import type { Vec3 } from "../../volume/volume.js";

const cellsPerAxis = 4;
/** Largest displacement of a control point, as a fraction of the control spacing. */
const strongest = 0.3;

/** For every voxel along one axis: the first of its four control points and their weights. */
interface AxisBasis {
  readonly first: Int32Array;
  readonly weights: Float64Array;
}

export class ElasticField {
  private readonly count: Vec3;
  private readonly bases: readonly [AxisBasis, AxisBasis, AxisBasis];
  /** Displacements of the control points, one array an axis, i fastest; an axis that may not move is absent. */
  private readonly control: readonly (Float64Array | undefined)[];
  private readonly planes: Float64Array[];
  private readonly rows: Float64Array[];
  private planeOf = -1;

  /** Axes of one voxel, and those not in `movable`, are not displaced. */
  constructor(patch: Vec3, movable: readonly boolean[], random: Random) {
    const cells = patch.map((n) => (n > 1 ? Math.min(cellsPerAxis, n) : 1));
    this.count = cells.map((n) => n + 3) as unknown as Vec3;
    this.bases = [0, 1, 2].map((a) => axisBasis(patch[a], cells[a])) as unknown as typeof this.bases;
    const strength = random.uniform(0, strongest);
    this.control = [0, 1, 2].map((a) =>
      movable[a] && patch[a] > 1 ? draw(this.count, (strength * patch[a]) / cells[a], random) : undefined,
    );
    this.planes = this.control.map(() => new Float64Array(this.count[0] * this.count[1]));
    this.rows = this.control.map(() => new Float64Array(this.count[0]));
  }

  /** True when voxels also move along k. */
  get movesAlongK(): boolean {
    return this.control[2] !== undefined;
  }

  /** Writes the displacement along each axis, in voxels, of all voxels of row (j, k). */
  row(j: number, k: number, out: readonly Float64Array[]): void {
    if (this.planeOf !== k) this.reducePlanes(k);
    for (let a = 0; a < 3; a++) {
      if (!this.control[a]) continue;
      combine(this.planes[a], this.bases[1], j, this.count[0], this.rows[a]);
      spread(this.rows[a], this.bases[0], out[a]);
    }
  }

  private reducePlanes(k: number): void {
    this.planeOf = k;
    const stride = this.count[0] * this.count[1];
    this.control.forEach((grid, a) => grid && combine(grid, this.bases[2], k, stride, this.planes[a]));
  }
}

function draw(count: Vec3, largest: number, random: Random): Float64Array {
  const grid = new Float64Array(count[0] * count[1] * count[2]);
  for (let n = 0; n < grid.length; n++) grid[n] = random.uniform(-largest, largest);
  return grid;
}

function axisBasis(n: number, cells: number): AxisBasis {
  const first = new Int32Array(n);
  const weights = new Float64Array(4 * n);
  for (let v = 0; v < n; v++) {
    const place = ((v + 0.5) * cells) / n;
    const cell = Math.min(cells - 1, Math.floor(place));
    first[v] = cell;
    weights.set(cubicBSpline(place - cell), 4 * v);
  }
  return { first, weights };
}

/** The four cubic B-spline weights at t in [0, 1] of a cell. */
function cubicBSpline(t: number): number[] {
  const s = 1 - t;
  return [
    (s * s * s) / 6,
    (3 * t * t * t - 6 * t * t + 4) / 6,
    (3 * s * s * s - 6 * s * s + 4) / 6,
    (t * t * t) / 6,
  ];
}

/** Sum of four consecutive slabs of `stride` values, weighted for voxel v. */
function combine(from: Float64Array, basis: AxisBasis, v: number, stride: number, to: Float64Array): void {
  const start = basis.first[v] * stride;
  const [a, b, c, d] = basis.weights.subarray(4 * v, 4 * v + 4);
  for (let n = 0; n < stride; n++) {
    const at = start + n;
    to[n] = a * from[at] + b * from[at + stride] + c * from[at + 2 * stride] + d * from[at + 3 * stride];
  }
}

function spread(controls: Float64Array, basis: AxisBasis, out: Float64Array): void {
  const { first, weights } = basis;
  for (let v = 0, w = 0; v < first.length; v++, w += 4) {
    const c = first[v];
    out[v] =
      weights[w] * controls[c] +
      weights[w + 1] * controls[c + 1] +
      weights[w + 2] * controls[c + 2] +
      weights[w + 3] * controls[c + 3];
  }
}
