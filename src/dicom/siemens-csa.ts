/** Siemens' private header (0029,1010): a list of named values in text. The layout is known from its users, not a standard. */

const nameLength = 64;
const mostTags = 1024;

/**
 * Values of the elements called `names`; an element that is missing or damaged gives []. `bytes` is the value of
 * (0029,1010) or (0029,1020), in the older layout or in the newer one that begins with SV10.
 */
export function readCsa(bytes: Uint8Array, names: readonly string[]): Record<string, string[]> {
  const found: Record<string, string[]> = Object.fromEntries(names.map((name) => [name, []]));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isNew = ascii(bytes, 0, 4) === "SV10";
  let at = isNew ? 16 : 8;
  const count = bytes.length >= at ? view.getUint32(isNew ? 8 : 0, true) : 0;
  for (let n = 0; n < Math.min(count, mostTags) && at + 84 <= bytes.length; n++) {
    const name = ascii(bytes, at, nameLength);
    const items = view.getInt32(at + 76, true);
    const read = readItems(bytes, view, at + 84, items, isNew ? 1 : 0);
    if (name in found) found[name] = read.values;
    at = read.next;
  }
  return found;
}

/** The older layout adds the difference to the first item's length once more; neither is needed for even offsets. */
function readItems(bytes: Uint8Array, view: DataView, start: number, items: number, lengthAt: 0 | 1) {
  const values: string[] = [];
  let at = start;
  for (let n = 0; n < items && at + 16 <= bytes.length; n++) {
    const length = view.getInt32(at + 4 * lengthAt, true);
    if (length < 0 || at + 16 + length > bytes.length) return { values, next: bytes.length };
    const text = ascii(bytes, at + 16, length).trim();
    if (text) values.push(text);
    at += 16 + 4 * Math.ceil(length / 4);
  }
  return { values, next: at };
}

function ascii(bytes: Uint8Array, start: number, length: number): string {
  const part = bytes.subarray(start, start + length);
  const end = part.indexOf(0);
  return String.fromCharCode(...part.subarray(0, end < 0 ? part.length : end));
}
