/** Brings clinical variables from a table into participants.tsv: read, recognise columns, join, check, write. */
import { MarrowError } from "../../../base/errors.js";
import type { PseudonymMap } from "../../../dicom/deidentify/pseudonym-map.js";
import type { NumberedTable } from "../../delimited.js";
import { describeParticipants } from "../../describe-participants.js";
import { readParticipants, writeParticipants } from "../../participants.js";
import { readTable } from "../../spreadsheet/read-table.js";
import type { Row, Table } from "../../tsv.js";
import type { Identities } from "../dicom-names.js";
import { clinicalColumns, type ClinicalColumns, type ColumnChoices } from "./columns.js";
import { patientFinder } from "./find-patient.js";
import { joinClinical, keptName, type ClinicalProblem } from "./join.js";

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
 * Writes the table's values into participants.tsv of the study `dir`, with their description in participants.json. Cells
 * that cannot be used are left out and listed. Throws TABLE_INVALID where no row is about a patient of the study,
 * FILE_UNWRITABLE, DISK_FULL.
 */
export async function importClinical(
  dir: string,
  { file, table, columns, replace }: ClinicalTable,
  identities: Identities,
  map?: PseudonymMap,
): Promise<ClinicalReport> {
  const participants = await readParticipants(dir);
  const find = patientFinder(participants.rows, columns.idKinds, identities, map);
  const { cells, problems, strangers } = joinClinical(table, columns, find, participants.rows, replace);
  if (strangers === table.rows.length)
    throw new MarrowError("TABLE_INVALID", {
      ...{ file, expected: `patients of the study in the column ${columns.id}`, found: `${strangers} rows about nobody in it` },
      next: "Name the patients as participants.tsv does, or by the Patient ID of the originals with the key (or map) they were imported with.",
    }); // prettier-ignore
  await writeParticipants(dir, withCells(participants, cells));
  await describeParticipants(dir, columns.kept.map(keptName));
  return { patients: cells.size, columns, problems, strangers };
}

function withCells({ columns, rows }: Table, cells: ReadonlyMap<string, Row>): Table {
  const added = new Set([...cells.values()].flatMap((row) => Object.keys(row)));
  return {
    columns: [...new Set([...columns, ...added])],
    rows: rows.map((row) => ({ ...row, ...cells.get(row.participant_id) })),
  };
}
