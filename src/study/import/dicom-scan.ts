/** Goes through the files of a source once: frames of MR images, and what was skipped and why. */
import { asMarrowError, MarrowError, type ErrorCode } from "../../base/errors.js";
import type { DicomFile } from "../../dicom/data-set.js";
import { isDirectory } from "../../dicom/dicomdir.js";
import type { Frame } from "../../dicom/frame.js";
import { framesOf } from "../../dicom/frames-of.js";
import { readDicom } from "../../dicom/read-dicom.js";
import type { DicomSource } from "../../dicom/source.js";
import { text } from "../../dicom/values.js";

export interface Skipped {
  readonly file: string;
  readonly code: ErrorCode;
  readonly reason: string;
}

/** What is kept of a patient besides images. */
export interface Person {
  readonly age?: number;
  readonly sex?: "M" | "F" | "O";
}

export interface Scan {
  readonly frames: Frame[];
  readonly skipped: Skipped[];
  /** Files read although something was wrong with them. */
  readonly repaired: Skipped[];
  /** By patient ID as the files have it. */
  readonly people: Map<string, Person>;
  /** Date (DA) by study UID, "" where unknown: for the order of sessions alone. */
  readonly studies: Map<string, string>;
  /** Files read as DICOM, whatever they hold. */
  read: number;
}

/** Reads every file of the source; one that cannot be used is listed and the rest goes on. */
export async function scanSource(
  source: DicomSource,
  onFile: (done: number, total: number) => void = () => undefined,
): Promise<Scan> {
  const scan: Scan = {
    frames: [],
    skipped: [],
    repaired: [],
    people: new Map(),
    studies: new Map(),
    read: 0,
  };
  for (const file of source.missing)
    scan.skipped.push({ file, code: "FILE_NOT_FOUND", reason: "listed in DICOMDIR, not on the medium" });
  for (const [n, file] of source.names.entries()) {
    try {
      addFile(scan, readDicom(await source.read(file), file), file);
    } catch (error) {
      scan.skipped.push(skippedBy(file, error));
    }
    onFile(n + 1, source.names.length);
  }
  return scan;
}

export function skippedBy(file: string, error: unknown): Skipped {
  const { code, details } = asMarrowError(error, file);
  return { file, code, reason: details.found ?? details.expected ?? "" };
}

function addFile(scan: Scan, image: DicomFile, file: string): void {
  scan.read++;
  if (isDirectory(image))
    throw new MarrowError("DICOM_NO_IMAGE", { file, found: "a media directory (DICOMDIR)" });
  const modality = text(image.dataset, "00080060") ?? "";
  const frames = framesOf(image, file);
  if (modality !== "MR")
    throw new MarrowError("DICOM_IMAGE_TYPE", { file, found: `modality ${modality || "missing"}, not MR` });
  for (const frame of frames) scan.frames.push(frame);
  if (image.problems.length)
    scan.repaired.push({ file, code: "DICOM_DAMAGED", reason: image.problems.join("; ") });
  const { patientId, studyUid } = frames[0].of;
  scan.people.set(patientId, { ...personOf(image), ...scan.people.get(patientId) });
  scan.studies.set(studyUid, text(image.dataset, "00080020") ?? scan.studies.get(studyUid) ?? "");
}

/** Age from (0010,1010), else from birth and study date; from 90 on 90 stands for all (PS3.15 annex E, and US law). */
function personOf({ dataset }: DicomFile): Person {
  const age =
    statedAge(text(dataset, "00101010")) ??
    yearsBetween(text(dataset, "00100030"), text(dataset, "00080020"));
  const sex = text(dataset, "00100040");
  return {
    ...(age !== undefined && age >= 0 && age < 130 && { age: Math.min(90, age) }),
    ...((sex === "M" || sex === "F" || sex === "O") && { sex }),
  };
}

const years: Readonly<Record<string, number>> = { Y: 1, M: 1 / 12, W: 7 / 365.25, D: 1 / 365.25 };

function statedAge(age: string | undefined): number | undefined {
  const match = /^(\d{1,3})([YMWD])$/.exec(age ?? "");
  return match ? Math.floor(Number(match[1]) * years[match[2]]) : undefined;
}

/** Whole years between two dates (DA). */
function yearsBetween(from = "", to = ""): number | undefined {
  if (!/^\d{8}$/.test(from) || !/^\d{8}$/.test(to)) return undefined;
  return Math.floor((Number(to) - Number(from)) / 10_000);
}
