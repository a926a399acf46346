/** A segmentation as a mask, on the grid of the image it belongs to or on its own. */
import { MarrowError } from "../../base/errors.js";
import { invertAffine, multiplyAffine, transformPoint, type Grid } from "../../volume/geometry.js";
import { resampleMask } from "../../volume/resample-mask.js";
import { voxelCount, type Affine, type Mask, type Vec3 } from "../../volume/volume.js";
import type { Frame } from "../frame.js";
import { frameAffine, ownGrid } from "./own-grid.js";
import type { Segmentation, SegmentFrame } from "./read-seg.js";
import type { Segment } from "./segment.js";

export interface MaskOptions {
  /** The image's grid; the segmentation's own where left out. */
  readonly grid?: Grid | undefined;
  /** Fraction from which a voxel of a fractional segmentation counts, 0.5 unless given. */
  readonly threshold?: number;
  /** Value in the mask of each segment, 1 to 255; its number unless given. Undefined leaves a segment out. */
  readonly labelOf?: (segment: Segment) => number | undefined;
}

export interface SegmentationMask {
  readonly mask: Mask;
  /** Voxels that several segments claim: the one with the larger fraction has it, among equals the later number. */
  readonly overlapping: number;
  /** Voxels that lie outside of the grid and were lost. */
  readonly outside: number;
  /** The segmentation lies on another grid and was resampled (nearest label by linear weights). */
  readonly resampled: boolean;
}

/** Voxels by which a frame's pixel may lie beside a voxel of the grid. */
const tolerance = 0.02;

/** Throws DICOM_GEOMETRY (no grid of its own), DICOM_PIXELS, DICOM_TRANSFER_SYNTAX, MASK_NOT_LABELS (numbers above 255). */
export async function segmentationMask(
  segmentation: Segmentation,
  options: MaskOptions = {},
): Promise<SegmentationMask> {
  const { grid } = options;
  if (grid && segmentation.frames.every(({ frame }) => liesOn(frame, grid)))
    return { ...(await drawn(segmentation, grid, options)), resampled: false };
  const own = await drawn(segmentation, ownGrid(segmentation), options);
  if (!grid) return { ...own, resampled: false };
  return { ...own, mask: resampleMask(own.mask, grid), resampled: true };
}

const onto = (frame: Frame, grid: Grid): Affine =>
  multiplyAffine(invertAffine(grid.affine), frameAffine(frame));

/** Every pixel of the frame falls on a voxel: its corners do, and so does one step along each axis. */
function liesOn(frame: Frame, grid: Grid): boolean {
  const map = onto(frame, grid);
  const ends: readonly Vec3[] = [
    [0, 0, 0],
    [1, 0, 0],
    [0, 1, 0],
    [frame.columns - 1, 0, 0],
    [0, frame.rows - 1, 0],
  ];
  return ends.every((end) =>
    transformPoint(map, end).every((at) => Math.abs(at - Math.round(at)) < tolerance),
  );
}

async function drawn(segmentation: Segmentation, grid: Grid, options: MaskOptions) {
  const canvas: Canvas = {
    grid,
    labels: new Uint8Array(voxelCount(grid.size)),
    strength: new Uint16Array(voxelCount(grid.size)),
    overlapping: 0,
    outside: 0,
  };
  const values = valuesOf(segmentation, options);
  for (const one of segmentation.frames)
    await drawFrame(canvas, segmentation, one, values, options.threshold ?? 0.5);
  const { labels, overlapping, outside } = canvas;
  return { mask: { ...grid, data: labels }, overlapping, outside };
}

/** What is being filled. */
interface Canvas {
  readonly grid: Grid;
  readonly labels: Uint8Array<ArrayBuffer>;
  /** Stored fraction by which each voxel was taken. */
  readonly strength: Uint16Array;
  overlapping: number;
  outside: number;
}

function valuesOf({ segments, file }: Segmentation, { labelOf }: MaskOptions): ReadonlyMap<number, number> {
  const values = new Map<number, number>();
  for (const segment of segments) {
    const value = labelOf ? labelOf(segment) : segment.number;
    if (value === undefined) continue;
    if (!(Number.isInteger(value) && value >= 1 && value <= 255))
      throw new MarrowError("MASK_NOT_LABELS", {
        file,
        found: `segment ${segment.number}, ${segment.label}`,
      });
    values.set(segment.number, value);
  }
  return values;
}

async function drawFrame(
  canvas: Canvas,
  { pixels, maximum }: Segmentation,
  { frame, segment }: SegmentFrame,
  values: ReadonlyMap<number, number>,
  threshold: number,
): Promise<void> {
  const stored = await pixels(frame);
  const map = onto(frame, canvas.grid);
  const least = Math.max(1, threshold * maximum);
  for (let j = 0, n = 0; j < frame.rows; j++)
    for (let i = 0; i < frame.columns; i++, n++) {
      if (stored[n] === 0) continue;
      const label = values.get(segment ?? stored[n]);
      const fraction = segment === undefined ? 1 : stored[n];
      if (label !== undefined && fraction >= least)
        put(canvas, transformPoint(map, [i, j, 0]), label, fraction);
    }
}

function put(canvas: Canvas, place: Vec3, label: number, fraction: number): void {
  const [i, j, k] = place.map(Math.round);
  const [ni, nj, nk] = canvas.grid.size;
  if (i < 0 || j < 0 || k < 0 || i >= ni || j >= nj || k >= nk) {
    canvas.outside++;
    return;
  }
  const n = i + ni * (j + nj * k);
  if (canvas.labels[n] !== 0 && canvas.labels[n] !== label) canvas.overlapping++;
  if (canvas.labels[n] !== 0 && fraction < canvas.strength[n]) return;
  canvas.labels[n] = label;
  canvas.strength[n] = fraction;
}
