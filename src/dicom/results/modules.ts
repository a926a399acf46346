/** Attributes that every result shares: whose it is, which study it belongs to, what made it (PS3.3 sections C.7.1 to C.7.5). */
import type { DataSet, DicomFile } from "../data-set.js";
import { privateSchemeItem } from "../code.js";
import { copied, dataSetFrom, type Natural } from "../natural.js";
import { newUid } from "../new-uid.js";
import { copyDataSet, setText } from "../set-values.js";
import { explicitLittleEndian } from "../transfer-syntax.js";
import { texts } from "../values.js";
import { vrRow } from "../vr.js";

export interface ResultSeries {
  readonly sopClassUid: string;
  readonly modality: string;
  readonly description: string;
  /** Number of the series in its study. */
  readonly number: number;
  /** Several instances of one series share it; made anew unless given. */
  readonly seriesUid?: string;
  readonly instanceNumber?: number;
  /** Version of Marrow. */
  readonly version: string;
  readonly made: Date;
}

/** Patient and study, as the original has them; those of type 2 are empty where it has none. */
const required = ["PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime",
  "AccessionNumber", "ReferringPhysicianName", "StudyID"] as const; // prettier-ignore
const optional = ["IssuerOfPatientID", "PatientAge", "PatientSize", "PatientWeight", "StudyDescription",
  "StudyInstanceUID", "PatientIdentityRemoved", "DeidentificationMethod", "DeidentificationMethodCodeSequence",
  "LongitudinalTemporalInformationModified"] as const; // prettier-ignore

/** Frame of reference of the original, for results that lie in space. */
export const frameOfReference = ["FrameOfReferenceUID", "PositionReferenceIndicator"] as const;

/**
 * A result in the original's study, with a new SOP instance: `content` are its own attributes, `keep` names further ones that
 * are copied from the original. All text is UTF-8.
 */
export function resultFile(
  original: DataSet,
  series: ResultSeries,
  content: Natural,
  keep: readonly string[] = [],
): DicomFile {
  const dataset = dataSetFrom({
    ...Object.fromEntries(required.map((name) => [name, ""])),
    ...seriesAttributes(series),
    ...content,
  });
  const kept = copied(original, [...required, ...optional, ...keep]);
  const own = { elements: new Map(kept), charset: original.charset };
  for (const [tag, element] of inUtf8(own).elements) dataset.elements.set(tag, element);
  return { meta: dataSetFrom({}), dataset, transferSyntax: explicitLittleEndian, problems: [] };
}

function seriesAttributes(series: ResultSeries): Natural {
  const { date, time } = dicomTime(series.made);
  return {
    SpecificCharacterSet: "ISO_IR 192",
    SOPClassUID: series.sopClassUid,
    SOPInstanceUID: newUid(),
    Modality: series.modality,
    SeriesInstanceUID: series.seriesUid ?? newUid(),
    SeriesNumber: series.number,
    SeriesDescription: series.description,
    SeriesDate: date,
    SeriesTime: time,
    ContentDate: date,
    ContentTime: time,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    InstanceNumber: series.instanceNumber ?? 1,
    Manufacturer: "Marrow",
    ManufacturerModelName: "Marrow (research use only)",
    DeviceSerialNumber: "none",
    SoftwareVersions: series.version,
    CodingSchemeIdentificationSequence: [privateSchemeItem],
  };
}

/** Local date (DA) and time (TM). */
export function dicomTime(when: Date): { date: string; time: string } {
  const two = (n: number) => String(n).padStart(2, "0");
  return {
    date: `${when.getFullYear()}${two(when.getMonth() + 1)}${two(when.getDate())}`,
    time: `${two(when.getHours())}${two(when.getMinutes())}${two(when.getSeconds())}`,
  };
}

/** Text of the original's character set written again in UTF-8. */
function inUtf8(original: DataSet): DataSet {
  const copy = copyDataSet(original);
  for (const [tag, element] of original.elements)
    if ("bytes" in element && vrRow(element.vr).charset) setText(copy, tag, texts(original, tag), element.vr);
  return copy;
}
