/** Interprets shapes in the plane of one slice. */
import type { Vec3 } from "../volume/volume.js";
import { outline, type Plane } from "./contour.js";
import * as fields from "./field.js";
import type { Field, Raster } from "./field.js";
import type { Noise } from "./noise.js";
import { apply, toImage, type Grid } from "./pose.js";
import type { Capsule, Ellipsoid, Loft, Near, Shape } from "./shapes.js";

/** How far from an outline distances are known (mm): enough for cortex and for a voxel's width. */
const band = 5;

/** A person's own anatomy: growth of the tables and smooth deformation, wavelength and amplitude in mm. */
export interface Build {
  readonly scale: number;
  readonly amplitude: number;
  readonly wavelength: number;
  /** Fine irregularity of every outline (mm). */
  readonly ragged: number;
}

export class Slice implements Plane {
  readonly raster: Raster;
  private readonly known = new Map<Shape, Field>();

  constructor(
    private readonly grid: Grid,
    /** Height of the plane over the centre of the field of view, mm. */
    readonly z: number,
    private readonly build: Build,
    private readonly noise: Noise,
  ) {
    this.raster = { columns: grid.size[0], rows: grid.size[1], step: [grid.spacing[0], grid.spacing[1]] };
  }

  /** Distances to the shape; computed once per slice. */
  field(shape: Shape): Field {
    let found = this.known.get(shape);
    if (!found) this.known.set(shape, (found = this.evaluate(shape)));
    return found;
  }

  /** Level (in the tables' coordinates) of this plane over (p, q). */
  levelAt(p: number, q: number): number {
    const { tilt, centre } = this.grid;
    const { scale } = this.build;
    const flat = tilt[0][2] * (p * scale - centre[0]) + tilt[1][2] * (q * scale - centre[1]);
    return (centre[2] + (this.z - flat) / tilt[2][2]) / scale;
  }

  place(point: Vec3): Vec3 {
    return toImage(this.grid, this.warp(point));
  }

  /** From the tables' coordinates to this person's. */
  private warp([p, q, w]: Vec3): Vec3 {
    const { scale, amplitude, wavelength } = this.build;
    const shift = (key: number) =>
      amplitude * this.noise.at(p / wavelength + key, q / wavelength, w / wavelength);
    return [p * scale + shift(3.3), q * scale + shift(9.1), w * scale + shift(15.7)];
  }

  private evaluate(shape: Shape): Field {
    switch (shape.op) {
      case "loft":
        return this.loft(shape);
      case "capsule":
        return this.capsule(shape);
      case "ellipsoid":
        return this.ellipsoid(shape);
      case "near":
        return this.near(shape);
      case "and":
        return fields.intersection(shape.of.map((part) => this.field(part)));
      case "or":
        return fields.union(shape.of.map((part) => this.field(part)));
      case "cut":
        return fields.difference(this.field(shape.of), this.field(shape.by));
      case "grow":
        return fields.map(this.field(shape.of), (distance) => distance - shape.by);
      case "rough":
        return fields.map(this.field(shape.of), (distance, i, j) => {
          const x = fields.pixel(this.raster, 0, i) / shape.wavelength;
          const y = fields.pixel(this.raster, 1, j) / shape.wavelength;
          return distance + shape.amplitude * this.noise.at(x, y, this.z / shape.wavelength);
        });
    }
  }

  private loft(shape: Loft): Field {
    const found = outline(shape, this, band);
    if (!found) return fields.blank(this.raster, 1, 1, -1, -1);
    const field = fields.polygonField(this.raster, this.ragged(found.points), band);
    return found.beyond === 0 ? field : fields.map(field, (distance) => distance + found.beyond);
  }

  private ragged(points: Float64Array): Float64Array {
    const { ragged } = this.build;
    for (let n = 0; n < points.length; n += 2) {
      const [x, y] = [points[n] / 7, points[n + 1] / 7];
      points[n] = points[n] + ragged * this.noise.at(x, y, this.z / 12);
      points[n + 1] = points[n + 1] + ragged * this.noise.at(x + 11, y, this.z / 12);
    }
    return points;
  }

