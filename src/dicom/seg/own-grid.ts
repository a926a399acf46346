/** The grid that a segmentation's frames lie on by themselves, frames missing or in any order. */
import { MarrowError } from "../../base/errors.js";
import { describeGrid } from "../results/source-image.js";
import type { Grid } from "../../volume/geometry.js";
import type { Affine, Vec3 } from "../../volume/volume.js";
import { dot, normalOf, type Frame } from "../frame.js";
import { mostVoxels } from "../image-layout.js";
import type { Segmentation } from "./read-seg.js";

/** Share of a step by which a frame may lie off its place. */
const tolerance = 0.05;

/** Smallest regular grid that has a slice for every frame. Throws DICOM_GEOMETRY where there is none. */
export function ownGrid({ frames, file, sliceSpacing }: Segmentation): Grid {
  const [first] = frames.map(({ frame }) => frame);
  const others = frames.map(({ frame }) => frame).filter((frame) => !parallel(first, frame));
  if (others.length > 0) throw irregular(file, `${others.length} frames in another plane or of another size`);
  const normal = normalOf(first);
  const along = (frame: Frame) => dot(frame.position, normal);
  const sorted = frames.map(({ frame }) => frame).sort((a, b) => along(a) - along(b));
  const total = along(sorted[sorted.length - 1]) - along(sorted[0]);
  const step = stepOf(sorted.map(along), sliceSpacing ?? first.sliceSpacing);
  if (step === undefined) throw irregular(file, "frames at uneven distances");
  const steps = Math.round(total / step);
  const grid = gridOf(sorted[0], sorted[sorted.length - 1], steps, step);
  if (grid.size[0] * grid.size[1] * grid.size[2] > mostVoxels)
    throw new MarrowError("DICOM_TOO_LARGE", { file, found: describeGrid(grid) });
  return grid;
}

const irregular = (file: string, found: string) =>
  new MarrowError("DICOM_GEOMETRY", { file, expected: "frames on one regular grid", found });

export function parallel(a: Frame, b: Frame): boolean {
  return (
    a.columns === b.columns &&
    a.rows === b.rows &&
    dot(a.rowAxis, b.rowAxis) > 0.9999 &&
    dot(a.columnAxis, b.columnAxis) > 0.9999 &&
    a.spacing.every((mm, n) => Math.abs(mm - b.spacing[n]) < 1e-3 * mm)
  );
}

/** The stated distance where all gaps are multiples of it, else the smallest gap where they are multiples of that. */
function stepOf(sorted: readonly number[], stated: number): number | undefined {
  const gaps = sorted.slice(1).map((mm, n) => mm - sorted[n]);
  const real = gaps.filter((mm) => mm > 0.01);
  if (real.length === 0) return stated;
  const fits = (step: number) =>
    step > 0.01 &&
    real.every((mm) => Math.abs(mm / step - Math.round(mm / step)) < tolerance && mm / step > 0.5);
  return [stated, Math.min(...real)].find(fits);
}

function gridOf(first: Frame, last: Frame, steps: number, step: number): Grid {
  const { rowAxis, columnAxis, spacing, position, columns, rows } = first;
  const normal = normalOf(first);
  const along = (n: 0 | 1 | 2) => (steps === 0 ? normal[n] * step : (last.position[n] - position[n]) / steps);
  const row = (n: 0 | 1 | 2) => [rowAxis[n] * spacing[0], columnAxis[n] * spacing[1], along(n), position[n]];
  const size: Vec3 = [columns, rows, steps + 1];
  return { size, affine: [...row(0), ...row(1), ...row(2), 0, 0, 0, 1] };
}

/** Pixel (i, j, 0) of a frame to LPS+ mm. */
export function frameAffine({ rowAxis, columnAxis, spacing, position, ...frame }: Frame): Affine {
  const normal = normalOf({ rowAxis, columnAxis });
  const row = (n: 0 | 1 | 2) => [
    rowAxis[n] * spacing[0],
    columnAxis[n] * spacing[1],
    normal[n] * frame.sliceSpacing,
    position[n],
  ];
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1];
}
