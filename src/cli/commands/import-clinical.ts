/** The clinical table of `marrow import`: its options, and what is told of it. */
import type { Command } from "commander";
import type { PseudonymMap } from "../../dicom/deidentify/pseudonym-map.js";
import {
  importClinical,
  readClinicalTable,
  type ClinicalReport,
} from "../../study/import/clinical/import-clinical.js";
import { keptName, type ClinicalProblem } from "../../study/import/clinical/join.js";
import type { Identities } from "../../study/import/dicom-names.js";
import { openExistingMap } from "../open-map.js";
import { parseNames } from "../options.js";

export interface ClinicalFlags {
  study: string;
  key?: string;
  clinical?: string;
  sheet?: string;
  clinicalId?: string;
  clinicalSession?: string;
  clinicalKeep?: string[];
  clinicalReplace?: boolean;
  map?: string;
}

export function addClinicalOptions(command: Command): Command {
  return command
    .option("--clinical <table>", "clinical variables of the patients: CSV, TSV or XLSX")
    .option("--sheet <name>", "sheet of the workbook, where it has several")
    .option("--clinical-id <column>", "column that tells the patients (default: found by its name)")
    .option(
      "--clinical-session <column>",
      "column that tells a patient's examinations apart (default: found by its name)",
    )
    .option("--clinical-keep <columns>", "columns that Marrow does not know, to take as they are", parseNames)
    .option("--clinical-replace", "values of the table take the place of those in participants.tsv")
    .option(
      "--map <file>",
      "pseudonym map of an earlier `marrow deidentify`, to find patients by Patient ID",
    );
}

export interface ClinicalOutcome {
  readonly problems: number;
  /** For the terminal. */
  readonly lines: readonly string[];
  /** Rows of the list of what was left out. */
  readonly list: readonly string[];
}

/** Reads the table before anything is imported; `run` joins it to the patients. Undefined where there is none. */
export async function clinicalStep(flags: ClinicalFlags) {
  const {
    study,
    clinical: file,
    sheet,
    clinicalId: id,
    clinicalSession: session,
    clinicalKeep: keep,
    clinicalReplace: replace,
  } = flags;
  if (file === undefined) return undefined;
  const table = await readClinicalTable(file, { sheet, id, session, keep, replace });
  const map: PseudonymMap | undefined = await openExistingMap(flags);
  return {
    run: async (identities: Identities): Promise<ClinicalOutcome> => {
      const report = await importClinical(study, table, identities, map);
      return {
        problems: report.problems.length,
        lines: describe(file, report),
        list: report.problems.map((one) => ["clinical", "CLINICAL_VALUE", describeProblem(one), file].join("\t").replace(/[\r\n]+/g, " ")),
      }; // prettier-ignore
    },
  };
}

const mostTold = 20;

function describe(
  file: string,
  { patients, examinations, columns, problems, strangers }: ClinicalReport,
): string[] {
  const counted =
    columns.session === undefined
      ? `${patients} patients`
      : `${examinations} examinations of ${patients} patients`;
  const taken = columns.variables.map(({ column, variable }) => column === variable.name ? column : `${column} → ${variable.name}`); // prettier-ignore
  const more = problems.length - mostTold;
  return [
    `${file}: ${counted}; ${[...taken, ...columns.kept.map((name) => `${name} → ${keptName(name)} (as it is)`)].join(", ") || "no known column"}`,
    ...(columns.leftOut.length > 0 ? [`  left out: ${columns.leftOut.join(", ")} (take them with --clinical-keep)`] : []),
    ...(strangers > 0 ? [`  ${strangers} rows are about nobody in the study`] : []),
    ...problems.slice(0, mostTold).map((one) => `  ${describeProblem(one)}`),
    ...(more > 0 ? [`  … and ${more} more: --list FILE lists them all`] : []),
    ...(problems.length > 0 ? [`  ${problems.length} cells left out; correct the table and run the same command again.`] : []),
  ]; // prettier-ignore
}

const describeProblem = ({ row, column, found, expected }: ClinicalProblem) =>
  `row ${row}, ${column}: found ${found}; expected ${expected}`;
