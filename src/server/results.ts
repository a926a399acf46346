/** Results in a study's folder: where they lie, when they were made, and who may see them. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { MarrowError } from "../base/errors.js";
import { fileName, mayUse, plainName, type Results, type User } from "../reading/contract/index.js";
import { foldersIn } from "../reading/sources.js";
import { places } from "../study/names.js";
import type { Room } from "./room.js";

/** Where `marrow report` puts what it makes. */
export const reportFolder = join("derivatives", "marrow", "report");
const patientFile = (subject: string) => join(reportFolder, "patients", `${subject}.html`);

/** What there is, as an account may know it. */
export async function resultsFor(room: Room, user: User): Promise<Results> {
  const isSenior = mayUse(user.role, "senior");
  return {
    study: isSenior ? await studyReport(room.desk.dir) : null,
    patients: await patientsFor(room, user),
    quantifications: isSenior ? await quantifications(room.desk.dir) : [],
  };
}

async function studyReport(dir: string): Promise<Results["study"]> {
  const folder = join(dir, reportFolder);
  const [tables, figures] = [await filesIn(join(folder, "tables")), await filesIn(join(folder, "figures"))];
  return {
    made: await madeAt(join(folder, "index.html")),
    files: [...tables.map((name) => `tables/${name}`), ...figures.map((name) => `figures/${name}`)],
  };
}

async function patientsFor(room: Room, user: User): Promise<Results["patients"]> {
  const { cases } = await room.desk.study();
  const subjects = [...new Set(cases.map(({ subject }) => subject))];
  const all = subjects.map((subject) => ({
    subject,
    cases: cases.filter((one) => one.subject === subject).map(({ id }) => id),
  }));
  const shown = all.filter((patient) => maySeePatient(room, user, patient.cases));
  return Promise.all(
    shown.map(async (patient) => ({
      ...patient,
      made: await madeAt(join(room.desk.dir, patientFile(patient.subject))),
    })),
  );
}

/** The page about a patient shows the model's or the agreed masks: readers see it once nothing is left to be read. */
function maySeePatient({ progress }: Room, user: User, cases: readonly string[]): boolean {
  return mayUse(user.role, "senior") || cases.every((id) => progress.isAgreed(id));
}

/** Bytes of the page about a patient. Throws RESULT_UNKNOWN where there is none, or the account may not see it. */
export async function patientPage(room: Room, user: User, subject: string): Promise<Uint8Array> {
  const patients = await patientsFor(room, user);
  if (!patients.some((one) => one.subject === subject)) throw new MarrowError("RESULT_UNKNOWN");
  return resultFile(room, patientFile(subject));
}

async function quantifications(dir: string): Promise<Results["quantifications"]> {
  const root = join(dir, places.quantification);
  const names = (await foldersIn(root)).filter((name) => plainName.safeParse(name).success);
  return Promise.all(
    names.map(async (name) => ({
      name,
      made: await madeAt(join(root, name, "quantification.json")),
      files: await filesIn(join(root, name)),
    })),
  );
}

/** A file below the study; the path's parts were checked by the contract's schemas. Throws RESULT_UNKNOWN. */
export async function resultFile({ desk }: Room, path: string): Promise<Uint8Array> {
  return readFile(join(desk.dir, path)).catch((cause: unknown) => {
    throw new MarrowError("RESULT_UNKNOWN", { found: path, cause });
  });
}

const madeAt = (file: string): Promise<string | null> =>
  stat(file).then(
    ({ mtime }) => mtime.toISOString(),
    () => null,
  );

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => fileName.safeParse(name).success).sort();
}
