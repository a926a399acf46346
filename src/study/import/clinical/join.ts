/** Joins a checked clinical table to the patients of a study, and lists what cannot be used. */
import type { ClinicalVariable } from "../../clinical-variables.js";
import type { NumberedTable } from "../../delimited.js";
import type { Row } from "../../tsv.js";
import { checkCell, checkKept, type Checked } from "./check-cell.js";
import type { ClinicalColumns } from "./columns.js";
import type { FindPatient } from "./find-patient.js";
import { describeSessions, findSession, noSession } from "./find-session.js";

/** A cell that was left out. Patients are told by the row alone. */
export interface ClinicalProblem {
  readonly row: number;
  readonly column: string;
  readonly found: string;
  readonly expected: string;
}

/** Where cells go: the patient's row, or, with a session, that examination's. */
export interface Place {
  readonly participant: string;
  /** `ses-2`, or `""` for the patient. */
  readonly session: string;
}

export interface Joined {
  readonly cells: readonly (Place & { readonly row: Row })[];
  /** Rows that were taken. */
  readonly examinations: number;
  readonly problems: readonly ClinicalProblem[];
  /** Rows that are about nobody in the study. */
  readonly strangers: number;
}

/** What is known of the study. */
export interface Joinable {
  readonly find: FindPatient;
  /** A participant's sessions, as `sessionsOf` has them. */
  readonly sessionsOf: (participant: string) => readonly string[];
  /** What stands there already; it stays, and a cell that differs is a problem. */
  readonly there: (place: Place) => Row;
}

/** Columns of a participant's row in which kept columns stand: lower case, joined by underscores. */
export const keptName = (column: string) =>
  column.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, ""); // prettier-ignore

/**
 * Joins the rows. With a column for examinations a patient may have several rows: what can change stands with the
 * examination, what is fixed (sex, HLA-B27) with the patient, and must be the same in all rows.
 */
export function joinClinical(table: NumberedTable, columns: ClinicalColumns, study: Joinable): Joined {
  const cells = new Map<string, Place & { row: Row }>();
  const seen = new Set<string>();
  const problems: ClinicalProblem[] = [];
  let strangers = 0;
  const at = (place: Place) => {
    const key = `${place.participant} ${place.session}`;
    const found = cells.get(key) ?? { ...place, row: {} };
    cells.set(key, found);
    return found.row;
  };
  for (const [n, row] of table.rows.entries()) {
    const problem: Report = (column, found, expected) =>
      problems.push({ row: table.numbers[n], column, found, expected });
    const places = placesOf(row, columns, study);
    if (places === undefined) strangers++;
    else if ("expected" in places) problem(places.column, places.found, places.expected);
    else if (seen.has(`${places.participant} ${places.session}`))
      problem(columns.id, "a patient a second time", oneRow(columns)); // prettier-ignore
    else {
      seen.add(`${places.participant} ${places.session}`);
      takeRow(row, columns, places, study, at, problem);
    }
  }
  return { cells: [...cells.values()], examinations: seen.size, problems, strangers };
}

const oneRow = ({ session }: ClinicalColumns) =>
  session === undefined
    ? "one row a patient, or a column `session` that tells the examination"
    : "one row for each examination";

/** Whom a row is about; undefined for nobody in the study. */
function placesOf(
  row: Row,
  { id, session: column }: ClinicalColumns,
  { find, sessionsOf }: Joinable,
): Place | Omit<ClinicalProblem, "row"> | undefined {
  const patients = find(row[id] ?? "");
  if (patients.length === 0) return undefined;
  if (patients.length > 1)
    return { column: id, found: "a name of two patients", expected: "name the column participant_id or patient_id" }; // prettier-ignore
  const [participant] = patients;
  if (column === undefined) return { participant, session: noSession };
  const sessions = sessionsOf(participant);
  const session = findSession(row[column] ?? "", sessions);
  if (session !== undefined) return { participant, session };
  const expected = `an examination of this patient: ${describeSessions(sessions) || "there is none"}`;
  return { column, found: row[column] ?? "no name", expected };
}

type Report = (column: string, found: string, expected: string) => void;

function takeRow(
  row: Row,
  { variables, kept }: ClinicalColumns,
  own: Place,
  { there }: Joinable,
  at: (place: Place) => Row,
  problem: Report,
): void {
  const patient = { ...own, session: noSession };
  const take = (column: string, name: string, checked: Checked, variable?: ClinicalVariable) => {
    const place = variable?.fixed ? patient : own;
    const before = at(place)[name] ?? there(place)[name];
    if ("expected" in checked) problem(column, checked.found, checked.expected);
    else if (before === undefined || isSame(checked.value, before, variable))
      at(place)[name] = before ?? checked.value; // prettier-ignore
    else problem(column, checked.value, `${before}, which stands in ${fileOf(place)}`);
  };
  at(own);
  for (const one of variables)
    if (row[one.column] !== undefined)
      take(one.column, one.variable.name, checkCell(row[one.column], one), one.variable);
  for (const column of kept)
    if (row[column] !== undefined) take(column, keptName(column), checkKept(row[column]));
}

const fileOf = ({ participant, session }: Place) =>
  session === noSession ? "participants.tsv" : `${participant}_sessions.tsv`;

function isSame(a: string, b: string, variable: ClinicalVariable | undefined): boolean {
  return a === b || Math.abs(Number(a) - Number(b)) <= (variable?.tolerance ?? 0);
}
