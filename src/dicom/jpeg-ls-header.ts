/** Markers of a JPEG-LS image (ISO/IEC 14495-1 annex C): size, precision, coding parameters, where the scan begins. */

export interface JpegLsHeader {
  readonly rows: number;
  readonly columns: number;
  readonly maximum: number;
  /** Largest error of a value; 0 is lossless. */
  readonly near: number;
  readonly thresholds: readonly [number, number, number];
  readonly reset: number;
  /** Offset of the entropy-coded data. */
  readonly start: number;
}

const markers = { frame: 0xf7, parameters: 0xf8, scan: 0xda };

/** Throws an Error for anything but one component of up to 16 bits without mapping table and restart intervals. */
export function readJpegLsHeader(bytes: Uint8Array): JpegLsHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frame: { precision: number; rows: number; columns: number } | undefined;
  let preset: readonly number[] = [];
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const [marker, length, body] = [bytes[at + 1], view.getUint16(at + 2), at + 4];
    if (body + length - 2 > bytes.length) break;
    if (marker === 0xdd && view.getUint16(body) !== 0) throw new Error("restart intervals");
    if (marker === markers.frame && bytes[body + 5] !== 1) throw new Error("more than one component");
    if (marker === markers.frame)
      frame = { precision: bytes[body], rows: view.getUint16(body + 1), columns: view.getUint16(body + 3) };
    if (marker === markers.parameters && bytes[body] === 1 && length >= 13)
      preset = [1, 3, 5, 7, 9].map((offset) => view.getUint16(body + offset));
    if (marker === markers.scan && frame) return complete(frame, preset, bytes[body + 3], body + length - 2);
    at = body + length - 2;
  }
  throw new Error("no scan");
}

function complete(
  { precision, rows, columns }: { precision: number; rows: number; columns: number },
  preset: readonly number[],
  near: number,
  start: number,
): JpegLsHeader {
  if (precision < 2 || precision > 16) throw new Error(`${precision} bits`);
  const maximum = preset[0] || 2 ** precision - 1;
  if (maximum >= 2 ** precision || near > Math.min(255, maximum / 2))
    throw new Error("impossible parameters");
  const usual = usualThresholds(maximum, near);
  return {
    rows,
    columns,
    maximum,
    near,
    thresholds: [preset[1] || usual[0], preset[2] || usual[1], preset[3] || usual[2]],
    reset: preset[4] || 64,
    start,
  };
}

/** Annex C.2.4.1.1.1. */
function usualThresholds(maximum: number, near: number): [number, number, number] {
  const clamp = (value: number, low: number) => (value > maximum || value < low ? low : value);
  const basic = [3, 7, 21];
  const large = maximum >= 128;
  const factor = large ? Math.floor((Math.min(maximum, 4095) + 128) / 256) : Math.floor(256 / (maximum + 1));
  const raw = basic.map((value, n) =>
    large
      ? factor * (value - n - 2) + n + 2 + (2 * n + 3) * near
      : Math.max(n + 2, Math.floor(value / factor) + (2 * n + 3) * near),
  );
  const first = clamp(raw[0], near + 1);
  const second = clamp(raw[1], first);
  return [first, second, clamp(raw[2], second)];
}
