/** Colours in which viewers show segments: Okabe and Ito's, told apart by colour-blind readers too. */
const palette: readonly (readonly [number, number, number])[] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
];

/** CIELab as DICOM stores it (PS3.3 section C.10.7.1.1), of the n-th colour, counted from 0; the palette repeats. */
export function segmentColour(n: number): [number, number, number] {
  const [l, a, b] = cieLab(palette[n % palette.length]);
  return [
    Math.round((l * 65535) / 100),
    Math.round(((a + 128) * 65535) / 255),
    Math.round(((b + 128) * 65535) / 255),
  ];
}

/** sRGB (IEC 61966-2-1) to CIELab with white point D50, by Bradford's adaptation. */
function cieLab(rgb: readonly [number, number, number]): [number, number, number] {
  const [r, g, b] = rgb.map((value) => {
    const v = value / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  const x = (0.4360747 * r + 0.3850649 * g + 0.1430804 * b) / 0.9642;
  const y = 0.2225045 * r + 0.7168786 * g + 0.0606169 * b;
  const z = (0.0139322 * r + 0.0971045 * g + 0.7141733 * b) / 0.8251;
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116);
  return [116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))];
}
