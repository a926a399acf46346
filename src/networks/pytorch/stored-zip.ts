/**
 * Entries of a zip archive as torch.save writes it: stored, never compressed (PKWARE APPNOTE 6.3.9). Nothing is unpacked
 * to disk, so names of entries cannot lead anywhere.
 */
import { MarrowError } from "../../base/errors.js";

const endSignature = 0x06054b50;
const directorySignature = 0x02014b50;
const localSignature = 0x04034b50;
/** The end record is 22 bytes and a comment of up to 65535. */
const longestEnd = 22 + 65_535;

/** Views of the entries by name. Throws WEIGHTS_INVALID. */
export function storedEntries(bytes: Uint8Array, file: string): Map<string, Uint8Array> {
  const fail = (found: string) => new MarrowError("WEIGHTS_INVALID", { file, found });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endRecord(view);
  if (end === undefined) throw fail("an archive without its end: the file is truncated");
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === 0xffff || at === 0xffffffff) throw fail("an archive of over 4 GB");
  const entries = new Map<string, Uint8Array>();
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== directorySignature)
      throw fail("an archive whose directory is damaged");
    const [method, size] = [view.getUint16(at + 10, true), view.getUint32(at + 24, true)];
    const [nameLength, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (method !== 0) throw fail(`a compressed entry, ${name}`);
    const from = dataStart(view, view.getUint32(at + 42, true));
    if (from === undefined || from + size > bytes.length) throw fail(`the file ends inside ${name}`);
    if (entries.has(name)) throw fail(`two entries called ${name}`);
    entries.set(name, bytes.subarray(from, from + size));
    at += 46 + nameLength + extra + comment;
  }
  return entries;
}

function endRecord(view: DataView): number | undefined {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - longestEnd); at--)
    if (view.getUint32(at, true) === endSignature) return at;
  return undefined;
}

/** Where an entry's data begin, behind its local header. */
function dataStart(view: DataView, at: number): number | undefined {
  if (at + 30 > view.byteLength || view.getUint32(at, true) !== localSignature) return undefined;
  return at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
}
