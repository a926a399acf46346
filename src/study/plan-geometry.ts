/** The grid of a plan, derived from the data: orientation, spacing and the size a typical case then has. */
import { spacingOf, type Vec3 } from "../volume/volume.js";
import { quantile } from "./fingerprint.js";
import { axisSteps, gridIn, sliceAxis } from "./orientation.js";
import type { CaseRecord } from "./types.js";

export interface PlanGrid {
  readonly orientation: string;
  readonly spacing: Vec3;
  /** Median size of the cases once they have this spacing. */
  readonly shape: Vec3;
  /** Spacing along k over the finest within the slice. */
  readonly anisotropy: number;
  readonly why: { readonly orientation: string; readonly spacing: string };
}

/** nnU-Net's limit: beyond it slices count as thick. */
export const thickSlices = 3;

/** Orientation for each direction of the slice axis: rows and columns as radiologists see them. */
const conventions: readonly {
  readonly slices: string;
  readonly orientation: string;
  readonly plane: string;
}[] = [
  { slices: "SI", orientation: "LPS", plane: "axial" },
  { slices: "PA", orientation: "LIP", plane: "coronal" },
  { slices: "LR", orientation: "PIL", plane: "sagittal" },
];

/** Grid for these cases; at least one is needed. `fixed` are numbers a task prescribes. */
export function planGrid(
  records: readonly CaseRecord[],
  fixed: { orientation?: string; spacing?: Vec3 } = {},
): PlanGrid {
  const oriented = fixed.orientation === undefined ? orientationOfStudy(records) : byTask(fixed.orientation);
  const grids = records.map(({ images }) => gridIn(oriented.orientation, images[0]));
  const spaced =
    fixed.spacing === undefined ? targetSpacing(grids) : { spacing: fixed.spacing, why: "the task's" };
  const shape = medianShape(grids, spaced.spacing);
  const [i, j, k] = spaced.spacing;
  return {
    orientation: oriented.orientation,
    spacing: spaced.spacing,
    shape,
    anisotropy: k / Math.min(i, j),
    why: { orientation: oriented.why, spacing: spaced.why },
  };
}

const byTask = (orientation: string) => ({ orientation, why: "the task's" });

/** By a vote of the cases: the plane in which most were sliced; LPS where they are blocks. */
function orientationOfStudy(records: readonly CaseRecord[]): { orientation: string; why: string } {
  const planes = records.map(({ images }) => planeOf(images[0].affine));
  const votes = (plane: string) => planes.filter((other) => other === plane).length;
  const winner = conventions.reduce((a, b) => (votes(b.plane) > votes(a.plane) ? b : a));
  if (votes("none") > votes(winner.plane))
    return {
      orientation: "LPS",
      why: `${votes("none")} of ${records.length} cases have no plainly thicker axis`,
    };
  const why = `${votes(winner.plane)} of ${records.length} cases have ${winner.plane} slices; k runs across them`;
  return { orientation: winner.orientation, why };
}

/** `axial`, `coronal` or `sagittal` by the slice axis; `none` for a block. */
export function planeOf(affine: readonly number[]): string {
  const axis = sliceAxis(affine);
  if (axis === undefined) return "none";
  const column = [affine[axis], affine[4 + axis], affine[8 + axis]].map(Math.abs);
  const direction = ["LR", "PA", "SI"][column.indexOf(Math.max(...column))];
  return conventions.find(({ slices }) => slices === direction)?.plane ?? "none";
}

export function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

/** nnU-Net's rule (Isensee et al. 2021, Supplementary Note 2): the median; along thick slices the 10th percentile. */
function targetSpacing(grids: readonly { size: Vec3; spacing: Vec3 }[]): { spacing: Vec3; why: string } {
  const along = (axis: number) => grids.map(({ spacing }) => spacing[axis]).sort((a, b) => a - b);
  const middle = [0, 1, 2].map((axis) => quantile(along(axis), 0.5));
  const size = [0, 1, 2].map((axis) => median(grids.map((grid) => grid.size[axis])));
  const coarse = middle.indexOf(Math.max(...middle));
  const others = [0, 1, 2].filter((axis) => axis !== coarse);
  const finer = Math.max(...others.map((axis) => middle[axis]));
  const fewer = Math.min(...others.map((axis) => size[axis]));
  const thick = middle[coarse] > thickSlices * finer && size[coarse] * thickSlices < fewer;
  if (thick) middle[coarse] = Math.max(quantile(along(coarse), 0.1), finer);
  const note = thick ? "; 10th percentile across the thick slices" : "";
  return { spacing: triple(middle.map(round)), why: `median of ${grids.length} cases${note}` };
}

function medianShape(grids: readonly { size: Vec3; spacing: Vec3 }[], target: Vec3): Vec3 {
  const resampled = (axis: number) =>
    grids.map(({ size, spacing }) => Math.round((size[axis] * spacing[axis]) / target[axis]));
  return triple([0, 1, 2].map((axis) => Math.max(1, Math.round(median(resampled(axis))))));
}

/** Four decimals: enough to tell spacings apart, few enough to read. */
const round = (value: number) => Number(value.toFixed(4));

export function triple(values: readonly number[]): [number, number, number] {
  return [values[0], values[1], values[2]];
}

/** True where a case's slices lie in another plane than the plan's. */
export function slicedElsewhere(affine: readonly number[], orientation: string): boolean {
  const axis = sliceAxis(affine);
  return axis !== undefined && axisSteps(affine, orientation)[2].axis !== axis;
}

/** Millimetres along the three axes, for a sentence. */
export function spacingText(affine: readonly number[]): string {
  return spacingOf(affine)
    .map((mm) => Number(mm.toFixed(3)))
    .join(" × ");
}
