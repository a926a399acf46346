/** DICOM segmentations and structure sets as masks, with what their values mean. */
import { MarrowError } from "../../base/errors.js";
import type { DicomFile } from "../../dicom/data-set.js";
import { rasteriseContours } from "../../dicom/rtstruct/rasterise.js";
import { isStructureSet, readStructureSet } from "../../dicom/rtstruct/read-rtstruct.js";
import { readSegmentation } from "../../dicom/seg/read-seg.js";
import { segmentationMask } from "../../dicom/seg/segmentation-mask.js";
import { labelName } from "../../study/names.js";
import type { Grid } from "../../volume/geometry.js";
import type { Mask } from "../../volume/volume.js";

export interface NamedLabel {
  readonly value: number;
  readonly name: string;
}

export interface ReadMask {
  readonly mask: Mask;
  readonly labels: readonly NamedLabel[];
  /** Segments or regions whose names are not among the labels asked for. */
  readonly leftOut: readonly string[];
  /** What a person should know: overlaps, what lies outside, resampling. */
  readonly notes: readonly string[];
}

export interface ReadMaskOptions {
  /** Grid of the image; a segmentation may do without. */
  readonly grid?: Grid | undefined;
  /** Values for the names of segments; as the file numbers them where left out. */
  readonly labels?: readonly NamedLabel[] | undefined;
  readonly threshold?: number | undefined;
}

/** Throws DICOM_IMAGE_TYPE for other files, BAD_ARGUMENT for a structure set without a grid, and as the readers do. */
export async function readDicomMask(
  image: DicomFile,
  file: string,
  options: ReadMaskOptions,
): Promise<ReadMask> {
  return isStructureSet(image) ? contours(image, file, options) : segments(image, file, options);
}

/** Names as they are compared: `Bone Marrow_Oedema` is `bone-marrow-oedema`. */
function chosen<T extends { number: number }>(
  all: readonly T[],
  nameOf: (one: T) => string,
  labels: readonly NamedLabel[] | undefined,
) {
  // prettier-ignore
  const valueFor = (one: T) =>
    labels ? labels.find(({ name }) => labelName(name) === labelName(nameOf(one)))?.value : one.number;
  const taken = all.flatMap((one) => {
    const value = valueFor(one);
    return value === undefined ? [] : [{ ...one, value }];
  });
  return {
    valueFor,
    taken,
    labels: taken.map((one) => ({ value: one.value, name: nameOf(one) })),
    leftOut: all.filter((one) => valueFor(one) === undefined).map(nameOf),
  };
}

async function segments(
  image: DicomFile,
  file: string,
  { grid, labels, threshold }: ReadMaskOptions,
): Promise<ReadMask> {
  const segmentation = readSegmentation(image, file);
  const names = chosen(segmentation.segments, ({ label }) => label, labels);
  const { mask, overlapping, outside, resampled } = await segmentationMask(segmentation, {
    grid,
    labelOf: names.valueFor,
    ...(threshold !== undefined && { threshold }),
  });
  const notes = [
    ...(resampled ? ["it lies on a grid of its own and was resampled onto the image's"] : []),
    ...(outside > 0 ? [`${outside} voxels lie outside of the image`] : []),
    ...overlapNote(overlapping),
  ];
  return { mask, labels: names.labels, leftOut: names.leftOut, notes };
}

const overlapNote = (voxels: number) => (voxels > 0 ? [`${voxels} voxels are claimed more than once`] : []);

async function contours(
  image: DicomFile,
  file: string,
  { grid, labels }: ReadMaskOptions,
): Promise<ReadMask> {
  if (!grid)
    throw new MarrowError("BAD_ARGUMENT", {
      expected: "the image that the contours belong to",
      next: "Add --image IMAGE.nii.gz or --dicom FOLDER.",
    });
  const { rois } = readStructureSet(image, file);
  const numbered = rois.map((roi, n) => ({ ...roi, number: n + 1 }));
  const names = chosen(numbered, ({ name }) => name, labels);
  if (names.taken.length > 255)
    throw new MarrowError("MASK_NOT_LABELS", { file, found: `${rois.length} regions` });
  const { mask, overlapping, lost } = rasteriseContours(names.taken, grid);
  const skipped = names.taken.reduce((sum, roi) => sum + roi.skipped, 0);
  const notes = [
    ...(lost > 0 ? [`${lost} contours lie in no slice of the image`] : []),
    ...(skipped > 0 ? [`${skipped} points or open contours enclose nothing`] : []),
    ...overlapNote(overlapping),
  ];
  return { mask, labels: names.labels, leftOut: names.leftOut, notes };
}
