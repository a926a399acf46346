/** Of node:zlib what src/dicom takes. Browsers inflate asynchronously alone, and deflated DICOM files hardly occur. */
export const constants = { Z_SYNC_FLUSH: 2 };

export function inflateRawSync(): never {
  throw new Error("deflated files are read by `marrow` on the command line, not by this page");
}
