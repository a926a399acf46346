/** Everything that is sent back to a PACS for one examination: segmentation, report, key images. */
import type { DicomFile } from "../../dicom/data-set.js";
import { newUid } from "../../dicom/new-uid.js";
import type { Placed } from "../../dicom/results/source-image.js";
import type { Algorithm, Segment } from "../../dicom/seg/segment.js";
import { binarySegmentation } from "../../dicom/seg/write-seg.js";
import { measurementReport } from "../../dicom/sr/write-sr.js";
import type { Measurement } from "../../quantify/measurement.js";
import type { Label } from "../../study/types.js";
import type { Volume, VoxelArray } from "../../volume/volume.js";
import { keyImages } from "./key-images.js";
import { measuredGroups } from "./measurement-groups.js";
import { codesOf, siteOf } from "./segment-codes.js";
import { segmentColour } from "./segment-colours.js";

export interface ResultsRequest {
  /** The mask on its image's grid (`placeMask`). */
  readonly placed: Placed;
  readonly pixels: Volume<VoxelArray>;
  readonly labels: readonly Label[];
  /** Name of the task, which tells the joint. */
  readonly task: string;
  readonly measurements: readonly Measurement[];
  /** Who or what drew the mask. */
  readonly algorithm: Algorithm;
  readonly version: string;
  readonly made: Date;
}

export interface DicomResults {
  readonly segmentation: DicomFile;
  readonly report: DicomFile;
  readonly keyImages: readonly DicomFile[];
}

/** Series numbers far above a scanner's. */
const seriesNumbers = { segmentation: 9001, report: 9002, keyImages: 9003 };

/** Results in the study of the original images, referring to them and to each other. */
export function dicomResults(request: ResultsRequest): DicomResults {
  const { placed, pixels, algorithm, version, made, measurements, task } = request;
  const segments = segmentsOf(request);
  const common = { version, made };
  const segmentation = binarySegmentation(placed.mask, placed.image, segments, {
    ...common,
    number: seriesNumbers.segmentation,
    description: "Marrow segmentation (research use only)",
  });
  const groups = measuredGroups(measurements, segments, siteOf(task));
  const report = measurementReport(
    { groups, algorithm, segmentation, remark: "Made by Marrow. Research use only; not for diagnosis." },
    placed.image,
    { ...common, number: seriesNumbers.report, description: "Marrow measurements (research use only)" },
  );
  const pictures = keyImages(placed.mask, pixels, placed.image, segments, {
    ...common,
    number: seriesNumbers.keyImages,
  });
  return { segmentation, report, keyImages: pictures };
}

/** One segment for each label, in the order of values: all of them, so that a finding that is absent is said to be. */
function segmentsOf({ labels, algorithm, task }: ResultsRequest): (Segment & { value: number })[] {
  const sorted = [...labels].sort((a, b) => a.value - b.value);
  return sorted.map((label, n) => ({
    ...codesOf(label),
    value: label.value,
    number: n + 1,
    label: label.name,
    region: siteOf(task),
    trackingId: label.name,
    trackingUid: newUid(),
    algorithm,
    colour: segmentColour(n),
  }));
}
