/** Where a stack of slices lies: their order, their distances, and the affine of the volume they make. */
import { MarrowError } from "../base/errors.js";
import type { Affine, Vec3 } from "../volume/volume.js";
import { dot, normalOf, type Frame } from "./frame.js";

export interface StackGeometry {
  /** Sorted along the normal, which is row × column: the affine is right-handed. */
  readonly frames: readonly Frame[];
  readonly size: Vec3;
  readonly affine: Affine;
  /** Places of the volume's slices among `frames`, fractional where a slice is interpolated; undefined where all are real. */
  readonly places?: readonly number[];
  /** What was not as it should be, in words. */
  readonly notes: readonly string[];
}

/** mm by which a slice may lie off its regular place before the distances count as irregular, or share of the distance. */
const tolerance = { mm: 0.02, share: 0.02 };
/** mm that slices may lie beside the line through the first and the last. */
const offLine = 0.2;
/** A volume is not made where more than this share of its slices would be invented. */
const mostMissing = 0.25;

/**
 * Geometry of a stack. Slices sheared against their normal (gantry tilt) keep their exact places: the affine is sheared.
 * Missing slices and uneven distances are interpolated on a regular grid, and noted. Throws DICOM_GEOMETRY where slices
 * do not lie on a line or too many are missing.
 */
export function stackGeometry(stack: readonly Frame[]): StackGeometry {
  const normal = normalOf(stack[0]);
  const along = (frame: Frame) => dot(frame.position, normal);
  const frames = [...stack].sort((a, b) => along(a) - along(b));
  const distances = frames.slice(1).map((frame, n) => along(frame) - along(frames[n]));
  if (frames.length === 1) return made(frames, 1, times(normal, frames[0].sliceSpacing), []);
  checkLine(frames);
  const total = subtract(last(frames).position, frames[0].position);
  const regular = times(total, 1 / (frames.length - 1));
  if (isRegular(frames, regular)) return made(frames, frames.length, regular, tiltNote(regular, normal));
  return irregular(frames, distances, total, normal);
}

const last = <T>(list: readonly T[]) => list[list.length - 1];
const subtract = ([a, b, c]: Vec3, [x, y, z]: Vec3): Vec3 => [a - x, b - y, c - z];
const times = ([x, y, z]: Vec3, factor: number): Vec3 => [x * factor, y * factor, z * factor];
const length = (vector: Vec3) => Math.hypot(...vector);

function isRegular(frames: readonly Frame[], step: Vec3): boolean {
  const allowed = Math.max(tolerance.mm, tolerance.share * length(step));
  return frames.every(
    ({ position }, n) => length(subtract(subtract(position, frames[0].position), times(step, n))) <= allowed,
  );
}

function checkLine(frames: readonly Frame[]): void {
  const [first] = frames;
  const total = subtract(last(frames).position, first.position);
  const direction = times(total, 1 / length(total));
  for (const { position, of } of frames) {
    const from = subtract(position, first.position);
    const beside = length(subtract(from, times(direction, dot(from, direction))));
    if (beside > offLine)
      throw new MarrowError("DICOM_GEOMETRY", {
        file: of.file,
        expected: "slices along one line",
        found: `a slice ${beside.toFixed(2)} mm beside it`,
      });
  }
}

function tiltNote(step: Vec3, normal: Vec3): string[] {
  const degrees = (Math.acos(Math.min(1, dot(step, normal) / length(step))) * 180) / Math.PI;
  return degrees > 0.1 ? [`slices are tilted by ${degrees.toFixed(1)}°; the affine is sheared`] : [];
}

/** Distances that are multiples of one are gaps; others are resampled to the median distance. */
function irregular(
  frames: readonly Frame[],
  distances: readonly number[],
  total: Vec3,
  normal: Vec3,
): StackGeometry {
  const median = [...distances].sort((a, b) => a - b)[distances.length >> 1];
  const steps = distances.map((mm) => Math.round(mm / median));
  const areMultiples = distances.every((mm, n) => steps[n] >= 1 && Math.abs(mm / median - steps[n]) < 0.1);
  const whole = areMultiples
    ? steps.reduce((sum, one) => sum + one, 0)
    : Math.max(1, Math.round(distances.reduce((sum, one) => sum + one, 0) / median));
  const count = whole + 1;
  const missing = count - frames.length;
  if (missing > mostMissing * count)
    throw new MarrowError("DICOM_GEOMETRY", {
      file: frames[0].of.file,
      expected: `${count} slices ${median.toFixed(2)} mm apart`,
      found: `${frames.length}, ${distances.map((mm) => mm.toFixed(2)).join(", ")} mm apart`,
    });
  const step = times(total, 1 / whole);
  const notes = [areMultiples ? gapNote(steps) : variableNote(distances, median), ...tiltNote(step, normal)];
  return { ...made(frames, count, step, notes), places: placesOf(distances, count) };
}

function gapNote(steps: readonly number[]): string {
  let at = 1;
  const missing = steps.flatMap((step) => {
    const between = Array.from({ length: step - 1 }, (_, n) => at + n + 1);
    at += step;
    return between;
  });
  return `slices ${missing.join(", ")} are missing; interpolated`;
}

const variableNote = (distances: readonly number[], median: number) =>
  `distances between slices vary from ${Math.min(...distances).toFixed(2)} to ${Math.max(...distances).toFixed(2)} mm; resampled to ${median.toFixed(2)} mm`;

/** For each slice of the regular grid, where it lies among the real ones: 2.25 is a quarter past the third. */
function placesOf(distances: readonly number[], count: number): number[] {
  const at = [0];
  for (const mm of distances) at.push(last(at) + mm);
  const step = last(at) / (count - 1);
  let below = 0;
  return Array.from({ length: count }, (_, n) => {
    const mm = n * step;
    while (below < distances.length - 1 && at[below + 1] <= mm + 1e-6) below++;
    const share = (mm - at[below]) / distances[below];
    return (
      below + Math.min(1, Math.max(0, Math.abs(share) < 1e-3 ? 0 : Math.abs(share - 1) < 1e-3 ? 1 : share))
    );
  });
}

function made(frames: readonly Frame[], count: number, step: Vec3, notes: readonly string[]): StackGeometry {
  const { rowAxis, columnAxis, spacing, position, columns, rows } = frames[0];
  const row = (n: 0 | 1 | 2) => [rowAxis[n] * spacing[0], columnAxis[n] * spacing[1], step[n], position[n]];
  return {
    frames,
    size: [columns, rows, count],
    affine: [...row(0), ...row(1), ...row(2), 0, 0, 0, 1],
    notes,
  };
}
