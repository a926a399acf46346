/** Slices with the map of an explanation laid over them. */
import { encode } from "fast-png";
import { sliceAxisOf } from "../statistics/slice-dice.js";
import { percentiles } from "../volume/intensity.js";
import type { Mask, Volume } from "../volume/volume.js";
import { planeOf } from "./plane.js";
import { rasterise, type Colour } from "./raster.js";
import { truthColour } from "./picture.js";

/** Where the map is 0 the slice stays grey; at 1 it is covered by this share. */
const opacity = 0.6;
const [cold, warm, hot]: readonly Colour[] = [
  [90, 0, 90],
  [225, 60, 20],
  [255, 235, 60],
];

/**
 * One slice as PNG, `slice` counts across the thickest axis. The map (−1 … 1 on the image's grid) is shown where it is
 * positive, from purple to yellow; the mask's outline is blue. Orientation as in slicePicture.
 */
export function heatPicture(
  image: Volume,
  map: Volume,
  slice: number,
  mask?: Mask,
  pixels = 480,
): Uint8Array {
  const axis = sliceAxisOf(image);
  const outlines = mask
    ? [{ mask: planeOf(mask, axis, slice), colour: truthColour, side: "outside" as const }]
    : [];
  const step = Math.max(1, Math.floor(image.data.length / 50_000));
  const sampled = Float64Array.from(
    { length: Math.ceil(image.data.length / step) },
    (_, n) => image.data[n * step],
  );
  const [black, white] = percentiles(sampled, [1, 99]);
  const picture = rasterise(planeOf(image, axis, slice), outlines, [black, white], pixels);
  const heat = rasterise(planeOf(map, axis, slice), [], [0, 1], pixels);
  for (let n = 0; n < picture.data.length; n += 3) blend(picture.data, n, heat.data[n] / 255);
  return encode({ ...picture, channels: 3, depth: 8 });
}

function blend(data: Uint8ClampedArray, at: number, heat: number): void {
  const [from, to, share] = heat < 0.5 ? [cold, warm, 2 * heat] : [warm, hot, 2 * heat - 1];
  const cover = opacity * Math.min(1, 2 * heat);
  for (let c = 0; c < 3; c++) {
    const colour = from[c] + (to[c] - from[c]) * share;
    data[at + c] = data[at + c] * (1 - cover) + colour * cover;
  }
}

/** Numbers of the `count` slices with the most of the map's positive part, in order; at least the middle one. */
export function hottestSlices(map: Volume, count: number): number[] {
  const axis = sliceAxisOf(map);
  const stride = axis === 0 ? 1 : axis === 1 ? map.size[0] : map.size[0] * map.size[1];
  const sums = new Float64Array(map.size[axis]);
  map.data.forEach((v, n) => (sums[Math.floor(n / stride) % map.size[axis]] += Math.max(0, v)));
  const ranked = [...sums.keys()].filter((k) => sums[k] > 0).sort((a, b) => sums[b] - sums[a]);
  return ranked.length === 0
    ? [Math.floor(map.size[axis] / 2)]
    : ranked.slice(0, count).sort((a, b) => a - b);
}
