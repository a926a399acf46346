/** Imports DICOM images into a study folder: scan, sort into volumes, recognise, name, write. */
import { join, resolve } from "node:path";
import { asMarrowError } from "../../base/errors.js";
import { frameAttributes, type Attributes } from "../../dicom/attributes.js";
import type { DicomFile } from "../../dicom/data-set.js";
import { cleanText } from "../../dicom/deidentify/clean-text.js";
import { evidenceOf } from "../../dicom/evidence.js";
import { normalOf } from "../../dicom/frame.js";
import { readDicom } from "../../dicom/read-dicom.js";
import type { OpenDicom } from "../../dicom/read-volume.js";
import { recognise } from "../../dicom/recognise.js";
import { openSource, type DicomSource } from "../../dicom/source.js";
import { stackGeometry } from "../../dicom/stack-geometry.js";
import { groupBy, stacksOf, type Stack } from "../../dicom/stacks.js";
import { describeParticipants } from "../describe-participants.js";
import { writeText } from "../files.js";
import { addParticipants, compare, readParticipants } from "../participants.js";
import type { Row } from "../tsv.js";
import type { Finding } from "../types.js";
import { describeStudy } from "./describe-study.js";
import { nameCase, sessionNames, subjectNames, type Identities, type NamedVolume } from "./dicom-names.js";
import { scanSource, skippedBy, type Person, type Scan, type Skipped } from "./dicom-scan.js";
import { importFolder, readSeries, writeSeries, type FoundVolume, type SeriesRow } from "./dicom-series.js";
import { prepareVolume, removeRenamed, withFiles } from "./dicom-write.js";

export interface ImportOptions {
  readonly identities: Identities;
  /** Centre, for participants.tsv. */
  readonly site?: string;
  readonly onFile?: (done: number, total: number) => void;
  readonly onVolume?: (done: number, total: number) => void;
}

export interface ImportReport {
  readonly files: number;
  /** Files read as DICOM. */
  readonly read: number;
  /** Files that gave no image, and series that gave no volume, with the reason. */
  readonly skipped: readonly Skipped[];
  /** Files used although they were damaged. */
  readonly repaired: readonly Skipped[];
  /** Copies of files that were there already. */
  readonly copies: number;
  readonly volumes: readonly SeriesRow[];
  /** Images written now. */
  readonly written: number;
  readonly findings: readonly Finding[];
}

/**
 * Imports what `path` names (folder, zip, DICOMDIR, file) into the study folder `dir`, made where there is none. Patients get
 * running numbers; nothing that names them is written. Running it again adds what is new and obeys the table of series.
 * Throws FILE_NOT_FOUND, FILE_UNREADABLE, ZIP_DAMAGED, TABLE_INVALID, DISK_FULL, FILE_UNWRITABLE.
 */
export async function importDicom(path: string, dir: string, options: ImportOptions): Promise<ImportReport> {
  const source = await openSource(path);
  try {
    return await importFrom(source, resolve(dir), options);
  } finally {
    await source.close();
  }
}

async function importFrom(source: DicomSource, root: string, options: ImportOptions): Promise<ImportReport> {
  const scan = await scanSource(source, options.onFile);
  const { stacks, copies } = stacksOf(scan.frames);
  const open = opener(source);
  const found = await findVolumes(stacks, open, scan.skipped);
  const before = await readSeries(root);
  const findings: Finding[] = [];
  const named = await nameAll(root, found, scan, before, options, findings);
  const rows = mergeSeries(before, named);
  await removeRenamed(root, before, rows);
  await writeSeries(root, withFiles(rows));
  const written = await writeAll(root, named, open, scan.skipped, options.onVolume);
  await describeStudy(root);
  await describeParticipants(root);
  const report: ImportReport = {
    files: source.names.length,
    read: scan.read,
    skipped: scan.skipped,
    repaired: scan.repaired,
    copies: new Set(copies.map(({ of }) => of.file)).size,
    volumes: named.map(({ row }) => row),
    written,
    findings,
  };
  await writeSummary(root, report);
  return report;
}

/** Opens files by name; the last one stays open, since all frames of an enhanced image are in it. */
function opener(source: DicomSource): OpenDicom {
  let last: { file: string; image: DicomFile } | undefined;
  return async (file) => {
    if (last?.file !== file) last = { file, image: readDicom(await source.read(file), file) };
    return last.image;
  };
}

async function firstAttributes({ frames: [first] }: Stack, open: OpenDicom): Promise<Attributes> {
  return frameAttributes((await open(first.of.file)).dataset, first.index);
}

