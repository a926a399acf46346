/** Tab-separated tables as BIDS has them: a first row of names, `n/a` for what is missing. */
import { MarrowError } from "../base/errors.js";

export type Row = Record<string, string>;

export interface Table {
  columns: string[];
  rows: Row[];
}

/** Parses a table; `n/a` and empty cells are left out of a row. Throws TABLE_INVALID for a row of another length. */
export function parseTsv(text: string, file: string): Table {
  const [head = "", ...lines] = text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "");
  const columns = head.split("\t").map((name) => name.trim());
  return { columns, rows: lines.map((line, n) => parseRow(columns, line, `${file}, row ${n + 2}`)) };
}

function parseRow(columns: readonly string[], line: string, file: string): Row {
  const cells = line.split("\t");
  if (cells.length > columns.length)
    throw new MarrowError("TABLE_INVALID", {
      file,
      expected: `at most ${columns.length} cells (${columns.join(", ")})`,
      found: `${cells.length}`,
    });
  const filled = columns.map((name, n) => [name, (cells[n] ?? "").trim()] as const);
  return Object.fromEntries(filled.filter(([, cell]) => cell !== "" && cell !== "n/a"));
}

export function formatTsv({ columns, rows }: Table): string {
  const clean = (cell: string | undefined) => cell?.replace(/[\t\r\n]+/g, " ") || "n/a";
  const lines = rows.map((row) => columns.map((name) => clean(row[name])).join("\t"));
  return [columns.join("\t"), ...lines].join("\n") + "\n";
}
