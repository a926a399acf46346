/** Slices as pixels: grey values through a window, labels through a palette. One pixel a voxel, no resampling. */
import { invertAffine, multiplyAffine, sameGrid, type Grid } from "../../src/volume/geometry.js";
import type { Mask, Vec3 } from "../../src/volume/volume.js";
import type { GreyWindow } from "./grey-window.js";
import type { ViewPlane } from "./plane.js";

/** Where the voxels of a slice are stored: element (p, q) at start + p·across + q·down. */
export interface SliceLayout {
  readonly start: number;
  readonly across: number;
  readonly down: number;
  readonly width: number;
  readonly height: number;
}

export function sliceLayout(size: Vec3, plane: ViewPlane, slice: number): SliceLayout {
  const strides = [1, size[0], size[0] * size[1]];
  return {
    start: slice * strides[plane.through],
    across: strides[plane.across],
    down: strides[plane.down],
    width: size[plane.across],
    height: size[plane.down],
  };
}

const opaque = 0xff000000;
const greys = Uint32Array.from({ length: 256 }, (_, g) => opaque | (g << 16) | (g << 8) | g);

/** Grey pixels (bytes R, G, B, A in memory of a little-endian machine). Values below the window are black; NaN too. */
export function greyPixels(
  data: ArrayLike<number>,
  { start, across, down, width, height }: SliceLayout,
  window: GreyWindow,
  out: Uint32Array,
): void {
  const low = window.centre - window.width / 2;
  const scale = 256 / window.width;
  let n = 0;
  for (let q = 0; q < height; q++) {
    let source = start + q * down;
    for (let p = 0; p < width; p++, source += across) {
      const grey = (data[source] - low) * scale;
      out[n++] = greys[grey > 255 ? 255 : grey > 0 ? grey | 0 : 0];
    }
  }
}

/** Coloured pixels of a slice of labels; palette[label] is a pixel, 0 is clear. */
export function labelPixels(labels: Uint8Array, palette: Uint32Array, out: Uint32Array): void {
  for (let n = 0; n < labels.length; n++) out[n] = palette[labels[n]];
}

/**
 * Labels of a mask in a slice of an image, one for each of the slice's pixels: the mask's own voxels where both lie on
 * one grid, else the voxel of the mask that lies nearest in the patient, and 0 beyond the mask.
 */
export function sliceLabels(
  mask: Mask,
  image: Grid,
  plane: ViewPlane,
  slice: number,
): Uint8Array<ArrayBuffer> {
  const layout = sliceLayout(image.size, plane, slice);
  return sameGrid(mask, image) ? copied(mask.data, layout) : nearest(mask, image, plane, slice, layout);
}

function copied(data: Uint8Array, { start, across, down, width, height }: SliceLayout) {
  const out = new Uint8Array(width * height);
  let n = 0;
  for (let q = 0; q < height; q++)
    for (let p = 0, source = start + q * down; p < width; p++, source += across) out[n++] = data[source];
  return out;
}

function nearest(mask: Mask, image: Grid, plane: ViewPlane, slice: number, layout: SliceLayout) {
  const toMask = multiplyAffine(invertAffine(mask.affine), image.affine);
  const step = (axis: number): Vec3 => [toMask[axis], toMask[4 + axis], toMask[8 + axis]];
  const [across, down, through] = [step(plane.across), step(plane.down), step(plane.through)];
  const [ni, nj, nk] = mask.size;
  const out = new Uint8Array(layout.width * layout.height);
  const at = (row: 0 | 1 | 2, q: number) => toMask[row * 4 + 3] + slice * through[row] + q * down[row] + 0.5;
  let n = 0;
  for (let q = 0; q < layout.height; q++) {
    let [x, y, z] = [at(0, q), at(1, q), at(2, q)];
    for (let p = 0; p < layout.width; p++, n++, x += across[0], y += across[1], z += across[2]) {
      const [i, j, k] = [Math.floor(x), Math.floor(y), Math.floor(z)];
      const isInside = i >= 0 && j >= 0 && k >= 0 && i < ni && j < nj && k < nk;
      if (isInside) out[n] = mask.data[i + ni * (j + nj * k)];
    }
  }
  return out;
}
