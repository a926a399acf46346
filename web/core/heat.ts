/** Heat maps as pixels, from clear to opaque. */
import { heatScale as scale } from "../../src/base/heat-scale.js";

/** Pixels for bytes of a heat map: 0 is clear, from the middle on opaque. */
export const heatPalette: Uint32Array = Uint32Array.from({ length: 256 }, (_, value) => {
  const heat = value / 255;
  const alpha = Math.round(255 * Math.min(1, 2 * heat));
  const place = heat * (scale.length - 1);
  const n = Math.min(scale.length - 2, Math.floor(place));
  const [red, green, blue] = scale[n].map((from, c) =>
    Math.round(from + (place - n) * (scale[n + 1][c] - from)),
  );
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
});
