/** The table of patients of a report: participants.tsv, and a table of clinical data joined to it by pseudonym. */
import { MarrowError } from "../../base/errors.js";
import { readDelimited } from "../../study/delimited.js";
import { places } from "../../study/names.js";
import { readParticipants } from "../../study/participants.js";
import type { Row, Table } from "../../study/tsv.js";
import { clinicalVariables, type ClinicalVariable } from "./clinical-variables.js";

export interface Clinical {
  /** Known variables that at least one patient has, in the order of the catalogue. */
  readonly variables: readonly ClinicalVariable[];
  /** One row a patient: `participant_id` and the variables by their catalogue name, in their reported units. */
  readonly patients: readonly Row[];
  /** What a reader of the tables should know, e.g. rows that belong to no patient. */
  readonly notes: readonly string[];
}

/**
 * Reads participants.tsv and, where given, a CSV or TSV of further variables. Its patients stand in a column
 * `participant_id`, `subject`, `patient` or `pseudonym`, with or without `sub-`; a unit may follow a name in brackets,
 * `crp (mg/dL)`, and is converted. What the second table has overrules the first. Throws TABLE_INVALID for an unknown
 * unit, for a value that is no number or outside its range, and where no row belongs to a patient of the study.
 */
export async function readClinical(
  dir: string,
  subjects: readonly string[],
  file?: string,
): Promise<Clinical> {
  const participants = normalise(await readParticipants(dir), places.participants);
  const extra = file === undefined ? new Map<string, Row>() : normalise(await readDelimited(file), file);
  const strangers = [...extra.keys()].filter((id) => !subjects.includes(id));
  if (file !== undefined && strangers.length === extra.size)
    throw new MarrowError("TABLE_INVALID", {
      file,
      expected: `patients of the study, e.g. ${subjects[0]}`,
      found: strangers.slice(0, 3).join(", ") || "no row",
      next: "Name the patients by their pseudonyms in the study.",
    });
  const patients = subjects.map((id) => ({
    participant_id: id,
    ...participants.get(id),
    ...extra.get(id),
  }));
  const variables = clinicalVariables.filter(({ name }) => patients.some((row: Row) => row[name]));
  const notes =
    strangers.length > 0 ? [`${strangers.length} rows of the clinical table belong to no patient here.`] : [];
  return { variables, patients, notes };
}

interface Heading {
  readonly column: string;
  readonly variable: ClinicalVariable;
  readonly factor: number;
}

const keys = ["participant_id", "subject", "patient", "pseudonym", "id"];

/** Rows by patient, with the catalogue's names and units. */
function normalise({ columns, rows }: Table, file: string): Map<string, Row> {
  const key = columns.find((name) => keys.includes(name.toLowerCase()));
  if (key === undefined)
    throw new MarrowError("TABLE_INVALID", {
      file,
      expected: `a column ${keys.join(", ")}`,
      found: columns.join(", "),
    });
  const headings = columns.flatMap((column) => headingOf(column, file) ?? []);
  return new Map(
    rows.map((row, n) => {
      const cells = headings.flatMap((heading) => {
        const value = valueOf(row[heading.column], heading, `${file}, row ${n + 2}`);
        return value === undefined ? [] : [[heading.variable.name, value] as const];
      });
      return [pseudonym(row[key] ?? ""), Object.fromEntries(cells)];
    }),
  );
}

const pseudonym = (text: string) => `sub-${text.replace(/^sub-/i, "")}`;

/** `CRP (mg/dL)` → the variable crp, times 10; undefined for a column that the catalogue does not have. */
function headingOf(column: string, file: string): Heading | undefined {
  const [, head, unit] = /^(.*?)\s*(?:[([](.*)[)\]])?$/.exec(column.trim()) ?? [];
  const name = (head ?? "")
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_");
  const variable = clinicalVariables.find((one) => one.name === name || one.also?.includes(name));
  if (variable === undefined) return undefined;
  const units: Readonly<Record<string, number>> = { [variable.unit]: 1, ...variable.from };
  const factor = unit === undefined ? 1 : units[unit.trim()];
  if (factor === undefined)
    throw new MarrowError("TABLE_INVALID", {
      file,
      expected: `${variable.title} in ${Object.keys(units).filter(Boolean).join(" or ") || "no unit"}`,
      found: column,
    });
  return { column, variable, factor };
}

/** The cell in the reported unit, as text; undefined where it is missing. */
function valueOf(cell: string | undefined, { variable, factor }: Heading, place: string): string | undefined {
  if (cell === undefined || variable.range === undefined) return cell;
  const value = Number(cell) * factor;
  const [low, high] = variable.range;
  if (value >= low && value <= high) return String(Number(value.toPrecision(12)));
  throw new MarrowError("TABLE_INVALID", {
    file: place,
    expected: `${variable.title} from ${low} to ${high} ${variable.unit}`.trim(),
    found: cell,
    next: "Correct the cell or its unit, or write n/a where the value is not known.",
  });
}

/** A variable of all patients as texts, empty where missing. */
export const textsOf = ({ patients }: Clinical, name: string) => patients.map((row) => row[name] ?? "");

/** The same as numbers, NaN where missing. */
export const numbersOf = (clinical: Clinical, name: string) =>
  textsOf(clinical, name).map((text) => (text === "" ? NaN : Number(text)));

/** `CRP (mg/L)` */
export const titleWithUnit = ({ title, unit }: ClinicalVariable) =>
  unit === "" ? title : `${title} (${unit})`;
