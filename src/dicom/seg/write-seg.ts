/** Writes a mask as a DICOM segmentation (PS3.3 section A.51) that refers to the images it was made on. */
import type { Grid } from "../../volume/geometry.js";
import { transformPoint } from "../../volume/geometry.js";
import { spacingOf, type Mask, type Vec3, type Volume, type VoxelArray } from "../../volume/volume.js";
import { code, codeItem } from "../code.js";
import type { DicomFile } from "../data-set.js";
import { cross, dot } from "../frame.js";
import { setItems } from "../set-values.js";
import { dataSetFrom, type Natural } from "../natural.js";
import { newUid } from "../new-uid.js";
import { frameOfReference, resultFile, type ResultSeries } from "../results/modules.js";
import type { SourceImage, SourceSlice } from "../results/source-image.js";
import { packBits } from "./pack-bits.js";
import { segmentItem, type Segment } from "./segment.js";

/** How each type stores its voxels, and under which SOP class (PS3.3 section C.8.20.2, PS3.4 table B.5-1). */
const types = {
  BINARY: {
    sopClassUid: "1.2.840.10008.5.1.4.1.1.66.4",
    bits: 1,
    attributes: { SegmentsOverlap: "NO" },
  },
  FRACTIONAL: {
    sopClassUid: "1.2.840.10008.5.1.4.1.1.66.4",
    bits: 8,
    attributes: {
      SegmentationFractionalType: "PROBABILITY",
      MaximumFractionalValue: 255,
      SegmentsOverlap: "UNDEFINED",
    },
  },
  LABELMAP: {
    sopClassUid: "1.2.840.10008.5.1.4.1.1.66.7",
    bits: 8,
    attributes: { SegmentsOverlap: "NO" },
  },
} as const;

type Type = keyof typeof types;

/** Voxels on the image's grid: those of one segment, 0 and 1 or 0 to 255, or of a label map, segments' numbers. */
interface Layer {
  readonly segment: Segment | undefined;
  readonly data: Uint8Array;
}

export type SegmentationSeries = Omit<ResultSeries, "sopClassUid" | "modality">;

/** A frame: a layer in one slice that it touches. */
interface LayerFrame {
  readonly layer: Layer;
  readonly slice: number;
}

type ValuedSegment = Segment & { readonly value: number };

/**
 * A binary segmentation of a mask on the image's grid (see `placeMask`). `values` gives the mask's value of each segment;
 * segment numbers must run from 1. Slices without a voxel get no frame; a segment without any gets one empty frame.
 */
export function binarySegmentation(
  mask: Mask,
  image: SourceImage,
  segments: readonly ValuedSegment[],
  series: SegmentationSeries,
): DicomFile {
  const layers = segments.map((segment) => ({
    segment,
    data: mask.data.map((value) => Number(value === segment.value)),
  }));
  return segmentation("BINARY", segments, layers, image, series);
}

/** The same as a label map: one frame for each slice that any segment touches. Older viewers cannot read it. */
export function labelmapSegmentation(
  mask: Mask,
  image: SourceImage,
  segments: readonly ValuedSegment[],
  series: SegmentationSeries,
): DicomFile {
  const numbers = new Uint8Array(256);
  for (const { value, number } of segments) numbers[value] = number;
  const data = mask.data.map((value) => numbers[value]);
  const result = segmentation("LABELMAP", segments, [{ segment: undefined, data }], image, series);
  // The background is what has the padding value.
  result.dataset.elements.set("00280120", { vr: "US", bytes: Uint8Array.of(0, 0) });
  return result;
}

/** A fractional segmentation of probabilities from 0 to 1 on the image's grid, kept in steps of 1/255. */
export function fractionalSegmentation(
  probabilities: readonly { readonly segment: Segment; readonly volume: Volume<VoxelArray> }[],
  image: SourceImage,
  series: SegmentationSeries,
): DicomFile {
  const layers = probabilities.map(({ segment, volume }) => ({
    segment,
    data: Uint8Array.from(volume.data, (p) => Math.round(255 * Math.min(1, Math.max(0, p)))),
  }));
  const segments = probabilities.map(({ segment }) => segment);
  return segmentation("FRACTIONAL", segments, layers, image, series);
}

function segmentation(
  type: Type,
  segments: readonly Segment[],
  layers: readonly Layer[],
  image: SourceImage,
  series: SegmentationSeries,
): DicomFile {
  const frames = layers.flatMap((layer) => framesOfLayer(layer, image.grid));
  const result = resultFile(
    image.head,
    { ...series, sopClassUid: types[type].sopClassUid, modality: "SEG" },
    { ...description(series, segments, type), ...pixelAttributes(image.grid, frames, types[type].bits) },
    frameOfReference,
  );
  const { elements } = result.dataset;
  const groups = dataSetFrom(functionalGroups(frames, image));
  for (const [tag, element] of groups.elements) elements.set(tag, element);
  if (!elements.has("00200052")) elements.set("00200052", dataSetFrom({ FrameOfReferenceUID: newUid() }).elements.get("00200052")!); // prettier-ignore
  if (!elements.has("00201040")) elements.set("00201040", { vr: "LO", bytes: new Uint8Array(0) });
  setItems(result.dataset, "00081115", [dataSetFrom(referencedSeries(image))]);
  return result;
}

