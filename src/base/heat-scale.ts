/** The colours of heat maps, in reports and on the page, as red, green and blue at even steps of heat. */

/** Black, purple, orange, pale yellow: brightness rises evenly, so that it reads without colour too. */
export const heatScale = [
  [0, 0, 4],
  [87, 16, 110],
  [188, 55, 84],
  [249, 142, 9],
  [252, 255, 164],
] as const;
