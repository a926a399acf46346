/**
 * Types (PS3.5 section 7.4) of the attributes whose action depends on it, in the top level of the objects that occur in
 * MRI. From the modules of PS3.3: General Study, General Series, General Equipment, Enhanced General Equipment, General
 * Image, Multi-frame Functional Groups, SR Document Series and General.
 */
import type { Tag } from "../data-set.js";

export type AttributeType = 1 | 2 | 3;
export type Family = "classic" | "enhanced" | "segmentation" | "report" | "other" | "request";

/** A conditional attribute is listed as its unconditional Type. */
const types: Readonly<Record<Tag, Readonly<Partial<Record<Family, AttributeType>>>>> = {
  "00080012": { classic: 3, enhanced: 3, segmentation: 3, report: 3, other: 3 }, // InstanceCreationDate
  "00080013": { classic: 3, enhanced: 3, segmentation: 3, report: 3, other: 3 }, // InstanceCreationTime
  "00080021": { classic: 3, enhanced: 3, segmentation: 3, report: 3 }, // SeriesDate
  "00080031": { classic: 3, enhanced: 3, segmentation: 3, report: 3 }, // SeriesTime
  "00080022": { classic: 3, enhanced: 3, segmentation: 3, report: 3 }, // AcquisitionDate
  "00080032": { classic: 3, enhanced: 3, segmentation: 3, report: 3 }, // AcquisitionTime
  "0008002A": { classic: 3, enhanced: 1, segmentation: 3, report: 3 }, // AcquisitionDateTime
  "00080023": { classic: 2, enhanced: 1, segmentation: 1, report: 1 }, // ContentDate
  "00080033": { classic: 2, enhanced: 1, segmentation: 1, report: 1 }, // ContentTime
  "00080080": { classic: 3, enhanced: 3, segmentation: 3, report: 3, other: 3 }, // InstitutionName
  "00080082": { classic: 3, enhanced: 3, segmentation: 3, report: 3, other: 3 }, // InstitutionCodeSequence
  "00081010": { classic: 3, enhanced: 3, segmentation: 3, report: 3, other: 3 }, // StationName
  "00081070": { classic: 3, enhanced: 3, segmentation: 3, report: 3 }, // OperatorsName
  "00081072": { classic: 3, enhanced: 3, segmentation: 3, report: 3 }, // OperatorIdentificationSequence
  "00081110": { classic: 3, enhanced: 3, segmentation: 3, report: 3, other: 3, request: 3 }, // ReferencedStudySequence
  "00081111": { classic: 3, enhanced: 1, segmentation: 3, report: 2 }, // ReferencedPerformedProcedureStepSequence
  "00081140": { classic: 3, enhanced: 1, segmentation: 3, report: 3 }, // ReferencedImageSequence
  "00082112": { classic: 3, enhanced: 1, segmentation: 1, report: 3 }, // SourceImageSequence
  "00180010": { classic: 2, enhanced: 2, segmentation: 3, report: 3 }, // ContrastBolusAgent
  "00181000": { classic: 3, enhanced: 1, segmentation: 1, report: 3 }, // DeviceSerialNumber
  "00181030": { classic: 3, enhanced: 3, segmentation: 3, report: 3 }, // ProtocolName
  "00321060": { classic: 3, enhanced: 3, segmentation: 3, report: 3, request: 3 }, // RequestedProcedureDescription
  "00400555": { classic: 2, enhanced: 2, segmentation: 2, report: 3 }, // AcquisitionContextSequence
  "00700084": { classic: 3, enhanced: 3, segmentation: 2, report: 3 }, // ContentCreatorName
};

const storage = "1.2.840.10008.5.1.4.1.1.";

const families: readonly (readonly [Family, RegExp])[] = [
  ["classic", /^(2|4|7|7\.[1-4]|1|1\.1|1\.1\.1|6\.1|3\.1|20)$/], // CT, MR, SC, CR, DX, US, NM
  ["enhanced", /^(2\.1|2\.2|4\.1|4\.2|4\.3|4\.4)$/], // CT, MR, spectroscopy, colour MR, legacy converted
  ["segmentation", /^66\.(4|7)$/],
  ["report", /^88\./],
];

/**
 * Family of a SOP class; `other` is any composite object, of which the modules for study and equipment are known. The items
 * of Request Attributes Sequence (0040,0275) are the family `request`.
 */
export function familyOf(sopClass: string): Family {
  if (!sopClass.startsWith(storage)) return "other";
  return families.find(([, pattern]) => pattern.test(sopClass.slice(storage.length)))?.[0] ?? "other";
}

/** Type of an attribute; undefined where it is not known, as in an item of a sequence. */
export function typeIn(family: Family | undefined, tag: Tag): AttributeType | undefined {
  return family === undefined ? undefined : types[tag]?.[family];
}
