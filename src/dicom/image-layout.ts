/** How the pixels of an image are stored (PS3.3 section C.7.6.3), checked before anything is decoded. */
import { MarrowError } from "../base/errors.js";
import type { DataSet } from "./data-set.js";
import { number, text } from "./values.js";

export interface ImageLayout {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly samples: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  /** Position of the highest stored bit. */
  readonly highBit: number;
  readonly signed: boolean;
  readonly photometric: string;
  readonly float: boolean;
}

/** Voxels of one volume or file: a gigabyte as 32-bit numbers. */
export const mostVoxels = 2 ** 28;

const allowedBits = [1, 8, 12, 16, 32, 64];

/** Throws DICOM_NO_IMAGE without pixel data, DICOM_PIXELS for impossible values, DICOM_TOO_LARGE. */
export function imageLayout(dataset: DataSet, file: string): ImageLayout {
  const float = dataset.elements.has("7FE00008") || dataset.elements.has("7FE00009");
  if (!float && !dataset.elements.has("7FE00010"))
    throw new MarrowError("DICOM_NO_IMAGE", {
      file,
      found: `no pixel data (${text(dataset, "00080060") ?? "no modality"})`,
    });
  const bitsAllocated = number(dataset, "00280100") ?? 0;
  const bitsStored = number(dataset, "00280101") ?? bitsAllocated;
  const layout: ImageLayout = {
    rows: number(dataset, "00280010") ?? 0,
    columns: number(dataset, "00280011") ?? 0,
    frames: Math.max(1, number(dataset, "00280008") ?? 1),
    samples: number(dataset, "00280002") ?? 1,
    bitsAllocated,
    bitsStored,
    highBit: number(dataset, "00280102") ?? bitsStored - 1,
    signed: number(dataset, "00280103") === 1,
    photometric: (text(dataset, "00280004") ?? "MONOCHROME2").toUpperCase(),
    float,
  };
  check(layout, file);
  return layout;
}

function check(layout: ImageLayout, file: string): void {
  const { rows, columns, frames, samples, bitsAllocated, bitsStored, highBit } = layout;
  const wholes = [rows, columns, frames, samples, bitsAllocated, bitsStored];
  const isSound =
    wholes.every((n) => Number.isInteger(n) && n >= 1) &&
    allowedBits.includes(bitsAllocated) &&
    bitsStored <= bitsAllocated &&
    highBit < bitsAllocated &&
    highBit >= bitsStored - 1;
  const found = `${columns} × ${rows} pixels, ${frames} frames, ${samples} samples of ${bitsStored} in ${bitsAllocated} bits`;
  if (!isSound) throw new MarrowError("DICOM_PIXELS", { file, found });
  if (rows * columns * frames * samples > mostVoxels)
    throw new MarrowError("DICOM_TOO_LARGE", { file, found });
}
