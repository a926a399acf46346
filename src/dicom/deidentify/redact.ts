/** Blanks rectangles of an image in every frame: action C of the Clean Pixel Data Option (PS3.15 section E.3.1). */
import { MarrowError } from "../../base/errors.js";
import { explicitLittleEndian } from "../transfer-syntax.js";
import type { DicomFile } from "../data-set.js";
import { frameBytes } from "../frame-bytes.js";
import { imageLayout, type ImageLayout } from "../image-layout.js";
import { setNumbers, setText } from "../set-values.js";
import { isGrey } from "../pixels.js";

/** In pixels from the upper left corner. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** `x,y,width,height`. Throws BAD_ARGUMENT. */
export function parseRectangle(text: string): Rectangle {
  const numbers = text.split(",").map(Number);
  const [x, y, width, height] = numbers;
  if (numbers.length !== 4 || !numbers.every((n) => Number.isInteger(n) && n >= 0) || width * height === 0)
    throw new MarrowError("BAD_ARGUMENT", {
      expected: "a rectangle x,y,width,height in pixels",
      found: text,
    });
  return { x, y, width, height };
}

/**
 * A file with uncompressed pixels, zero (black; white in MONOCHROME1) in the rectangles, and Burned In Annotation NO, for
 * which whoever chose the rectangles answers. Grey images of whole bytes and interleaved RGB; others throw
 * DICOM_IMAGE_TYPE. Also throws what decoding throws.
 */
export async function redact(
  image: DicomFile,
  rectangles: readonly Rectangle[],
  file: string,
): Promise<DicomFile> {
  const layout = imageLayout(image.dataset, file);
  requireSimple(layout, image, file);
  const frames: Uint8Array[] = [];
  for (let n = 0; n < layout.frames; n++)
    frames.push(blanked(await frameBytes(image, layout, n, file), layout, rectangles));
  const dataset = { ...image.dataset, elements: new Map(image.dataset.elements) };
  const vr = layout.bitsAllocated > 8 ? "OW" : "OB";
  dataset.elements.set("7FE00010", { vr, bytes: Buffer.concat(frames) });
  if (layout.samples > 1) setNumbers(dataset, "00280006", [0], "US");
  setText(dataset, "00280301", "NO", "CS");
  return { ...image, dataset, transferSyntax: explicitLittleEndian };
}

function requireSimple(layout: ImageLayout, image: DicomFile, file: string): void {
  const { bitsAllocated, photometric, samples, float } = layout;
  const planar = image.dataset.elements.get("00280006");
  const isPlanar = planar !== undefined && "bytes" in planar && planar.bytes[0] === 1;
  const colour = photometric === "RGB" && !isPlanar;
  if (float || bitsAllocated % 8 !== 0 || !(isGrey(layout) || colour))
    throw new MarrowError("DICOM_IMAGE_TYPE", {
      file,
      expected: "a grey image, or RGB colour by pixel",
      found: `${photometric}, ${samples} samples of ${bitsAllocated} bits`,
    });
}

function blanked(frame: Uint8Array, layout: ImageLayout, rectangles: readonly Rectangle[]): Uint8Array {
  const copy = Uint8Array.from(frame);
  const pixel = (layout.samples * layout.bitsAllocated) / 8;
  for (const { x, y, width, height } of rectangles)
    for (let row = y; row < Math.min(y + height, layout.rows); row++) {
      const start = row * layout.columns;
      copy.fill(
        0,
        (start + Math.min(x, layout.columns)) * pixel,
        (start + Math.min(x + width, layout.columns)) * pixel,
      );
    }
  return copy;
}
