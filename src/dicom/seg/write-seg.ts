/** Writes a mask as a DICOM segmentation (PS3.3 section A.51) that refers to the images it was made on. */
import type { Grid } from "../../volume/geometry.js";
import { transformPoint } from "../../volume/geometry.js";
import { spacingOf, type Mask, type Vec3, type Volume } from "../../volume/volume.js";
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

export const segmentationStorage = "1.2.840.10008.5.1.4.1.1.66.4";

/** One segment's voxels on the image's grid: 0 and 1, or 0 to 255 for a fractional segmentation. */
interface Layer {
  readonly segment: Segment;
  readonly data: Uint8Array;
}

export type SegmentationSeries = Omit<ResultSeries, "sopClassUid" | "modality">;

/** A frame: one segment in one slice that it touches. */
interface LayerFrame {
  readonly layer: Layer;
  readonly slice: number;
}

/**
 * A binary segmentation of a mask on the image's grid (see `placeMask`). `values` gives the mask's value of each segment;
 * segment numbers must run from 1. Slices without a voxel get no frame; a segment without any gets one empty frame.
 */
export function binarySegmentation(
  mask: Mask,
  image: SourceImage,
  segments: readonly (Segment & { readonly value: number })[],
  series: SegmentationSeries,
): DicomFile {
  const layers = segments.map((segment) => ({
    segment,
    data: mask.data.map((value) => Number(value === segment.value)),
  }));
  return segmentation(layers, image, series, false);
}

/** A fractional segmentation of probabilities from 0 to 1 on the image's grid, kept in steps of 1/255. */
export function fractionalSegmentation(
  probabilities: readonly { readonly segment: Segment; readonly volume: Volume }[],
  image: SourceImage,
  series: SegmentationSeries,
): DicomFile {
  const layers = probabilities.map(({ segment, volume }) => ({
    segment,
    data: Uint8Array.from(volume.data, (p) => Math.round(255 * Math.min(1, Math.max(0, p)))),
  }));
  return segmentation(layers, image, series, true);
}

function segmentation(
  layers: readonly Layer[],
  image: SourceImage,
  series: SegmentationSeries,
  isFractional: boolean,
): DicomFile {
  const frames = layers.flatMap((layer) => framesOfLayer(layer, image.grid));
  const result = resultFile(
    image.head,
    { ...series, sopClassUid: segmentationStorage, modality: "SEG" },
    { ...description(series, layers, isFractional), ...pixelAttributes(image.grid, frames, isFractional) },
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

function description(series: SegmentationSeries, layers: readonly Layer[], isFractional: boolean): Natural {
  return {
    ImageType: ["DERIVED", "PRIMARY"],
    ContentLabel: "SEGMENTATION",
    ContentDescription: series.description,
    ContentCreatorName: "Marrow",
    LossyImageCompression: "00",
    BurnedInAnnotation: "NO",
    SegmentationType: isFractional ? "FRACTIONAL" : "BINARY",
    ...(isFractional && { SegmentationFractionalType: "PROBABILITY", MaximumFractionalValue: 255 }),
    SegmentsOverlap: isFractional ? "UNDEFINED" : "NO",
    SegmentSequence: layers.map(({ segment }) => segmentItem(segment)),
  };
}

function pixelAttributes({ size }: Grid, frames: readonly LayerFrame[], isFractional: boolean): Natural {
  const pixels = size[0] * size[1];
  const bits = isFractional ? 8 : 1;
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
    PixelData: isFractional ? Buffer.concat(planes) : packBits(planes),
  };
}

function functionalGroups(frames: readonly LayerFrame[], image: SourceImage): Natural {
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
      index("ReferencedSegmentNumber", "0062000B", "0062000A"),
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
  const number = layer.segment.number;
  return {
    FrameContentSequence: [{ DimensionIndexValues: [number, slice + 1] }],
    PlanePositionSequence: [{ ImagePositionPatient: [...transformPoint(grid.affine, [0, 0, slice])] }],
    SegmentIdentificationSequence: [{ ReferencedSegmentNumber: number }],
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
