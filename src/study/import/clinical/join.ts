/** Joins a checked clinical table to the patients of a study, and lists what cannot be used. */
import type { ClinicalVariable } from "../../clinical-variables.js";
import type { NumberedTable } from "../../delimited.js";
import type { Row } from "../../tsv.js";
import { checkCell, checkKept, type Checked } from "./check-cell.js";
import type { ClinicalColumns } from "./columns.js";
import type { FindPatient } from "./find-patient.js";

/** A cell that was left out. Patients are told by the row alone. */
export interface ClinicalProblem {
  readonly row: number;
  readonly column: string;
  readonly found: string;
  readonly expected: string;
}

export interface Joined {
  /** Cells by participant. */
  readonly cells: ReadonlyMap<string, Row>;
  readonly problems: readonly ClinicalProblem[];
  /** Rows that are about nobody in the study. */
  readonly strangers: number;
}

/** Columns of a participant's row in which kept columns stand: lower case, joined by underscores. */
export const keptName = (column: string) =>
  column.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, ""); // prettier-ignore

/** `there` is participants.tsv: what stands there stays unless `replace` is set, and a cell that differs is a problem. */
export function joinClinical(
  table: NumberedTable,
  columns: ClinicalColumns,
  find: FindPatient,
  there: readonly Row[],
  replace: boolean,
): Joined {
  const cells = new Map<string, Row>();
  const problems: ClinicalProblem[] = [];
  let strangers = 0;
  const before = new Map(there.map((row) => [row.participant_id, row]));
  for (const [n, row] of table.rows.entries()) {
    const patients = find(row[columns.id] ?? "");
    const problem = (column: string, found: string, expected: string) =>
      problems.push({ row: table.numbers[n], column, found, expected });
    if (patients.length === 0) strangers++;
    else if (patients.length > 1)
      problem(columns.id, "a name of two patients", "name the column participant_id or patient_id"); // prettier-ignore
    else if (cells.has(patients[0])) problem(columns.id, "a patient a second time", "one row a patient");
    else cells.set(patients[0], rowOf(row, columns, replace ? {} : (before.get(patients[0]) ?? {}), problem));
  }
  return { cells, problems, strangers };
}

type Report = (column: string, found: string, expected: string) => void;

function rowOf(row: Row, { variables, kept }: ClinicalColumns, there: Row, problem: Report): Row {
  const taken: Row = {};
  const take = (column: string, name: string, checked: Checked, variable?: ClinicalVariable) => {
    if ("expected" in checked) problem(column, checked.found, checked.expected);
    else if (there[name] === undefined || isSame(checked.value, there[name], variable))
      taken[name] = there[name] ?? checked.value; // prettier-ignore
    else problem(column, checked.value, `${there[name]}, which stands in participants.tsv`);
  };
  for (const one of variables)
    if (row[one.column] !== undefined)
      take(one.column, one.variable.name, checkCell(row[one.column], one), one.variable);
  for (const column of kept)
    if (row[column] !== undefined) take(column, keptName(column), checkKept(row[column]));
  return taken;
}

function isSame(a: string, b: string, variable: ClinicalVariable | undefined): boolean {
  return a === b || Math.abs(Number(a) - Number(b)) <= (variable?.tolerance ?? 0);
}