/** Stacks with their geometry and what they were recognised as; one that makes no volume is listed as skipped. */
async function findVolumes(
  stacks: readonly Stack[],
  open: OpenDicom,
  skipped: Skipped[],
): Promise<FoundVolume[]> {
  const found: FoundVolume[] = [];
  for (const stack of stacks) {
    const [first] = stack.frames;
    try {
      const geometry = stackGeometry(stack.frames);
      const attributes = await firstAttributes(stack, open);
      const evidence = evidenceOf(attributes, normalOf(first), geometry.size[2]);
      const description = cleanText(attributes.text("0008103E") ?? attributes.text("00181030") ?? "");
      found.push({ stack, geometry, evidence, recognised: recognise(evidence), description });
    } catch (error) {
      skipped.push(skippedBy(first.of.file, error));
    }
  }
  return found;
}

/** Names subjects, sessions and images, and writes the patients' table. */
async function nameAll(
  root: string,
  found: readonly FoundVolume[],
  scan: Scan,
  before: readonly SeriesRow[],
  { identities, site }: ImportOptions,
  findings: Finding[],
): Promise<NamedVolume[]> {
  const patientOf = ({ stack }: FoundVolume) => stack.frames[0].of.patientId;
  const studyOf = ({ stack }: FoundVolume) => stack.frames[0].of.studyUid;
  const ids = [...new Set(found.map(patientOf))];
  const subjects = subjectNames(ids, (await readParticipants(root)).rows, identities);
  const rows = ids.map((id) => participantRow(subjects.get(id) ?? {}, scan.people.get(id), site));
  await addParticipants(root, rows);
  const cases = [...groupBy(found, (one) => `${patientOf(one)}|${studyOf(one)}`).values()].map((volumes) => ({
    volumes,
    key: identities.token(studyOf(volumes[0])),
    participant: subjects.get(patientOf(volumes[0]))?.participant_id ?? "",
    date: scan.studies.get(studyOf(volumes[0])) ?? "",
  }));
  const sessions = sessionNames(cases, before);
  const known = new Map(before.map((row) => [row.series_key ?? "", row]));
  return cases.flatMap(({ volumes, key, participant }) => {
    const base = { participant_id: participant, session_id: sessions.get(key) ?? "", study_key: key };
    return nameCase(volumes, base, known, identities, findings);
  });
}

function participantRow(row: Row, { age, sex }: Person = {}, site: string | undefined): Row {
  return {
    ...(site !== undefined && { site }),
    ...(age !== undefined && { age: String(age) }),
    ...(sex && { sex }),
    ...row,
  };
}

/** Earlier rows stay unless they were found again. */
function mergeSeries(before: readonly SeriesRow[], named: readonly NamedVolume[]): SeriesRow[] {
  const now = new Map(named.map(({ row }) => [row.series_key, row]));
  const all = [...before.filter((row) => !now.has(row.series_key)), ...now.values()];
  const order = (row: SeriesRow) =>
    `${row.participant_id} ${row.session_id ?? ""} ${row.series} ${row.image}`;
  return all.sort((a, b) => compare(order(a), order(b)));
}

/** While a volume is compressed and written, the next one is read; never more than two are held. */
async function writeAll(
  root: string,
  volumes: readonly NamedVolume[],
  open: OpenDicom,
  skipped: Skipped[],
  onVolume: (done: number, total: number) => void = () => undefined,
): Promise<number> {
  let [written, done] = [0, 0];
  let writing = Promise.resolve();
  for (const volume of volumes) {
    const { file } = volume.stack.frames[0].of;
    const prepare = async () => prepareVolume(root, volume, await firstAttributes(volume.stack, open), open);
    const write = await unlessUnusable(prepare, file, skipped);
    await writing;
    writing = unlessUnusable(async () => {
      await write?.();
      if (write) written++;
    }, file, skipped).then(() => onVolume(++done, volumes.length));
    // A failure is thrown where it is awaited, above or below.
    writing.catch(() => undefined);
  }
  await writing;
  return written;
} // prettier-ignore

/** Lists what cannot be used as skipped; a full disk and our own faults end the import. */
async function unlessUnusable<T>(
  work: () => Promise<T>,
  file: string,
  skipped: Skipped[],
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const known = asMarrowError(error, file);
    if (["DISK_FULL", "FILE_UNWRITABLE", "INTERNAL"].includes(known.code)) throw known;
    skipped.push(skippedBy(file, known));
    return undefined;
  }
}

/** Numbers alone: names of files may name people. */
async function writeSummary(
  root: string,
  { files, read, skipped, repaired, copies, volumes, written }: ImportReport,
) {
  const counts = Object.fromEntries(
    [...groupBy(skipped, ({ code }) => code)].map(([code, all]) => [code, all.length]),
  );
  const summary = {
    files,
    read,
    copies,
    repaired: repaired.length,
    skipped: counts,
    volumes: volumes.length,
    written,
  };
  await writeText(join(root, importFolder, "last-import.json"), `${JSON.stringify(summary, null, 1)}\n`);
}
