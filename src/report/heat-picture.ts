/** A slice with a heat map over it: what an explanation says a model looked at. */
import { encode } from "fast-png";
import { heatScale as scale } from "../base/heat-scale.js";
import { sameGrid } from "../volume/geometry.js";
import { percentiles } from "../volume/intensity.js";
import { resampleTo } from "../volume/resample.js";
import type { Mask, Volume, VoxelArray } from "../volume/volume.js";
import { sliceAxisOf } from "../statistics/slice-dice.js";
import { planeOf } from "./plane.js";
import { rasterise } from "./raster.js";
import { truthColour } from "./picture.js";

/** The `count` slices with the most heat (sum of what is positive), in the order of the file; the middle one of an empty map. */
export function hottestSlices(heat: Volume<VoxelArray>, count: number): number[] {
  const axis = sliceAxisOf(heat);
  const stride = axis === 0 ? 1 : axis === 1 ? heat.size[0] : heat.size[0] * heat.size[1];
  const sums = new Float64Array(heat.size[axis]);
  heat.data.forEach((value, n) => (sums[Math.floor(n / stride) % heat.size[axis]] += Math.max(0, value)));
  const ranked = [...sums.keys()].filter((k) => sums[k] > 0).sort((a, b) => sums[b] - sums[a]);
  const chosen = ranked.length > 0 ? ranked.slice(0, count) : [Math.floor(heat.size[axis] / 2)];
  return chosen.sort((a, b) => a - b);
}

/** A heat map on the image's grid (LPS+ mm), linearly resampled where it lies on another. */
export function onGridOf(image: Volume<VoxelArray>, heat: Volume): Volume {
  return sameGrid(image, heat) ? heat : resampleTo(heat, image, { method: "linear" });
}

export interface HeatPictureOptions {
  readonly pixels?: number;
  readonly mask?: Mask | undefined;
  /** Value drawn hottest: the map's maximum unless given. */
  readonly peak?: number;
}

/**
 * One slice as PNG: grey image, heat from its value 0 (transparent) to `peak` (opaque to 65 %), and the outline of a mask
 * in blue. Negative heat is none. A map without heat leaves the image as it is.
 */
export function heatPicture(
  image: Volume<VoxelArray>,
  heat: Volume,
  slice: number,
  { pixels = 680, mask, peak = hottest(heat) }: HeatPictureOptions = {},
): Uint8Array {
  const axis = sliceAxisOf(image);
  const grey = percentiles(Float64Array.from(planeOf(image, axis, slice).data), [1, 99]);
  const plane = (volume: Volume<VoxelArray>) => planeOf(volume, axis, slice);
  const outline = mask ? [{ mask: plane(mask), colour: truthColour, side: "outside" as const }] : [];
  const base = rasterise(plane(image), outline, [grey[0], grey[1]], pixels);
  const over = rasterise(plane(heat), [], [0, peak > 0 ? peak : 1], pixels);
  for (let n = 0; n < base.data.length; n += 3) blend(base.data, n, over.data[n] / 255);
  return encode({ ...base, channels: 3, depth: 8 });
}

function blend(data: Uint8ClampedArray, at: number, heat: number): void {
  const opacity = 0.65 * Math.min(1, 2 * heat);
  const place = heat * (scale.length - 1);
  const n = Math.min(scale.length - 2, Math.floor(place));
  for (let channel = 0; channel < 3; channel++) {
    const colour = scale[n][channel] + (place - n) * (scale[n + 1][channel] - scale[n][channel]);
    data[at + channel] = (1 - opacity) * data[at + channel] + opacity * colour;
  }
}

function hottest({ data }: Volume): number {
  let peak = 0;
  for (const value of data) peak = Math.max(peak, value);
  return peak;
}