function framesOfLayer(layer: Layer, { size }: Grid): LayerFrame[] {
  const pixels = size[0] * size[1];
  const touched = Array.from({ length: size[2] }, (_, n) => n).filter((k) =>
    layer.data.subarray(k * pixels, (k + 1) * pixels).some((value) => value > 0),
  );
  return (touched.length > 0 ? touched : [0]).map((slice) => ({ layer, slice }));
}

function description(series: SegmentationSeries, segments: readonly Segment[], type: Type): Natural {
  return {
    ImageType: ["DERIVED", "PRIMARY"],
    ContentLabel: "SEGMENTATION",
    ContentDescription: series.description,
    ContentCreatorName: "Marrow",
    LossyImageCompression: "00",
    BurnedInAnnotation: "NO",
    SegmentationType: type,
    ...types[type].attributes,
    SegmentSequence: segments.map(segmentItem),
  };
}

function pixelAttributes({ size }: Grid, frames: readonly LayerFrame[], bits: 1 | 8): Natural {
  const pixels = size[0] * size[1];
  const planes = frames.map(({ layer, slice }) => layer.data.subarray(slice * pixels, (slice + 1) * pixels));
  return {
    SamplesPerPixel: 1,
    PhotometricInterpretation: "MONOCHROME2",
    NumberOfFrames: frames.length,
    Rows: size[1],
    Columns: size[0],
    BitsAllocated: bits,
    BitsStored: bits,
    HighBit: bits - 1,
    PixelRepresentation: 0,
    PixelData: bits === 1 ? packBits(planes) : evenBytes(planes),
  };
}

/** Values have an even length (PS3.5 section 7.1.1). */
function evenBytes(planes: readonly Uint8Array[]): Uint8Array {
  const length = planes.reduce((sum, plane) => sum + plane.length, 0);
  return Buffer.concat(planes, length + (length % 2));
}

function functionalGroups(frames: readonly LayerFrame[], image: SourceImage): Natural {
  const isLabelmap = frames.every(({ layer }) => layer.segment === undefined);
  const uid = newUid();
  const index = (name: string, pointer: string, group: string): Natural => ({
    DimensionOrganizationUID: uid,
    DimensionIndexPointer: pointer,
    FunctionalGroupPointer: group,
    DimensionDescriptionLabel: name,
  });
  return {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: uid }],
    DimensionIndexSequence: [
      ...(isLabelmap ? [] : [index("ReferencedSegmentNumber", "0062000B", "0062000A")]),
      index("ImagePositionPatient", "00200032", "00209113"),
    ],
    SharedFunctionalGroupsSequence: [sharedGroups(image.grid)],
    PerFrameFunctionalGroupsSequence: frames.map((frame) => frameGroups(frame, image)),
  };
}

function sharedGroups({ affine }: Grid): Natural {
  const [si, sj] = spacingOf(affine);
  const axis = (c: number, mm: number): Vec3 => [affine[c] / mm, affine[4 + c] / mm, affine[8 + c] / mm];
  const [row, column] = [axis(0, si), axis(1, sj)];
  const between = Math.abs(dot(cross(row, column), axis(2, 1)));
  return {
    PlaneOrientationSequence: [{ ImageOrientationPatient: [...row, ...column] }],
    PixelMeasuresSequence: [
      { SliceThickness: between, SpacingBetweenSlices: between, PixelSpacing: [sj, si] },
    ],
  };
}

function frameGroups({ layer, slice }: LayerFrame, { grid, slices }: SourceImage): Natural {
  const source = slices[slice];
  const number = layer.segment?.number;
  return {
    FrameContentSequence: [
      { DimensionIndexValues: number === undefined ? [slice + 1] : [number, slice + 1] },
    ],
    PlanePositionSequence: [{ ImagePositionPatient: [...transformPoint(grid.affine, [0, 0, slice])] }],
    ...(number !== undefined && { SegmentIdentificationSequence: [{ ReferencedSegmentNumber: number }] }),
    DerivationImageSequence: source ? [derivation(source)] : [],
  };
}

const segmentationDerivation = code("113076", "DCM", "Segmentation");
const sourceForSegmentation = code("121322", "DCM", "Source image for image processing operation");

function derivation(source: SourceSlice): Natural {
  return {
    DerivationCodeSequence: [codeItem(segmentationDerivation)],
    SourceImageSequence: [
      {
        ...instanceReference(source),
        ReferencedFrameNumber: source.frame,
        PurposeOfReferenceCodeSequence: [codeItem(sourceForSegmentation)],
        SpatialLocationsPreserved: "YES",
      },
    ],
  };
}

const instanceReference = ({ sopClassUid, sopInstanceUid }: SourceSlice): Natural => ({
  ReferencedSOPClassUID: sopClassUid,
  ReferencedSOPInstanceUID: sopInstanceUid,
});

/** Every instance of the series, each once (PS3.3 section C.12.2). */
export function referencedSeries({ slices, seriesUid }: SourceImage): Natural {
  const unique = new Map(slices.flatMap((slice) => (slice ? [[slice.sopInstanceUid, slice] as const] : [])));
  return {
    SeriesInstanceUID: seriesUid,
    ReferencedInstanceSequence: [...unique.values()].map(instanceReference),
  };
}