  private capsule({ from, to, radii }: Capsule): Field {
    const a = this.place(from);
    const b = this.place(to);
    const reach = Math.max(...radii) + band;
    if (this.z < Math.min(a[2], b[2]) - reach || this.z > Math.max(a[2], b[2]) + reach) return this.nothing();
    const axis = [b[0] - a[0], b[1] - a[1], b[2] - a[2]] as const;
    const scale = 1 / Math.max(1e-9, dot(axis, axis));
    const box = [
      Math.min(a[0], b[0]),
      Math.min(a[1], b[1]),
      Math.max(a[0], b[0]),
      Math.max(a[1], b[1]),
    ] as const;
    const [dx, dy, dz] = axis;
    const vz = this.z - a[2];
    return this.paint(box, reach, (x, y) => {
      const vx = x - a[0];
      const vy = y - a[1];
      const t = Math.min(1, Math.max(0, (vx * dx + vy * dy + vz * dz) * scale));
      return length(vx - t * dx, vy - t * dy, vz - t * dz) - radii[0] - t * (radii[1] - radii[0]);
    });
  }

  private ellipsoid({ centre, radii }: Ellipsoid): Field {
    const c = this.place(centre);
    const widest = Math.max(...radii);
    if (Math.abs(this.z - c[2]) > widest + band) return this.nothing();
    const [r0, r1, r2] = this.grid.tilt;
    const vz = this.z - c[2];
    return this.paint([c[0], c[1], c[0], c[1]], widest + band, (x, y) => {
      const vx = x - c[0];
      const vy = y - c[1];
      const p = (r0[0] * vx + r0[1] * vy + r0[2] * vz) / radii[0];
      const q = (r1[0] * vx + r1[1] * vy + r1[2] * vz) / radii[1];
      const w = (r2[0] * vx + r2[1] * vy + r2[2] * vz) / radii[2];
      const k = length(p, q, w);
      return (k * (k - 1)) / Math.max(1e-6, length(p / radii[0], q / radii[1], w / radii[2]));
    });
  }

  private near({ curve, at, level, radii }: Near): Field {
    const found = outline(curve, this, 0);
    if (!found) return this.nothing();
    const points = found.points;
    const [p, q] = this.table(points[0], points[1]);
    if (Math.abs(this.levelAt(p, q) - level) > radii[2] + 8) return this.nothing();
    const lengths = this.lengths(points);
    const narrow = Math.min(radii[0], radii[1]);
    const height = (this.levelAt(p, q) - level) / radii[2];
    return this.paint(fields.bounds(points), radii[1] + 2, (x, y) => {
      const [distance, along] = nearest(points, lengths, x, y);
      return (length((along - at) / radii[0], distance / radii[1], height) - 1) * narrow;
    });
  }

  /** Coordinates p, q of the tables under a point of the picture, without the deformation. */
  private table(x: number, y: number): [number, number] {
    const v = apply(this.grid.tilt, [x, y, this.z]);
    return [(v[0] + this.grid.centre[0]) / this.build.scale, (v[1] + this.grid.centre[1]) / this.build.scale];
  }

  private lengths(points: Float64Array): Float64Array {
    const lengths = new Float64Array(points.length / 2);
    for (let n = 1; n < lengths.length; n++) {
      const [ax, ay, bx, by] = fields.segment(points, n - 1, n);
      lengths[n] = lengths[n - 1] + Math.sqrt((bx - ax) * (bx - ax) + (by - ay) * (by - ay));
    }
    return lengths;
  }

  private nothing(): Field {
    return fields.blank(this.raster, 1, 1, -1, -1);
  }

  private paint(
    box: readonly [number, number, number, number],
    reach: number,
    distance: (x: number, y: number) => number,
  ): Field {
    const field = fields.blank(this.raster, box[0] - reach, box[1] - reach, box[2] + reach, box[3] + reach);
    for (let j = 0, n = 0; j < field.height; j++) {
      const y = fields.pixel(this.raster, 1, field.y + j);
      for (let i = 0; i < field.width; i++, n++) {
        field.data[n] = distance(fields.pixel(this.raster, 0, field.x + i), y);
      }
    }
    return field;
  }
}

function length(x: number, y: number, z: number): number {
  return Math.sqrt(x * x + y * y + z * z);
}

function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** Distance to a polyline, and the length along it to the nearest point. */
function nearest(points: Float64Array, lengths: Float64Array, x: number, y: number): [number, number] {
  let best = Infinity;
  let along = 0;
  for (let n = 1; n < lengths.length; n++) {
    const ax = points[2 * n - 2];
    const ay = points[2 * n - 1];
    const dx = points[2 * n] - ax;
    const dy = points[2 * n + 1] - ay;
    const length = lengths[n] - lengths[n - 1];
    const t = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (length * length + 1e-9)));
    const ex = x - ax - t * dx;
    const ey = y - ay - t * dy;
    const square = ex * ex + ey * ey;
    if (square >= best) continue;
    best = square;
    along = lengths[n - 1] + t * length;
  }
  return [Math.sqrt(best), along];
}
