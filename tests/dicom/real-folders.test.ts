/** Every folder of real files: how many are read, why the others are not, how many volumes come out. */
import { describe, expect, it } from "vitest";
import { asMarrowError } from "../../src/base/errors.js";
import { filesIn, present, scan, volumeOf } from "./real-data.js";

type Codes = Record<string, number>;

/** Folder, its files, volumes made, stacks refused, files without usable frames, by code. */
const folders: readonly (readonly [string, number, number, Codes, Codes])[] = [
  ["dcmqa-enh-xa10-philips", 13, 7, {}, { DICOM_NOT_DICOM: 7 }],
  ["dcmqa-nih-ge-siemens", 175, 18, {}, { DICOM_NOT_DICOM: 17 }],
  ["dcmqa-philips-enh", 277, 10, {}, { DICOM_NO_IMAGE: 2, DICOM_NOT_DICOM: 21 }],
  ["dcmqa-sag", 8, 1, {}, { DICOM_NOT_DICOM: 3 }],
  ["dcmqa-transfer-syntax", 20, 9, {}, { DICOM_NOT_DICOM: 11 }],
  ["dicom-fodicom", 54, 10, {}, { DICOM_IMAGE_TYPE: 30, DICOM_NO_IMAGE: 12, DICOM_NOT_DICOM: 1 }],
  ["dicom-nibabel-nicom", 15, 5, {}, { DICOM_IMAGE_TYPE: 2, DICOM_NOT_DICOM: 7, DICOM_NO_IMAGE: 1 }],
  [
    "dicom-pydicom",
    237,
    41,
    { DICOM_GEOMETRY: 1 },
    { DICOM_NOT_DICOM: 11, DICOM_IMAGE_TYPE: 81, DICOM_NO_IMAGE: 76, DICOM_PIXELS: 2 },
  ],
  [
    "dicom-seg-sr-pm",
    62,
    16,
    { DICOM_GEOMETRY: 2 },
    { DICOM_NOT_DICOM: 17, DICOM_NO_IMAGE: 5, DICOM_IMAGE_TYPE: 16 },
  ],
  ["dicom-wg04", 51, 16, {}, { DICOM_IMAGE_TYPE: 8, DICOM_NOT_DICOM: 1 }],
];

describe.each(folders)("%s", (folder, files, volumes, refused, skipped) => {
  it.skipIf(!present(folder))("is read as far as it can be", async () => {
    const found = scan(folder);
    let made = 0;
    const codes: Codes = {};
    for (const stack of found.stacks)
      try {
        await volumeOf(stack);
        made++;
      } catch (error) {
        const { code } = asMarrowError(error);
        codes[code] = (codes[code] ?? 0) + 1;
      }
    expect({ files: filesIn(folder).length, made, codes, skipped: found.skipped }).toEqual({
      files,
      made: volumes,
      codes: refused,
      skipped,
    });
  });
});
