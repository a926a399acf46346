/** A slice with a heat map over it: where a classifier looked. */
import { encode } from "fast-png";
import { sameGrid } from "../../volume/geometry.js";
import { percentiles } from "../../volume/intensity.js";
import { resampleTo } from "../../volume/resample.js";
import type { Mask, Volume, VoxelArray } from "../../volume/volume.js";
import { sliceAxisOf } from "../../statistics/slice-dice.js";
import { planeOf } from "../plane.js";
import { rasterise } from "../raster.js";
import { truthColour } from "../picture.js";

/** Black, purple, orange, pale yellow: brightness rises evenly, so that it reads without colour too. */
const scale = [
  [0, 0, 4],
  [87, 16, 110],
  [188, 55, 84],
  [249, 142, 9],
  [252, 255, 164],
] as const;

/** The slice in which the heat map is hottest; the middle one for an empty map. */
export function hottestSlice(heat: Volume<VoxelArray>): number {
  const axis = sliceAxisOf(heat);
  const stride = axis === 0 ? 1 : axis === 1 ? heat.size[0] : heat.size[0] * heat.size[1];
  let [best, at] = [0, -1];
  for (let n = 0; n < heat.data.length; n++) if (heat.data[n] > best) [best, at] = [heat.data[n], n];
  return at < 0 ? Math.floor(heat.size[axis] / 2) : Math.floor(at / stride) % heat.size[axis];
}

/** A heat map on the image's grid (LPS+ mm), linearly resampled where it lies on another. */
export function onGridOf(image: Volume<VoxelArray>, heat: Volume): Volume {
  return sameGrid(image, heat) ? heat : resampleTo(heat, image, { method: "linear" });
}

/**
 * One slice as PNG: grey image, heat from its value 0 (transparent) to the map's maximum (opaque to 65 %), and the outline
 * of a mask in blue. Negative heat is none. A map without heat leaves the image as it is.
 */
export function heatPicture(
  image: Volume<VoxelArray>,
  heat: Volume,
  slice: number,
  { pixels = 680, mask }: { readonly pixels?: number; readonly mask?: Mask | undefined } = {},
): Uint8Array {
  const axis = sliceAxisOf(image);
  const grey = percentiles(Float64Array.from(planeOf(image, axis, slice).data), [1, 99]);
  const plane = (volume: Volume<VoxelArray>) => planeOf(volume, axis, slice);
  const outline = mask ? [{ mask: plane(mask), colour: truthColour, side: "outside" as const }] : [];
  const base = rasterise(plane(image), outline, [grey[0], grey[1]], pixels);
  let peak = 0;
  for (const value of heat.data) peak = Math.max(peak, value);
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
