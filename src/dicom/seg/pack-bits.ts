/** Planes of zeros and others as packed bits, lowest first, one after the other without padding (PS3.5 section 8.1.1). */
export function packBits(planes: readonly Uint8Array[]): Uint8Array {
  const count = planes.reduce((sum, plane) => sum + plane.length, 0);
  const bytes = new Uint8Array(2 * Math.ceil(count / 16));
  let at = 0;
  for (const plane of planes)
    for (const value of plane) {
      if (value) bytes[at >> 3] |= 1 << (at & 7);
      at++;
    }
  return bytes;
}
