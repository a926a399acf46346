/** Pictures as secondary-capture images (PS3.3 section A.8.1), so that every viewer shows them in the original's study. */
import type { DicomFile } from "../data-set.js";
import type { Natural } from "../natural.js";
import { dicomTime, resultFile, type ResultSeries } from "./modules.js";
import type { SourceImage } from "./source-image.js";

export const secondaryCaptureStorage = "1.2.840.10008.5.1.4.1.1.7";

/** Red, green, blue of each pixel, row by row. */
export interface Rgb {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

export interface Capture {
  readonly picture: Rgb;
  /** Slices of the image that the picture shows. */
  readonly slices: readonly number[];
  readonly comment: string;
}

export function secondaryCapture(
  { picture, slices, comment }: Capture,
  image: SourceImage,
  series: Omit<ResultSeries, "sopClassUid" | "modality">,
): DicomFile {
  const { date, time } = dicomTime(series.made);
  const references = slices.flatMap((n) => image.slices[n] ?? []);
  return resultFile(
    image.head,
    { ...series, sopClassUid: secondaryCaptureStorage, modality: "OT" },
    {
      ...pixels(picture),
      ImageType: ["DERIVED", "SECONDARY"],
      ConversionType: "WSD",
      DateOfSecondaryCapture: date,
      TimeOfSecondaryCapture: time,
      PatientOrientation: "",
      Laterality: "",
      BurnedInAnnotation: "NO",
      LossyImageCompression: "00",
      ImageComments: comment,
      SourceImageSequence: references.map(({ sopClassUid, sopInstanceUid, frame }) => ({
        ReferencedSOPClassUID: sopClassUid,
        ReferencedSOPInstanceUID: sopInstanceUid,
        ReferencedFrameNumber: frame,
      })),
    },
  );
}

function pixels({ width, height, data }: Rgb): Natural {
  return {
    SamplesPerPixel: 3,
    PhotometricInterpretation: "RGB",
    PlanarConfiguration: 0,
    Rows: height,
    Columns: width,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    PixelData: Uint8Array.from(data),
  };
}
