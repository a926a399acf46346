/** Looks for burned-in writing in every frame of an image, one at a time. */
import { MarrowError } from "../../base/errors.js";
import type { DicomFile } from "../data-set.js";
import { frameBytes } from "../frame-bytes.js";
import { imageLayout, type ImageLayout } from "../image-layout.js";
import { framePixels, isGrey } from "../pixels.js";
import { number, text } from "../values.js";
import { looksLikeText, type GreyFrame } from "./text-detector.js";

/** Segmentations: their pixels are masks, not pictures, and letter-like by chance. */
const masks = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.66\.[47]$/;

/** True where a frame shows writing, undefined where the pixels cannot be decoded; false also for files without pixels. */
export async function writingInPixels(image: DicomFile, file: string): Promise<boolean | undefined> {
  if (masks.test(text(image.dataset, "00080016") ?? "")) return false;
  try {
    const layout = imageLayout(image.dataset, file);
    for (let n = 0; n < layout.frames; n++)
      if (looksLikeText(await greyFrame(image, layout, n, file))) return true;
    return false;
  } catch (error) {
    if (error instanceof MarrowError) return error.code === "DICOM_NO_IMAGE" ? false : undefined;
    throw error;
  }
}

/** A frame's grey values; of colour and palettes the first sample, in which writing shows as in any. */
async function greyFrame(image: DicomFile, layout: ImageLayout, n: number, file: string): Promise<GreyFrame> {
  const { rows, columns } = layout;
  if (isGrey(layout)) return { rows, columns, data: await framePixels(image, layout, n, file) };
  const bytes = await frameBytes(image, layout, n, file);
  const planar =
    number(image.dataset, "00280006") === 1 && "bytes" in (image.dataset.elements.get("7FE00010") ?? {});
  const step = (planar ? 1 : layout.samples) * (layout.bitsAllocated >> 3);
  return { rows, columns, data: Uint8Array.from({ length: rows * columns }, (_, at) => bytes[at * step]) };
}
