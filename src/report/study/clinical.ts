/** The table of patients of a report: participants.tsv, and a table of clinical data joined to it by pseudonym. */
import { MarrowError } from "../../base/errors.js";
import { clinicalVariables, type ClinicalVariable } from "../../study/clinical-variables.js";
import type { NumberedTable } from "../../study/delimited.js";
import { clinicalColumns } from "../../study/import/clinical/columns.js";
import { patientFinder } from "../../study/import/clinical/find-patient.js";
import { noSession, sessionsOf } from "../../study/import/clinical/find-session.js";
import { joinClinical } from "../../study/import/clinical/join.js";
import { places } from "../../study/names.js";
import { readParticipants, readSessions } from "../../study/participants.js";
import { readTable } from "../../study/spreadsheet/read-table.js";
import type { Row } from "../../study/tsv.js";

export interface Clinical {
  /** Known variables that at least one patient has, in the order of the catalogue. */
  readonly variables: readonly ClinicalVariable[];
  /** One row a patient: `participant_id` and the variables by their catalogue name, in their reported units. */
  readonly patients: readonly Row[];
  /** What a reader of the tables should know, e.g. rows that belong to no patient. */
  readonly notes: readonly string[];
}

/**
 * Reads participants.tsv (for a patient with sessions also the first one's row) and, where given, a CSV, TSV or XLSX of
 * further variables. Its patients are named as in the study or by pseudonym, its examinations in a column `session`; the
 * first examination of a patient counts. Units in a column's name are converted. What the second table has overrules the
 * first. Throws TABLE_INVALID for an unknown unit, for a value that is none or outside its range, and where no row
 * belongs to a patient of the study.
 */
export async function readClinical(
  dir: string,
  subjects: readonly string[],
  file?: string,
): Promise<Clinical> {
  const { columns, rows } = await readParticipants(dir);
  const listed = subjects.map((id) => ({
    participant_id: id,
    ...rows.find((row) => row.participant_id === id),
  }));
  const sessions = new Map<string, string[]>();
  for (const id of subjects) sessions.set(id, await sessionsOf(dir, id));
  const study = { listed, sessions };
  const first = await Promise.all(listed.map((row) => firstExamination(dir, row, sessions)));
  const own = { columns: [...new Set([...columns, ...first.flatMap(Object.keys)])], rows: first };
  const participants = join({ ...own, numbers: first.map((_, n) => n + 2) }, study, places.participants);
  const extra = file === undefined ? undefined : join(await readTable(file), study, file);
  const patients = subjects.map((id) => ({
    ...{ participant_id: id, ...participants.of.get(id), ...extra?.of.get(id) },
  }));
  const variables = clinicalVariables.filter(({ name }) => patients.some((row: Row) => row[name]));
  return { variables, patients, notes: notesOf(extra?.strangers ?? 0) };
}

const notesOf = (strangers: number) =>
  strangers > 0 ? [`${strangers} rows of the clinical table belong to no patient here.`] : [];

/** A patient's row; where all examinations are sessions, with what stands in the first one's. */
async function firstExamination(dir: string, row: Row, sessions: ReadonlyMap<string, readonly string[]>) {
  const [first = noSession] = sessions.get(row.participant_id) ?? [];
  if (first === noSession) return row;
  const { rows } = await readSessions(dir, row.participant_id.replace(/^sub-/, ""));
  const cells = Object.entries(rows.find((one) => one.session_id === first) ?? {});
  return {
    ...row,
    ...Object.fromEntries(cells.filter(([name]) => name !== "session_id" && name !== "source_id")),
  };
}

/** Nobody's key is needed: a report's table names patients by what stands in participants.tsv. */
const identities = { pseudonym: (id: string) => id, token: (text: string) => text };

interface Listed {
  readonly listed: readonly Row[];
  readonly sessions: ReadonlyMap<string, readonly string[]>;
}

/** Checked cells of each patient's first examination. Throws for the first cell that cannot be used. */
function join(table: NumberedTable, { listed, sessions }: Listed, file: string) {
  const columns = clinicalColumns(table.columns, { free: true }, file);
  const { cells, problems, strangers } = joinClinical(table, columns, {
    find: patientFinder(listed, columns.idKinds, identities),
    sessionsOf: (participant) => sessions.get(participant) ?? [],
    there: () => ({}),
  });
  const [problem] = problems;
  if (problem !== undefined)
    throw new MarrowError("TABLE_INVALID", {
      file: `${file}, row ${problem.row}, ${problem.column}`,
      ...{ expected: problem.expected, found: problem.found },
      next: "Correct the cell or its unit, or write n/a where the value is not known.",
    });
  if (strangers === table.rows.length && strangers > 0)
    throw new MarrowError("TABLE_INVALID", {
      file,
      expected: `patients of the study, e.g. ${listed[0]?.participant_id ?? "sub-001"}`,
      found: `${strangers} rows about nobody in it`,
      next: "Name the patients as participants.tsv does, or by their pseudonyms.",
    });
  const of = new Map<string, Row>();
  for (const { participant, session, row } of cells) {
    const [first = noSession] = sessions.get(participant) ?? [];
    if (session === noSession || session === first) of.set(participant, { ...of.get(participant), ...row });
  }
  return { of, strangers };
}

/** A variable of all patients as texts, empty where missing. */
export const textsOf = ({ patients }: Clinical, name: string) => patients.map((row) => row[name] ?? "");

/** The same as numbers, NaN where missing. */
export const numbersOf = (clinical: Clinical, name: string) =>
  textsOf(clinical, name).map((text) => (text === "" ? NaN : Number(text)));
