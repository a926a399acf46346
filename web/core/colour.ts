/** Colours of labels, as pixels and as CSS. */

export interface ColouredLabel {
  readonly value: number;
  readonly name: string;
  /** "#rrggbb". */
  readonly colour: string;
}

/**
 * Told apart by people with any common colour blindness. Source: Okabe & Ito, Color Universal Design (2008), without
 * black; the brighter ones first, since they lie on grey images.
 */
export const safeColours = [
  "#e69f00",
  "#56b4e9",
  "#009e73",
  "#f0e442",
  "#d55e00",
  "#cc79a7",
  "#0072b2",
] as const;

/** What both have, only the first has, only the second has. */
export const comparisonColours = { both: "#f0e442", onlyFirst: "#d55e00", onlySecond: "#56b4e9" } as const;

/** "#rrggbb" as a pixel: bytes R, G, B, A in memory of a little-endian machine. */
export function pixelOf(colour: string, alpha = 255): number {
  const rgb = parseInt(colour.slice(1), 16);
  return ((alpha << 24) | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >> 16)) >>> 0;
}

/** Pixels for all 256 labels; those without a colour are clear. */
export function paletteOf(labels: readonly Pick<ColouredLabel, "value" | "colour">[]): Uint32Array {
  const palette = new Uint32Array(256);
  for (const { value, colour } of labels) palette[value] = pixelOf(colour);
  return palette;
}
