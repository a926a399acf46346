/** Of node:util what src/dicom takes: the browser has it too. */
export const TextDecoder = globalThis.TextDecoder;
