/** What takes seconds on a large examination: a table of functions that need nothing but what they are given. */
import type { Placed } from "../../dicom/results/source-image.js";
import { writeDicom } from "../../dicom/write-dicom.js";
import type { Measurement } from "../../quantify/measurement.js";
import type { QuantifyOptions } from "../../quantify/options.js";
import { quantify } from "../../quantify/quantify.js";
import type { Examination } from "../../quantify/scene.js";
import { combine } from "../../reading/agree.js";
import { dicomResults, type ResultsRequest } from "../../report/dicom-results/dicom-results.js";

export type NamedFile = readonly [name: string, bytes: Uint8Array];

/** A placed mask without the function that reads its image: threads hand over values alone. */
export interface PlacedValues {
  readonly image: Omit<Placed["image"], "read">;
  readonly mask: Placed["mask"];
}

export interface ResultsOrder extends Omit<ResultsRequest, "placed" | "measurements"> {
  readonly placed: PlacedValues;
  /** What is measured for the report; undefined where the segmentation alone is wanted. */
  readonly analyses: readonly string[] | undefined;
}

export const heavyWork = { measure, results, combine };
export type HeavyWork = typeof heavyWork;

function measure(
  examination: Examination,
  analyses: readonly string[],
  options: Partial<QuantifyOptions>,
): readonly Measurement[] {
  return quantify(examination, analyses, options).measurements;
}

/** The files of `marrow dicom-results`, or its segmentation alone. */
function results({ analyses, ...order }: ResultsOrder): NamedFile[] {
  const { labels, pixels: image } = order;
  const placed = { ...order.placed, image: { ...order.placed.image, read: () => Promise.resolve(image) } };
  const measurements = analyses ? measure({ mask: placed.mask, labels, image }, analyses, {}) : [];
  const { segmentation, report, keyImages } = dicomResults({ ...order, placed, measurements });
  const first: NamedFile = ["segmentation.dcm", writeDicom(segmentation)];
  if (!analyses) return [first];
  const pictures = keyImages.map((one, n) => [`key-image-${n + 1}.dcm`, writeDicom(one)] as const);
  return [first, ["report.dcm", writeDicom(report)], ...pictures];
}
