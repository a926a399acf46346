/** Reads a DICOM segmentation: its segments, and where each of its frames lies. */
import { MarrowError } from "../../base/errors.js";
import { frameAttributes } from "../attributes.js";
import type { DicomFile } from "../data-set.js";
import type { Frame } from "../frame.js";
import { framesOf } from "../frames-of.js";
import { imageLayout, type ImageLayout } from "../image-layout.js";
import { framePixels, type Pixels } from "../pixels.js";
import { copyDataSet, setText } from "../set-values.js";
import { items, number, text } from "../values.js";
import { segmentsOf, type Segment } from "./segment.js";

export type SegmentationType = "BINARY" | "FRACTIONAL" | "LABELMAP";

export interface SegmentFrame {
  readonly frame: Frame;
  /** Number of its segment; undefined in a labelmap, whose pixels are the numbers. */
  readonly segment: number | undefined;
}

export interface Segmentation {
  readonly file: string;
  readonly type: SegmentationType;
  readonly segments: readonly Segment[];
  /** What a fraction of 1 is stored as; 1 for binary ones. */
  readonly maximum: number;
  readonly frames: readonly SegmentFrame[];
  /** Distance between slices that the file states, mm. */
  readonly sliceSpacing: number | undefined;
  /** Series it was made on. */
  readonly seriesUids: readonly string[];
  /** Stored pixels of a frame. Throws as framePixels does. */
  readonly pixels: (frame: Frame) => Promise<Pixels>;
}

const storageClasses = ["1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7"];

export function isSegmentation({ dataset }: DicomFile): boolean {
  return storageClasses.includes(text(dataset, "00080016") ?? "") || text(dataset, "00080060") === "SEG";
}

/**
 * A segmentation of any type and transfer syntax. Throws DICOM_IMAGE_TYPE where it is none or does not lie in a patient (slides,
 * projections), DICOM_PIXELS, DICOM_TOO_LARGE, DICOM_NO_IMAGE.
 */
export function readSegmentation(image: DicomFile, file: string): Segmentation {
  const type = typeOf(image, file);
  const grey = asGrey(image);
  const layout: ImageLayout = imageLayout(grey.dataset, file);
  const frames = framesOf(grey, file).map((frame) => ({
    frame,
    segment: segmentOf(image, frame, type, file),
  }));
  return {
    file,
    type,
    segments: segmentsOf(image.dataset),
    maximum: type === "FRACTIONAL" ? (number(image.dataset, "0062000E") ?? 255) : 1,
    frames,
    sliceSpacing: frameAttributes(image.dataset, 0).number("00180088"),
    seriesUids: items(image.dataset, "00081115").flatMap((item) => text(item, "0020000E") ?? []),
    pixels: (frame) => framePixels(grey, layout, frame.index, file),
  };
}

function typeOf(image: DicomFile, file: string): SegmentationType {
  const type = text(image.dataset, "00620001");
  if (isSegmentation(image) && (type === "BINARY" || type === "FRACTIONAL" || type === "LABELMAP"))
    return type;
  throw new MarrowError("DICOM_IMAGE_TYPE", {
    file,
    expected: "a segmentation: BINARY, FRACTIONAL or LABELMAP",
    found: type ?? `modality ${text(image.dataset, "00080060") ?? "missing"}`,
  });
}

/** Labelmaps may bring a palette; their stored values are the labels all the same. */
function asGrey(image: DicomFile): DicomFile {
  const dataset = copyDataSet(image.dataset);
  setText(dataset, "00280004", "MONOCHROME2");
  return { ...image, dataset };
}

function segmentOf(
  image: DicomFile,
  { index }: Frame,
  type: SegmentationType,
  file: string,
): number | undefined {
  if (type === "LABELMAP") return undefined;
  const segment = frameAttributes(image.dataset, index).number("0062000B");
  if (segment === undefined)
    throw new MarrowError("DICOM_DAMAGED", { file, found: `frame ${index + 1} names no segment` });
  return segment;
}
