/** Writes a quantification as JSON, CSV and Markdown. */
import { join } from "node:path";
import { measures } from "../quantify/catalogue.js";
import type { CaseFailure, MeasuredCase } from "../quantify/quantify-files.js";
import { writeText } from "../study/files.js";
import type { Provenance } from "./evaluation-json.js";
import { failureTable } from "./failure-table.js";
import { basisTable, longTable, missingTable, wideTable } from "./quantification-tables.js";
import { renderTable } from "./table.js";

/**
 * Writes quantification.json (everything, with the definition of each measure that occurs), measurements.csv (a row for each
 * measurement), patients.csv and lesions.csv (a row for each patient and lesion) and quantification.md into `dir`, and
 * returns their paths. Throws FILE_UNWRITABLE, DISK_FULL.
 */
export async function writeQuantification(
  dir: string,
  cases: readonly MeasuredCase[],
  failures: readonly CaseFailure[],
  made: Provenance,
): Promise<string[]> {
  const files: Readonly<Record<string, string>> = {
    "quantification.json": json(cases, failures, made),
    "measurements.csv": renderTable(longTable(cases), "csv"),
    "patients.csv": renderTable(wideTable(cases, "patient"), "csv"),
    "lesions.csv": renderTable(wideTable(cases, "lesion"), "csv"),
    "quantification.md": markdown(cases, failures),
  };
  for (const [name, text] of Object.entries(files)) await writeText(join(dir, name), text);
  return Object.keys(files).map((name) => join(dir, name));
}

function json(cases: readonly MeasuredCase[], failures: readonly CaseFailure[], made: Provenance): string {
  const used = new Set(cases.flatMap(({ measurements }) => measurements.map(({ measure }) => measure)));
  const definitions = Object.fromEntries(
    Object.entries(measures).filter(([name]) => used.has(name as never)),
  );
  return `${JSON.stringify({ researchUseOnly: true, ...made, definitions, cases, failures }, undefined, 2)}\n`;
}

function markdown(cases: readonly MeasuredCase[], failures: readonly CaseFailure[]): string {
  const levels = ["patient", "joint", "bone", "quadrant", "lesion"] as const;
  const wide = levels.map((level) => wideTable(cases, level)).filter(({ rows }) => rows.length > 0);
  const tables = [...wide, missingTable(cases), basisTable(cases), failureTable(failures)];
  const body = tables.filter(({ rows }) => rows.length > 0).map((table) => renderTable(table, "markdown"));
  return `# Quantification\n\nResearch use only.\n\n${body.join("\n")}`;
}
