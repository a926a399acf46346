/** Big endian becomes little endian. */

/** A copy in which every `unit` bytes stand the other way round; a rest that fills no unit stays. */
export function swapped(bytes: Uint8Array, unit: number): Uint8Array {
  if (unit === 1) return bytes;
  const copy = new Uint8Array(bytes);
  for (let at = 0; at + unit <= copy.length; at += unit) copy.subarray(at, at + unit).reverse();
  return copy;
}
