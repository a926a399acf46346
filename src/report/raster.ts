/** Grey slices with outlines, as pixels. */
import type { Plane } from "./plane.js";

export type Colour = readonly [number, number, number];

export interface Outline {
  readonly mask: Plane;
  readonly colour: Colour;
  /** Drawn just outside or just inside the border, so that two outlines that agree are both seen. */
  readonly side: "outside" | "inside";
}

/** Part of a plane, in pixels of the plane. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Raster {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue of each pixel, row by row. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** Where each pixel of the raster lies in the plane, along one axis. */
interface Scale {
  readonly length: number;
  readonly at: Float64Array;
}

/**
 * The part `box` of a plane with its longer side `pixels` long, grey from `black` to `white`, bilinear between voxels;
 * outlines follow the voxels' edges, which stay sharp.
 */
export function rasterise(
  plane: Plane,
  outlines: readonly Outline[],
  [black, white]: readonly [number, number],
  pixels: number,
  box: Box = { x: 0, y: 0, width: plane.width, height: plane.height },
): Raster {
  const [mmX, mmY] = plane.mm;
  const perMm = pixels / Math.max(box.width * mmX, box.height * mmY);
  const [x, y] = [scale(box.x, box.width, mmX * perMm), scale(box.y, box.height, mmY * perMm)];
  const data = new Uint8ClampedArray(x.length * y.length * 3);
  const span = white > black ? white - black : 1;
  for (let row = 0, n = 0; row < y.length; row++)
    for (let column = 0; column < x.length; column++, n += 3)
      data.fill((255 * (bilinear(plane, x.at[column], y.at[row]) - black)) / span, n, n + 3);
  for (const outline of outlines) drawOutline(data, outline, x, y);
  return { width: x.length, height: y.length, data };
}

function scale(from: number, voxels: number, pixelsPerVoxel: number): Scale {
  const length = Math.max(1, Math.round(voxels * pixelsPerVoxel));
  const at = Float64Array.from({ length }, (_, n) => from + ((n + 0.5) * voxels) / length - 0.5);
  return { length, at };
}

function bilinear({ data, width, height }: Plane, x: number, y: number): number {
  const [i, j] = [clamp(Math.floor(x), width), clamp(Math.floor(y), height)];
  const [i1, j1] = [clamp(i + 1, width), clamp(j + 1, height)];
  const [u, v] = [Math.min(1, Math.max(0, x - i)), Math.min(1, Math.max(0, y - j))];
  const upper = data[i + width * j] * (1 - u) + data[i1 + width * j] * u;
  const lower = data[i + width * j1] * (1 - u) + data[i1 + width * j1] * u;
  return upper * (1 - v) + lower * v;
}

const clamp = (index: number, length: number) => Math.min(length - 1, Math.max(0, index));

/** Two pixels thick; borders between two labels are drawn too. */
function drawOutline(data: Uint8ClampedArray, { mask, colour, side }: Outline, x: Scale, y: Scale): void {
  const reach = 2;
  const column = Int32Array.from(x.at, (at) => clamp(Math.round(at), mask.width));
  const row = Int32Array.from(y.at, (at) => clamp(Math.round(at), mask.height) * mask.width);
  const label = (c: number, r: number) => mask.data[column[clamp(c, x.length)] + row[clamp(r, y.length)]];
  const sign = side === "outside" ? 1 : -1;
  for (let r = 0; r < y.length; r++)
    for (let c = 0; c < x.length; c++) {
      const own = label(c, r);
      const onBorder = steps.some(([dc, dr]) => (label(c + dc * reach, r + dr * reach) - own) * sign > 0);
      if (onBorder) data.set(colour, 3 * (c + r * x.length));
    }
}

const steps = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;
