/** Pictures of slices with the outlines of masks, for the overview page and for people who look for what went wrong. */
import { encode } from "fast-png";
import { percentiles } from "../volume/intensity.js";
import type { Mask, Volume, VoxelArray } from "../volume/volume.js";
import { requireSameGrid } from "../statistics/confusion.js";
import { sliceAxisOf } from "../statistics/slice-dice.js";
import { planeOf, type Plane } from "./plane.js";
import { rasterise, type Box, type Colour, type Outline } from "./raster.js";

export interface SliceMasks {
  readonly truth?: Mask | undefined;
  readonly prediction?: Mask | undefined;
}

export interface PictureOptions {
  /** Length of the longer side in pixels, 480 unless given. */
  readonly pixels?: number;
  /** Percentiles of the whole volume shown as black and white, 1 and 99 unless given. */
  readonly window?: readonly [number, number];
  /** Show only the surroundings of these masks in the slice, with a margin of `marginMm` (20 mm unless given). */
  readonly zoomTo?: SliceMasks;
  readonly marginMm?: number;
}

export interface Picture {
  readonly caption: string;
  readonly png: Uint8Array;
}

/** Okabe and Ito's sky blue and orange, told apart by colour-blind readers too, and bright on grey. */
export const truthColour: Colour = [86, 180, 233];
export const predictionColour: Colour = [230, 159, 0];

/**
 * One slice as PNG, across the axis along which voxels are longest; `slice` counts along that axis as stored, from 0. The
 * reference's outline is blue and just outside its border, the prediction's orange and just inside. The patient's right
 * is on the left, head or front up; voxels keep their proportions. Masks must lie on the image's grid (GRID_MISMATCH). A
 * slice that does not exist throws RangeError. A constant image is black.
 */
export function slicePicture(
  image: Volume<VoxelArray>,
  masks: SliceMasks,
  slice: number,
  options: PictureOptions = {},
): Uint8Array {
  const axis = sliceAxisOf(image);
  if (!(slice >= 0 && slice < image.size[axis]))
    throw new RangeError(`no slice ${slice} of ${image.size[axis]}`);
  const outlines = outlinesOf(image, masks, (mask) => planeOf(mask, axis, slice));
  const [black, white] = percentiles(sampled(image.data), options.window ?? [1, 99]);
  const plane = planeOf(image, axis, slice);
  const zoomed = [options.zoomTo?.truth, options.zoomTo?.prediction].flatMap((m) =>
    m ? [planeOf(m, axis, slice)] : [],
  );
  const box = surroundings(plane, zoomed, options.marginMm ?? 20);
  const raster = rasterise(plane, outlines, [black, white], options.pixels ?? 480, box);
  return encode({ ...raster, channels: 3, depth: 8 });
}

/** At most some 50 000 evenly spaced voxels: enough for a window. */
function sampled(data: VoxelArray): Float64Array {
  const step = Math.max(1, Math.floor(data.length / 50_000));
  return Float64Array.from({ length: Math.ceil(data.length / step) }, (_, n) => data[n * step]);
}

function outlinesOf(
  image: Volume<VoxelArray>,
  { truth, prediction }: SliceMasks,
  cut: (mask: Mask) => Plane,
): Outline[] {
  for (const mask of [truth, prediction]) if (mask) requireSameGrid(mask, { ...image, data: mask.data });
  return [
    ...(truth ? [{ mask: cut(truth), colour: truthColour, side: "outside" as const }] : []),
    ...(prediction ? [{ mask: cut(prediction), colour: predictionColour, side: "inside" as const }] : []),
  ];
}

/**
 * The slice in which the reference is largest (the prediction where there is no reference, the middle one where both are
 * empty) as up to three pictures: plain, with the reference, with both.
 */
export function pictureRow(
  image: Volume<VoxelArray>,
  masks: SliceMasks,
  options: PictureOptions = {},
): Picture[] {
  const slice = largestSlice(image, masks);
  const { truth, prediction } = masks;
  const panels: readonly (readonly [string, SliceMasks])[] = [
    [`slice ${slice + 1}`, {}],
    ...(truth ? [["reference (blue)", { truth }] as const] : []),
    ...(prediction
      ? [[truth ? "prediction (orange) and reference" : "prediction (orange)", masks] as const]
      : []),
  ];
  return panels.map(([caption, shown]) => ({ caption, png: slicePicture(image, shown, slice, options) }));
}

/** Index of the slice with the most labelled voxels in the reference, else in the prediction, else the middle one. */
export function largestSlice(image: Volume<VoxelArray>, { truth, prediction }: SliceMasks): number {
  const axis = sliceAxisOf(image);
  for (const mask of [truth, prediction]) {
    const areas = mask ? areasOf(mask, axis) : [];
    const most = Math.max(0, ...areas);
    if (most > 0) return areas.indexOf(most);
  }
  return Math.floor(image.size[axis] / 2);
}

function areasOf({ data, size }: Mask, axis: number): number[] {
  const areas = new Array<number>(size[axis]).fill(0);
  const stride = axis === 0 ? 1 : axis === 1 ? size[0] : size[0] * size[1];
  for (let n = 0; n < data.length; n++) if (data[n] > 0) areas[Math.floor(n / stride) % size[axis]]++;
  return areas;
}

/** The box around everything labelled, with a margin; the whole plane where nothing is. */
function surroundings(plane: Plane, masks: readonly Plane[], marginMm: number): Box {
  const [width, height] = [plane.width, plane.height];
  let [x0, x1, y0, y1] = [width, -1, height, -1];
  for (const { data } of masks)
    for (let n = 0; n < data.length; n++) {
      if (data[n] === 0) continue;
      const [x, y] = [n % width, Math.floor(n / width)];
      [x0, x1, y0, y1] = [Math.min(x0, x), Math.max(x1, x), Math.min(y0, y), Math.max(y1, y)];
    }
  if (x1 < 0) return { x: 0, y: 0, width, height };
  const [mx, my] = plane.mm.map((mm) => Math.ceil(marginMm / mm));
  const [left, top] = [Math.max(0, x0 - mx), Math.max(0, y0 - my)];
  return {
    x: left,
    y: top,
    width: Math.min(width, x1 + mx + 1) - left,
    height: Math.min(height, y1 + my + 1) - top,
  };
}
