/** Small DICOM files to de-identify. */
import { emptyDataSet, type DataSet, type DicomFile } from "../../../src/dicom/data-set.js";
import { dictionaryTag } from "../../../src/dicom/dictionary.js";
import { setItems, setNumbers, setText } from "../../../src/dicom/set-values.js";
import { explicitLittleEndian } from "../../../src/dicom/transfer-syntax.js";
import type { ProjectKey } from "../../../src/dicom/deidentify/project-key.js";

export const key: ProjectKey = { secret: Uint8Array.from({ length: 32 }, (_, n) => n) };
export const otherKey: ProjectKey = { secret: new Uint8Array(32).fill(7) };
export const mrImage = "1.2.840.10008.5.1.4.1.1.4";

export const tagOf = (keyword: string) => {
  const tag = dictionaryTag(keyword);
  if (tag === undefined) throw new Error(`no tag for ${keyword}`);
  return tag;
};

/** Keyword → text, number or items. */
export type Content = Record<string, string | number | DataSet[]>;

export function dataSetOf(content: Content): DataSet {
  const dataset = emptyDataSet(["ISO_IR 192"]);
  for (const [keyword, value] of Object.entries(content)) {
    if (typeof value === "string") setText(dataset, tagOf(keyword), value);
    else if (typeof value === "number") setNumbers(dataset, tagOf(keyword), [value]);
    else setItems(dataset, tagOf(keyword), value);
  }
  return dataset;
}

export function fileOf(content: Content): DicomFile {
  const dataset = dataSetOf({
    SpecificCharacterSet: "ISO_IR 192",
    SOPClassUID: mrImage,
    SOPInstanceUID: "1.2.3.4.1",
    StudyInstanceUID: "1.2.3.4",
    SeriesInstanceUID: "1.2.3.4.5",
    PatientName: "Doe^John",
    PatientID: "4711-0815",
    Modality: "MR",
    ...content,
  });
  return { meta: emptyDataSet(), dataset, transferSyntax: explicitLittleEndian, problems: [] };
}

/** An 8-bit image with these pixels. */
export function imageOf(
  rows: number,
  columns: number,
  data: ArrayLike<number>,
  content: Content = {},
): DicomFile {
  const file = fileOf({
    Rows: rows,
    Columns: columns,
    SamplesPerPixel: 1,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    PhotometricInterpretation: "MONOCHROME2",
    ...content,
  });
  file.dataset.elements.set("7FE00010", { vr: "OB", bytes: Uint8Array.from(data) });
  return file;
}
