/** Overlay planes (PS3.3 section C.9.2): bits drawn over the image, which may be writing. */
import type { DataSet } from "../data-set.js";
import { bytesOf, number } from "../values.js";
import { looksLikeText } from "./text-detector.js";

/** Whether an overlay may hold writing; yes where it cannot be read. */
export function overlayShowsText(dataset: DataSet, group: string): boolean {
  const bytes = bytesOf(dataset, `${group}3000`);
  const rows = number(dataset, `${group}0010`) ?? 0;
  const columns = number(dataset, `${group}0011`) ?? 0;
  const frames = number(dataset, `${group}0015`) ?? 1;
  const pixels = rows * columns;
  if (!bytes || pixels === 0 || bytes.length * 8 < pixels * frames) return true;
  return Array.from({ length: frames }, (_, n) => n).some((n) =>
    looksLikeText({ rows, columns, data: bitsOf(bytes, n * pixels, pixels) }),
  );
}

/** Bits, lowest first, as 0 and 1. */
function bitsOf(bytes: Uint8Array, start: number, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, n) => (bytes[(start + n) >> 3] >> ((start + n) & 7)) & 1);
}
