/** What each column of a clinical table is: the patients' names, a known variable in some unit, one kept as it is, or none. */
import { MarrowError } from "../../../base/errors.js";
import { clinicalVariables, isFree, type ClinicalVariable } from "../../clinical-variables.js";

/** Names under which a patient may stand in a table. */
export type IdKind = "study" | "pseudonym" | "original";

export interface VariableColumn {
  /** Name in the table. */
  readonly column: string;
  readonly variable: ClinicalVariable;
  /** What leads to the variable's unit. */
  readonly factor: number;
}

export interface ClinicalColumns {
  readonly id: string;
  readonly idKinds: readonly IdKind[];
  /** Column that tells the examination, where a patient may have several rows. */
  readonly session: string | undefined;
  readonly variables: readonly VariableColumn[];
  /** Columns taken as they are. */
  readonly kept: readonly string[];
  /** Columns that nobody asked for: they may name people. */
  readonly leftOut: readonly string[];
}

export interface ColumnChoices {
  /** Column with the patients' names. */
  readonly id?: string | undefined;
  /** Column with the examinations' names or numbers. */
  readonly session?: string | undefined;
  /** Takes known variables that may hold any word too (diagnosis, site). */
  readonly free?: boolean;
  /** Columns to take as they are. */
  readonly keep?: readonly string[] | undefined;
}

const every: readonly IdKind[] = ["study", "pseudonym", "original"];

/** The first that a table has is taken. Names are compared without signs: `Patient ID` is `patientid`. */
const idColumns: Readonly<Record<string, readonly IdKind[]>> = {
  participantid: ["study"],
  pseudonym: ["pseudonym"],
  sourceid: ["pseudonym"],
  subject: ["study"],
  subjectid: ["study"],
  patientid: ["original", "pseudonym"],
  patid: ["original", "pseudonym"],
  mrn: ["original"],
  patient: every,
  id: every,
};

const sessionColumns = ["sessionid", "session", "visit", "timepoint", "examination", "examinationid"];

/** `CRP [mg/dL]`, `crp_mg_dl` → `crpmgdl` */
const plain = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** Throws TABLE_INVALID where the patients' column or one to keep is missing, a variable comes twice, or in no known unit. */
export function clinicalColumns(columns: readonly string[], choices: ColumnChoices, file: string): ClinicalColumns {
  const id = idColumn(columns, choices.id, file);
  const { keep = [] } = choices;
  for (const name of keep) requireColumn(columns, name, file);
  const session = sessionColumn(columns.filter((name) => !keep.includes(name)), choices.session, file);
  const others = columns.filter((name) => name !== id && name !== session && !keep.includes(name));
  const known = (clinicalVariables as readonly ClinicalVariable[]).filter((one) => choices.free || !isFree(one));
  const variables = others.flatMap((name) => variableColumn(name, known, file) ?? []);
  const double = variables.find(({ variable }, n) => variables.findIndex((one) => one.variable === variable) !== n);
  if (double)
    throw new MarrowError("TABLE_INVALID", {
      ...{ file, expected: `${double.variable.title} once`, found: `${double.column} too` },
      next: "Rename or remove one of the two columns.",
    });
  const taken = variables.map(({ column }) => column);
  const leftOut = others.filter((name) => !taken.includes(name));
  return { id, idKinds: idColumns[plain(id)] ?? every, session, variables, kept: keep, leftOut };
} // prettier-ignore

function idColumn(columns: readonly string[], chosen: string | undefined, file: string): string {
  if (chosen !== undefined) return requireColumn(columns, chosen, file);
  for (const name of Object.keys(idColumns)) {
    const found = columns.find((column) => plain(column) === name);
    if (found !== undefined) return found;
  }
  throw new MarrowError("TABLE_INVALID", {
    ...{ file, expected: "a column participant_id, pseudonym or patient_id", found: columns.join(", ") },
    next: "Name the column that tells the patients with --clinical-id.",
  });
}

function sessionColumn(columns: readonly string[], chosen: string | undefined, file: string): string | undefined {
  if (chosen !== undefined) return requireColumn(columns, chosen, file);
  return columns.find((column) => sessionColumns.includes(plain(column)));
} // prettier-ignore

function requireColumn(columns: readonly string[], name: string, file: string): string {
  if (columns.includes(name)) return name;
  throw new MarrowError("TABLE_INVALID", {
    ...{ file, expected: `a column ${name}`, found: columns.join(", ") },
    next: "Check the column's name; upper and lower case differ.",
  });
}

/** Undefined for a column that is no known variable. */
function variableColumn(
  column: string,
  known: readonly ClinicalVariable[],
  file: string,
): VariableColumn | undefined {
  const [, head = column, unit] = /^(.*\S)\s*[([](.*)[)\]]\s*$/.exec(column) ?? [];
  for (const variable of known) {
    const names = [variable.name, ...(variable.also ?? [])].map(plain);
    const units = unitsOf(variable);
    const whole = units.find(([text]) => names.some((name) => plain(column) === name + plain(text)));
    if (whole) return { column, variable, factor: whole[1] };
    if (unit !== undefined && names.includes(plain(head))) throw unknownUnit(column, variable, file);
  }
  return undefined;
}

/** The unit and the others, and none at all, which is taken for the unit. */
function unitsOf({ unit, from = {} }: ClinicalVariable): (readonly [string, number])[] {
  return [["", 1], [unit, 1], ...Object.entries(from)];
}

const unknownUnit = (found: string, variable: ClinicalVariable, file: string) =>
  new MarrowError("TABLE_INVALID", {
    ...{ file, found, expected: `${variable.name} in ${unitsOf(variable).flatMap(([text]) => text || []).join(" or ") || "no unit"}` },
    next: "Convert the values, or correct the unit in the column's name.",
  }); // prettier-ignore
