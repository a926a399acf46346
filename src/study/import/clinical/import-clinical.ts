/** Brings clinical variables from a table into participants.tsv: read, recognise columns, join, check, write. */
import { MarrowError } from "../../../base/errors.js";
import type { PseudonymMap } from "../../../dicom/deidentify/pseudonym-map.js";
import type { NumberedTable } from "../../delimited.js";
import { groupBy } from "../../../dicom/stacks.js";
import { describeParticipants, describeSessions } from "../../describe-participants.js";
import {
  mergeRows,
  readParticipants,
  readSessions,
  writeParticipants,
  writeSessions,
} from "../../participants.js";
import { readTable } from "../../spreadsheet/read-table.js";
import type { Row, Table } from "../../tsv.js";
import type { Identities } from "../dicom-names.js";
import { clinicalColumns, type ClinicalColumns, type ColumnChoices } from "./columns.js";
import { patientFinder } from "./find-patient.js";
import { noSession, sessionsOf } from "./find-session.js";
import { joinClinical, keptName, type ClinicalProblem, type Joined, type Place } from "./join.js";

export interface ClinicalOptions extends ColumnChoices {
  /** Sheet of a workbook. */
  readonly sheet?: string | undefined;
  /** Values of the table take the place of those that are there. */
  readonly replace?: boolean | undefined;
}

export interface ClinicalTable {
  readonly file: string;
  readonly table: NumberedTable;
  readonly columns: ClinicalColumns;
  readonly replace: boolean;
}

export interface ClinicalReport {
  /** Patients that got values. */
  readonly patients: number;
  /** Rows that were taken: examinations, where the table tells them apart. */
  readonly examinations: number;
  readonly columns: ClinicalColumns;
  readonly problems: readonly ClinicalProblem[];
  /** Rows about nobody in the study. */
  readonly strangers: number;
}

/** Reads a CSV, TSV or XLSX and tells its columns apart. Throws FILE_NOT_FOUND, FILE_UNREADABLE, TABLE_INVALID. */
export async function readClinicalTable(file: string, options: ClinicalOptions): Promise<ClinicalTable> {
  const table = await readTable(file, options.sheet);
  const columns = clinicalColumns(table.columns, options, file);
  return { file, table, columns, replace: options.replace ?? false };
}

/**
 * Writes the table's values into participants.tsv of the study `dir`, those of a session into its patient's
 * sub-*_sessions.tsv, with their description in participants.json and sessions.json. Cells that cannot be used are left
 * out and listed. Throws TABLE_INVALID where no row is about a patient of the study, FILE_UNWRITABLE, DISK_FULL.
 */
export async function importClinical(
  dir: string,
  { file, table, columns, replace }: ClinicalTable,
  identities: Identities,
  map?: PseudonymMap,
): Promise<ClinicalReport> {
  const participants = await readParticipants(dir);
  const find = patientFinder(participants.rows, columns.idKinds, identities, map);
  const before = await readBefore(dir, participants);
  const { cells, examinations, problems, strangers } = joinClinical(table, columns, {
    find,
    sessionsOf: (participant) => before.sessions.get(participant) ?? [],
    there: replace ? () => ({}) : before.there,
  });
  if (strangers === table.rows.length)
    throw new MarrowError("TABLE_INVALID", {
      ...{ file, expected: `patients of the study in the column ${columns.id}`, found: `${strangers} rows about nobody in it` },
      next: "Name the patients as participants.tsv does, or by the Patient ID of the originals with the key (or map) they were imported with.",
    });
  await writeParticipants(dir, withCells(participants, "participant_id", cells.filter(({ session }) => session === noSession)));
  const inSessions = cells.filter(({ session }) => session !== noSession);
  for (const [participant, own] of groupBy(inSessions, (one) => one.participant)) await writeCells(dir, participant, own);
  const kept = columns.kept.map(keptName);
  await describeParticipants(dir, kept);
  await describeSessions(dir, inSessions.flatMap(({ row }) => Object.keys(row)), kept);
  return { patients: new Set(cells.map(({ participant }) => participant)).size, examinations, columns, problems, strangers };
} // prettier-ignore

/** Sessions of each participant, and what stands in their tables. */
async function readBefore(dir: string, { rows }: Table) {
  const sessions = new Map<string, string[]>();
  const there = new Map<string, Row>();
  for (const row of rows) {
    const id = row.participant_id;
    sessions.set(id, await sessionsOf(dir, id));
    there.set(`${id} ${noSession}`, row);
    for (const one of (await readSessions(dir, subjectOf(id))).rows) there.set(`${id} ${one.session_id}`, one);
  }
  return { sessions, there: ({ participant, session }: Place) => there.get(`${participant} ${session}`) ?? {} };
} // prettier-ignore

const subjectOf = (participant: string) => participant.replace(/^sub-/, "");

type Cells = Joined["cells"];

async function writeCells(dir: string, participant: string, cells: Cells): Promise<void> {
  const before = await readSessions(dir, subjectOf(participant));
  const missing = cells.map(({ session }) => ({ session_id: session }));
  await writeSessions(
    dir,
    subjectOf(participant),
    withCells(mergeRows(before, "session_id", missing), "session_id", cells),
  );
}

/** The table with the cells in the rows that `key` names. */
function withCells({ columns, rows }: Table, key: "participant_id" | "session_id", cells: Cells): Table {
  const own = new Map(cells.map((one) => [key === "session_id" ? one.session : one.participant, one.row]));
  const added = new Set([...own.values()].flatMap((row) => Object.keys(row)));
  return {
    columns: [...new Set([...columns, ...added])],
    rows: rows.map((row) => ({ ...row, ...own.get(row[key]) })),
  };
}
