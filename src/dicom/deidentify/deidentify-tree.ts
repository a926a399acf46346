/** De-identifies all files of a source (folder, zip archive, DICOMDIR) into a folder. One bad file never stops the rest. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { asMarrowError, MarrowError, type ErrorCode } from "../../base/errors.js";
import type { DicomFile } from "../data-set.js";
import { readDicom } from "../read-dicom.js";
import type { DicomSource } from "../source.js";
import { text } from "../values.js";
import { writeDicom } from "../write-dicom.js";
import { auditJson, auditText, type PatientAudit } from "./audit-report.js";
import { Audit } from "./audit.js";
import { deidentifier, type Deidentified, type DeidentifierSettings } from "./deidentify.js";
import type { HoldCode } from "./hold-back.js";
import type { PseudonymMap } from "./pseudonym-map.js";
import { redact, type Rectangle } from "./redact.js";
import { writingInPixels } from "./writing-in-pixels.js";

export interface TreeSettings extends DeidentifierSettings {
  readonly out: string;
  /** Rectangles to blank in every image. */
  readonly rectangles?: readonly Rectangle[];
  /** Filled with who is behind each pseudonym. */
  readonly map?: PseudonymMap;
  readonly onFile?: (done: number, total: number) => void;
}

/** A file that was not written, and why. `file` is its path below the source, which may itself name a person. */
export interface NotWritten {
  readonly file: string;
  readonly code: HoldCode | ErrorCode;
  readonly reason: string;
}

export interface TreeReport {
  readonly written: number;
  readonly held: readonly NotWritten[];
  readonly failed: readonly NotWritten[];
  /** Files that are no DICOM. */
  readonly skipped: readonly NotWritten[];
  readonly patients: readonly PatientAudit[];
}

interface Running {
  readonly written: Set<string>;
  readonly held: NotWritten[];
  readonly failed: NotWritten[];
  readonly skipped: NotWritten[];
  readonly patients: Map<string, { files: number; held: Record<string, number>; audit: Audit }>;
}

/** Writes `out/PSEUDONYM/STUDY/SERIES/INSTANCE.dcm`, all new UIDs, and `out/audit/PSEUDONYM.json` and `.txt`. */
export async function deidentifyTree(source: DicomSource, settings: TreeSettings): Promise<TreeReport> {
  const running: Running = { written: new Set(), held: [], failed: [], skipped: [], patients: new Map() };
  const { names, missing } = source;
  for (const file of missing)
    running.failed.push({ file, code: "FILE_NOT_FOUND", reason: "listed in DICOMDIR, not on the medium" });
  for (const [n, file] of names.entries()) {
    const bytes = () => source.read(file);
    await deidentifyOne(file, bytes, settings, running).catch((error: unknown) => note(error, file, running));
    settings.onFile?.(n + 1, names.length);
  }
  const patients = [...running.patients].map(([pseudonym, one]) => ({ pseudonym, ...one }));
  for (const patient of patients) await writeAudit(patient, settings);
  return { ...running, written: running.written.size, patients };
}

/** A full disk would fail every file after it. */
function note(error: unknown, file: string, { failed, skipped }: Running): void {
  const { code, details } = asMarrowError(error, file);
  // What the runtime says of a fault of Marrow's own may quote the file's content
  const reason = code === "INTERNAL" ? "a fault of Marrow's own" : (details.found ?? code);
  if (code === "DISK_FULL" || code === "FILE_UNWRITABLE") throw error;
  const list = code === "DICOM_NOT_DICOM" ? skipped : failed;
  list.push({ file, code, reason });
}

async function deidentifyOne(
  file: string,
  bytes: () => Promise<Uint8Array>,
  settings: TreeSettings,
  running: Running,
): Promise<void> {
  const image = readDicom(await bytes(), file);
  const rectangles = settings.rectangles ?? [];
  const redacted = rectangles.length > 0 && image.dataset.elements.has("7FE00010");
  const source = redacted ? await redact(image, rectangles, file) : image;
  const writing = settings.allowBurnedIn || redacted ? undefined : await writingInPixels(source, file);
  const result = deidentifier(settings).apply(source, { writing, redacted });
  const patient = patientOf(result, running);
  if (result.held) {
    patient.held[result.held.code] = (patient.held[result.held.code] ?? 0) + 1;
    running.held.push({ file, ...result.held });
    return;
  }
  await place(result, settings.out, running.written);
  patient.files++;
  patient.audit.merge(result.audit);
  settings.map?.add(result.identity);
}

function patientOf({ pseudonym }: Deidentified, { patients }: Running) {
  const known = patients.get(pseudonym) ?? { files: 0, held: {}, audit: new Audit() };
  patients.set(pseudonym, known);
  return known;
}

async function place({ file, pseudonym }: Deidentified, out: string, written: Set<string>): Promise<void> {
  const path = freePath(join(out, pseudonym, ...placeOf(file)), written);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, writeDicom(file));
  } catch (error) {
    const known = asMarrowError(error, path);
    if (known.code !== "FILE_UNREADABLE") throw known;
    throw new MarrowError("FILE_UNWRITABLE", { file: path, cause: error });
  }
  written.add(path);
}

/** New UIDs as names: the originals' names of folders and files often name the patient. */
function placeOf({ dataset }: DicomFile): string[] {
  const [study, series, instance] = ["0020000D", "0020000E", "00080018"].map((tag) =>
    (text(dataset, tag) ?? "none").replace(/[^\d.]/g, "_"),
  );
  return [study, series, instance];
}

/** Two files may claim the same instance; neither is lost. */
function freePath(stem: string, written: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const path = n === 1 ? `${stem}.dcm` : `${stem}-${n}.dcm`;
    if (!written.has(path)) return path;
  }
}

async function writeAudit(patient: PatientAudit, { out, options }: TreeSettings): Promise<void> {
  const stem = join(out, "audit", patient.pseudonym);
  await mkdir(dirname(stem), { recursive: true });
  await writeFile(`${stem}.json`, auditJson(patient, options));
  await writeFile(`${stem}.txt`, auditText(patient, options));
}
