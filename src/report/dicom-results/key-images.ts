/** Key images: the slices where a finding is largest, with its outline, as secondary captures. */
import { decode } from "fast-png";
import type { DicomFile } from "../../dicom/data-set.js";
import { newUid } from "../../dicom/new-uid.js";
import { secondaryCapture } from "../../dicom/results/secondary-capture.js";
import type { SourceImage } from "../../dicom/results/source-image.js";
import type { Segment } from "../../dicom/seg/segment.js";
import { sliceAxisOf } from "../../statistics/slice-dice.js";
import type { Mask, Volume, VoxelArray } from "../../volume/volume.js";
import { largestSlice, slicePicture } from "../picture.js";
import { titleOf } from "./segment-codes.js";

export interface KeyImageSeries {
  readonly number: number;
  readonly version: string;
  readonly made: Date;
}

/** One picture for each segment that has a voxel. */
export function keyImages(
  mask: Mask,
  pixels: Volume<VoxelArray>,
  image: SourceImage,
  segments: readonly (Segment & { readonly value: number })[],
  series: KeyImageSeries,
): DicomFile[] {
  const seriesUid = newUid();
  const present = segments.filter(({ value }) => mask.data.includes(value));
  return present.map((segment, n) =>
    secondaryCapture(captureOf(only(mask, segment.value), pixels, segment.label), image, {
      ...series,
      seriesUid,
      instanceNumber: n + 1,
      description: "Marrow key images (research use only)",
    }),
  );
}

const only = (mask: Mask, value: number): Mask => ({
  ...mask,
  data: mask.data.map((one) => Number(one === value)),
});

function captureOf(prediction: Mask, image: Volume<VoxelArray>, label: string) {
  const slice = largestSlice(image, { prediction });
  const { width, height, data } = decode(slicePicture(image, { prediction }, slice, { pixels: 768 }));
  const comment = `${titleOf(label)}, slice ${slice + 1}. Research use only.`;
  // Slices of the image run along k; a picture across another axis shows all of them.
  const all = image.size[2];
  const slices = sliceAxisOf(image) === 2 ? [slice] : Array.from({ length: all }, (_, n) => n);
  return { picture: { width, height, data: Uint8Array.from(data) }, slices, comment };
}
