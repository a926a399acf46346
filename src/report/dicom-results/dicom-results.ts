/** Everything that is sent back to a PACS for one examination: segmentation, report, key images. */
import type { DicomFile } from "../../dicom/data-set.js";
import { newUid } from "../../dicom/new-uid.js";
import type { Placed } from "../../dicom/results/source-image.js";
import type { Algorithm, Segment } from "../../dicom/seg/segment.js";
import {
  binarySegmentation,
  fractionalSegmentation,
  labelmapSegmentation,
  type SegmentationSeries,
} from "../../dicom/seg/write-seg.js";
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
  /** One frame for each segment and slice, or one label map for each slice. */
  readonly segmentationType?: "binary" | "labelmap" | undefined;
  /** Probabilities of labels, on the image's grid. */
  readonly probabilities?: readonly Probability[] | undefined;
}

export interface Probability {
  /** Name of the label. */
  readonly label: string;
  readonly volume: Volume<VoxelArray>;
}

export interface DicomResults {
  readonly segmentation: DicomFile;
  /** Fractional segmentation; undefined where no probabilities were given. */
  readonly probabilities: DicomFile | undefined;
  readonly report: DicomFile;
  readonly keyImages: readonly DicomFile[];
}

/** Series numbers far above a scanner's. */
const seriesNumbers = { segmentation: 9001, report: 9002, keyImages: 9003, probabilities: 9004 };

/** Results in the study of the original images, referring to them and to each other. */
export function dicomResults(request: ResultsRequest): DicomResults {
  const { placed, pixels, algorithm, version, made, measurements, task } = request;
  const segments = segmentsOf(request);
  const common = { version, made };
  const write = request.segmentationType === "labelmap" ? labelmapSegmentation : binarySegmentation;
  const segmentation = write(placed.mask, placed.image, segments, {
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
  const probabilities = probabilitiesOf(request, segments, {
    ...common,
    number: seriesNumbers.probabilities,
    description: "Marrow probabilities (research use only)",
  });
  return { segmentation, probabilities, report, keyImages: pictures };
}

/** The segments that have probabilities, numbered anew from 1, with the tracking of those they belong to. */
function probabilitiesOf(
  { probabilities = [], placed }: ResultsRequest,
  segments: readonly Segment[],
  series: SegmentationSeries,
): DicomFile | undefined {
  const known = segments.flatMap((segment) => {
    const found = probabilities.find(({ label }) => label === segment.label);
    return found ? [{ segment, volume: found.volume }] : [];
  });
  if (known.length === 0) return undefined;
  const numbered = known.map(({ segment, volume }, n) => ({
    segment: { ...segment, number: n + 1 },
    volume,
  }));
  return fractionalSegmentation(numbered, placed.image, series);
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
