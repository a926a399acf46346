/** Writes an evaluation as JSON, CSV and Markdown. */
import { join } from "node:path";
import type { Evaluation } from "../statistics/evaluation.js";
import { writeText } from "../study/files.js";
import { evaluationJson, type Provenance } from "./evaluation-json.js";
import { caseTable, foldTable, intervalTable, labelTable, sliceTable } from "./evaluation-tables.js";
import { failureTable, type Failure } from "./failure-table.js";
import { renderTable, type Table } from "./table.js";

/** Tables in the order in which they are read. */
export function evaluationTables(evaluation: Evaluation): Table[] {
  const tables = [
    labelTable(evaluation),
    foldTable(evaluation),
    caseTable(evaluation),
    intervalTable(evaluation),
  ];
  return tables.filter((table) => table !== undefined);
}

/**
 * Writes evaluation.json, evaluation.md, cases.csv, summary.csv and, with slices, slices.csv into `dir`, and returns
 * their paths. Throws FILE_UNWRITABLE, DISK_FULL.
 */
export async function writeEvaluation(
  dir: string,
  evaluation: Evaluation,
  failures: readonly Failure[],
  made: Provenance,
): Promise<string[]> {
  const slices = sliceTable(evaluation);
  const files: Readonly<Record<string, string>> = {
    "evaluation.json": evaluationJson(evaluation, failures, made),
    "evaluation.md": markdown(evaluation, failures),
    "cases.csv": renderTable(caseTable(evaluation), "csv"),
    "summary.csv": renderTable(intervalTable(evaluation), "csv"),
    ...(slices && { "slices.csv": renderTable(slices, "csv") }),
  };
  for (const [name, text] of Object.entries(files)) await writeText(join(dir, name), text);
  return Object.keys(files).map((name) => join(dir, name));
}

/** Writes the comparison of several runs as networks.md and networks.csv. Throws FILE_UNWRITABLE, DISK_FULL. */
export async function writeNetworks(dir: string, table: Table): Promise<string[]> {
  const files: Readonly<Record<string, string>> = {
    "networks.md": `# Networks\n\nResearch use only.\n\n${renderTable(table, "markdown")}`,
    "networks.csv": renderTable(table, "csv"),
  };
  for (const [name, text] of Object.entries(files)) await writeText(join(dir, name), text);
  return Object.keys(files).map((name) => join(dir, name));
}

function markdown(evaluation: Evaluation, failures: readonly Failure[]): string {
  const slices = sliceTable(evaluation);
  const tables = [...evaluationTables(evaluation), ...(slices ? [slices] : [])];
  const all = failures.length > 0 ? [...tables, failureTable(failures)] : tables;
  const body = all.map((table) => renderTable(table, "markdown")).join("\n");
  return `# Evaluation\n\nResearch use only.\n\n${body}`;
}
