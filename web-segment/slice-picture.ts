/** A slice as pixels: grey values in their window, the mask's colours over them. */
import type { Mask, Volume } from "../src/volume/volume.js";
import type { ScreenAxes } from "./screen-axes.js";

/** Okabe and Ito's colours, told apart by the colour-blind too; label 1 has the first. */
export const palette: readonly (readonly [number, number, number])[] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [213, 94, 0],
  [204, 121, 167],
  [0, 114, 178],
];

export const colourOf = (label: number) => palette[(label - 1) % palette.length];

export interface SliceView {
  readonly k: number;
  /** Grey values that are black and white. */
  readonly black: number;
  readonly white: number;
  /** Of the mask, 0 … 1. */
  readonly opacity: number;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** RGBA. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** Slice k along the volume's third axis. */
export function slicePicture(
  { data, size: [ni, nj] }: Volume,
  mask: Mask | undefined,
  { transposed, flipX, flipY }: ScreenAxes,
  { k, black, white, opacity }: SliceView,
): Picture {
  const [width, height] = transposed ? [nj, ni] : [ni, nj];
  const pixels = new Uint8ClampedArray(4 * width * height);
  const scale = 255 / (white - black || 1);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 4) {
      const [a, b] = [flipX ? width - 1 - x : x, flipY ? height - 1 - y : y];
      const voxel = (transposed ? b + ni * a : a + ni * b) + ni * nj * k;
      const grey = Math.min(255, Math.max(0, (data[voxel] - black) * scale));
      const label = mask?.data[voxel] ?? 0;
      const share = label === 0 ? 0 : opacity;
      const colour = label === 0 ? [0, 0, 0] : colourOf(label);
      for (let c = 0; c < 3; c++) pixels[at + c] = (1 - share) * grey + share * colour[c];
      pixels[at + 3] = 255;
    }
  return { width, height, pixels };
}
