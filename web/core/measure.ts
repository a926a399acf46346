/** What is measured in the pictures: lengths, angles and areas of points in the patient, LPS+ mm. */
import type { Vec3 } from "../../src/volume/volume.js";
import { distanceMm } from "./linked.js";

export type MeasureKind = "distance" | "angle" | "area";

export interface Measurement {
  readonly kind: MeasureKind;
  /** Both ends; an end, the vertex and the other end; or the corners of an outline, in order. */
  readonly points: readonly Vec3[];
}

/** Points that a measurement needs before it says anything. */
export const pointsNeeded: Readonly<Record<MeasureKind, number>> = { distance: 2, angle: 3, area: 3 };

const minus = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const cross = (a: Vec3, b: Vec3): Vec3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const dot = (a: Vec3, b: Vec3) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** Degrees, 0…180, at `vertex` between two points; NaN where one of them is the vertex. */
export function angleDegrees(from: Vec3, vertex: Vec3, to: Vec3): number {
  const [u, v] = [minus(from, vertex), minus(to, vertex)];
  if (Math.hypot(...u) === 0 || Math.hypot(...v) === 0) return NaN;
  return (Math.atan2(Math.hypot(...cross(u, v)), dot(u, v)) * 180) / Math.PI;
}

/** mm² within a closed outline of points in one plane, whatever way the plane lies; 0 for fewer than three. */
export function areaMm2(points: readonly Vec3[]): number {
  let sum: Vec3 = [0, 0, 0];
  for (let n = 1; n + 1 < points.length; n++) {
    const [x, y, z] = cross(minus(points[n], points[0]), minus(points[n + 1], points[0]));
    sum = [sum[0] + x, sum[1] + y, sum[2] + z];
  }
  return Math.hypot(...sum) / 2;
}

/** As it is written beside the measurement; empty while points are missing. */
export function measureText({ kind, points }: Measurement): string {
  if (points.length < pointsNeeded[kind]) return "";
  if (kind === "distance") return `${distanceMm(points[0], points[1]).toFixed(1)} mm`;
  if (kind === "angle") return `${angleDegrees(points[0], points[1], points[2]).toFixed(1)}°`;
  return `${areaMm2(points).toFixed(1)} mm²`;
}

/** Whether something was measured: a click alone gives no distance and no area. */
export function isMeasured({ kind, points }: Measurement): boolean {
  if (points.length < pointsNeeded[kind]) return false;
  if (kind === "distance") return distanceMm(points[0], points[1]) > 0;
  if (kind === "angle") return !Number.isNaN(angleDegrees(points[0], points[1], points[2]));
  return areaMm2(points) > 0;
}
