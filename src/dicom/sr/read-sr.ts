/** Reads structured reports: the tree of content items, and the measurements in it (TID 1500 and its like). */
import { MarrowError } from "../../base/errors.js";
import { codeOf, type Code } from "../code.js";
import type { DataSet, DicomFile } from "../data-set.js";
import { items, number, text } from "../values.js";

export interface ContentItem {
  readonly type: string;
  readonly relationship: string;
  readonly name: Code | undefined;
  /** Text, number, UID, date or the meaning of a code; undefined for containers and references. */
  readonly value: string | number | undefined;
  readonly code?: Code | undefined;
  readonly unit?: Code | undefined;
  /** SOP instance that an IMAGE or COMPOSITE item refers to, and the segment in it. */
  readonly reference?: { readonly sopInstanceUid: string; readonly segment: number | undefined } | undefined;
  readonly children: readonly ContentItem[];
}

/** Content trees deeper than this are taken for damage. */
const deepest = 64;

/** The root of the content tree. Throws DICOM_IMAGE_TYPE where the file is no structured report. */
export function readReport({ dataset }: DicomFile, file: string): ContentItem {
  const type = text(dataset, "0040A040");
  if (type !== "CONTAINER")
    throw new MarrowError("DICOM_IMAGE_TYPE", {
      file,
      expected: "a structured report",
      found: `modality ${text(dataset, "00080060") ?? "missing"}`,
    });
  return contentItem(dataset, 0);
}

function contentItem(item: DataSet, depth: number): ContentItem {
  const measured = items(item, "0040A300").at(0);
  const concept = codeOf(item, "0040A168");
  return {
    type: text(item, "0040A040") ?? "",
    relationship: text(item, "0040A010") ?? "",
    name: codeOf(item, "0040A043"),
    value: measured ? numberIn(measured) : (plainValue(item) ?? concept?.meaning),
    code: concept,
    unit: measured && codeOf(measured, "004008EA"),
    reference: referenceIn(item),
    children: depth < deepest ? items(item, "0040A730").map((child) => contentItem(child, depth + 1)) : [],
  };
}

/** The exact value where the decimal one was rounded. */
const numberIn = (measured: DataSet) => number(measured, "0040A161") ?? number(measured, "0040A30A");

/** Text, UID, date and time, date, time, name of a person. */
function plainValue(item: DataSet): string | undefined {
  const tags = ["0040A160", "0040A124", "0040A120", "0040A121", "0040A122", "0040A123"];
  return tags.map((tag) => text(item, tag)).find((value) => value !== undefined);
}

function referenceIn(item: DataSet): ContentItem["reference"] {
  const reference = items(item, "00081199").at(0);
  const sopInstanceUid = reference && text(reference, "00081155");
  if (!reference || sopInstanceUid === undefined) return undefined;
  return { sopInstanceUid, segment: number(reference, "0062000B") };
}

export interface ReadMeasurement {
  /** Tracking identifier of the group it stands in. */
  readonly group: string;
  readonly finding: Code | undefined;
  readonly name: Code | undefined;
  /** Undefined where the report says that there is none. */
  readonly value: number | string | undefined;
  readonly unit: Code | undefined;
  readonly segment: ContentItem["reference"];
}

/** Every number in the tree, and the texts of measurement groups, with the group it belongs to. */
export function measurementsIn(root: ContentItem): ReadMeasurement[] {
  const isGroup = root.name?.value === "125007";
  const own = root.children.filter(({ type, relationship }) => type === "NUM" || (isGroup && type === "TEXT" && relationship === "CONTAINS")); // prettier-ignore
  const child = (value: string) => root.children.find(({ name }) => name?.value === value);
  const group = String(child("112039")?.value ?? "");
  const segment = child("121191")?.reference;
  const finding = child("121071")?.code;
  return [
    ...own.map(({ name, value, unit }) => ({ group, finding, name, value, unit, segment })),
    ...root.children.flatMap(measurementsIn),
  ];
}
