/**
 * Wide 3×3 convolutions by Winograd's minimal filtering F(4×4, 3×3) (Lavin & Gray, CVPR 2016): a tile of 4 × 4 results takes
 * 36 products a pair of channels instead of 144. Written with operators that have gradients, so the backward pass is as
 * short: it shares the tiles of the forward pass and needs no im2col. The transforms are linear maps along H and W, with
 * channels last products of a small constant matrix with long rows.
 *
 *     V = Bᵀ x B (tiles of 6 × 6, 4 apart) ─┐
 *     U = G w Gᵀ                             ├ M = V · U for each of 36 places ─ y = Aᵀ M A
 *
 * Rounding: about 1e-5 of the largest result, ten times that of the direct sum (docs/explanation/speed.md).
 */
import { type Matrix, mapAxis, matrixOf } from "./linear-map.js";
import { rows as convolution } from "./operators/convolution.js";
import { add } from "./operators/elementwise.js";
import { matmul, swapLast } from "./operators/matmul.js";
import { reshape, transpose } from "./operators/shape.js";
import type { Geometry } from "./operators/weight-gradient.js";
import { rewritten } from "./replace.js";
import { sizeOf, type Tensor } from "./tensor.js";

/** Results a tile has along an axis, and values it reads. */
const step = 4;
const reach = 6;

const input = [
  [4, 0, -5, 0, 1, 0],
  [0, -4, -4, 1, 1, 0],
  [0, 4, -4, -1, 1, 0],
  [0, -2, -1, 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, 4, 0, -5, 0, 1],
];
const filter = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
];
const output = [
  [1, 1, 1, 1, 1, 0],
  [0, 1, -1, 2, -2, 0],
  [0, 1, 1, 4, 4, 0],
  [0, 1, -1, 8, -8, 1],
];

const tilesOf = (extent: number) => Math.ceil(extent / step);

/** Bᵀ of every tile: extent → (place, tile), zeros beyond the borders. */
function inputMap(extent: number): Matrix {
  const tiles = tilesOf(extent);
  return matrixOf(reach * tiles, extent, (row, set) => {
    const [place, tile] = [Math.floor(row / tiles), row % tiles];
    input[place].forEach((weight, k) => {
      const at = step * tile - 1 + k;
      if (at >= 0 && at < extent) set(at, weight);
    });
  });
}

/** Aᵀ of every tile: (place, tile) → extent. */
function outputMap(extent: number): Matrix {
  const tiles = tilesOf(extent);
  return matrixOf(extent, reach * tiles, (row, set) => {
    const tile = Math.floor(row / step);
    output[row % step].forEach((weight, place) => {
      set(place * tiles + tile, weight);
    });
  });
}

/** G along both axes: the 9 taps → 36 places, those along W outermost. */
function filterMap(): Matrix {
  return matrixOf(reach * reach, 9, (row, set) => {
    const [alongW, alongH] = [filter[Math.floor(row / reach)], filter[row % reach]];
    for (let tap = 0; tap < 9; tap++) set(tap, alongH[Math.floor(tap / 3)] * alongW[tap % 3]);
  });
}

/** x [N, C, (D,) H, W], w [O, C, (1,) 3, 3] → [N, O, (D,) H, W]: a convolution with padding 1 along H and W. */
function winogradConv(x: Tensor, w: Tensor, bias?: Tensor): Tensor {
  const [n = 1, c = 1, ...spatial] = x.shape;
  const o = w.shape[0] ?? 1;
  const [h = 1, width = 1] = spatial.slice(-2);
  const planes = n * (sizeOf(spatial) / (h * width));
  const [th, tw] = [tilesOf(h), tilesOf(width)];
  const axes = spatial.map((_, axis) => axis + 2);

  // V: along W, then along H, places before tiles, so that each place is a matrix of tiles × channels.
  const last = reshape(transpose(x, [0, ...axes, 1]), [planes, h, width, c]);
  const wide = reshape(mapAxis(last, 2, inputMap(width)), [planes, h, reach, tw * c]);
  const rows = transpose(wide, [2, 1, 0, 3]);
  const tiles = reshape(mapAxis(rows, 1, inputMap(h)), [reach * reach, th * planes * tw, c]);

  // U and M.
  const taps = swapLast(reshape(w, [o * c, 9]));
  const filters = reshape(mapAxis(taps, 0, filterMap()), [reach * reach, o, c]);
  const products = reshape(matmul(tiles, swapLast(filters)), [reach, reach * th, planes, tw * o]);

  // y: the way back, along H, then along W.
  const tall = transpose(mapAxis(products, 1, outputMap(h)), [2, 1, 0, 3]);
  const y = mapAxis(reshape(tall, [planes, h, reach * tw, o]), 2, outputMap(width));
  const shaped = reshape(bias ? add(y, bias) : y, [n, ...spatial, o]);
  return transpose(shaped, [0, axes.length + 1, ...axes.map((axis) => axis - 1)]);
}

/** Channels from which, and extents up to which, the products saved outweigh the transforms (measured). */
const fewestChannels = 256;
const largestExtent = 48;
/** Tiles that share one transform of the weights, and weights whose 36 places for 9 taps still find room (38 MB). */
const fewestTiles = 64;
const mostWeights = 2 ** 18;

/** A 3×3 convolution of slices that keeps their size. */
function isPlain({ kernel, stride, padding, dilation, groups }: Geometry): boolean {
  const isInSlice = kernel.length === 2 || (kernel.length === 3 && kernel[0] === 1 && padding[0] === 0);
  const isThree = kernel.slice(-2).join() === "3,3" && padding.slice(-2).join() === "1,1";
  return isInSlice && isThree && [...stride, ...dilation, groups].every((n) => n === 1);
}

function pays(x: Tensor, w: Tensor): boolean {
  const [h = 1, width = 1] = x.shape.slice(-2);
  const [o = 1, c = 1] = w.shape;
  const tiles = (sizeOf(x.shape) / (c * h * width)) * tilesOf(h) * tilesOf(width);
  const isWide = Math.min(o, c) >= fewestChannels && o * c <= mostWeights;
  return isWide && Math.max(h, width) <= largestExtent && tiles >= fewestTiles;
}

/** The same outputs, with wide 3×3 convolutions of small images computed by tiles. For the processor. */
export function winograd(outputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return rewritten(outputs, (t, inputs) => {
    if (t.operator !== convolution.conv || !isPlain(t.attributes as unknown as Geometry)) return undefined;
    const [x, w, bias] = inputs as [Tensor, Tensor, Tensor | undefined];
    return pays(x, w) ? winogradConv(x, w, bias) : undefined;
  });
}
