/** Tables of other programs (CSV of spreadsheets and statistics packages, TSV): RFC 4180, delimiter found by itself. */
import { MarrowError } from "../base/errors.js";
import { readText } from "./files.js";
import type { Row, Table } from "./tsv.js";

const delimiters = ["\t", ",", ";"] as const;

/** A row as it stands in its file, counted from 1 as spreadsheets do; empty rows count. */
export interface NumberedRow {
  readonly number: number;
  readonly cells: readonly string[];
}

/** A table that knows where each of its rows stands. */
export interface NumberedTable extends Table {
  readonly numbers: readonly number[];
}

/** Cells that stand for a missing value, in any case. */
const missing = new Set(["", "n/a", "na", "nan", "null", "."]);

/** Reads a table file. Throws FILE_NOT_FOUND, FILE_UNREADABLE, TABLE_INVALID. */
export async function readDelimited(path: string): Promise<Table> {
  return parseDelimited(await readText(path), path);
}

/**
 * Parses CSV (comma or semicolon) or TSV with a first row of names; cells may be in double quotes. Missing cells are left
 * out of a row. Throws TABLE_INVALID for an empty table, a quote without end, names that are missing or double, and rows
 * longer or shorter than the first.
 */
export function parseDelimited(text: string, file: string): Table {
  const { columns, rows } = tableOf(parseRecords(text, file), file);
  return { columns, rows };
}

/** Rows of cells, empty ones left out. Throws TABLE_INVALID for a quote without end. */
export function parseRecords(text: string, file: string): NumberedRow[] {
  const clean = text.replace(/^\uFEFF/, "");
  return splitCells(clean, delimiterOf(clean), file);
}

/** Names and rows of a table, whatever it was read from. Throws TABLE_INVALID as parseDelimited does. */
export function tableOf([head, ...rows]: readonly NumberedRow[], file: string): NumberedTable {
  if (head === undefined)
    throw new MarrowError("TABLE_INVALID", {
      file,
      expected: "a first row of column names",
      found: "no text",
    });
  const columns = head.cells.map((name) => name.trim());
  checkNames(columns, file);
  return {
    columns,
    rows: rows.map(({ number, cells }) => rowOf(columns, cells, `${file}, row ${number}`)),
    numbers: rows.map(({ number }) => number),
  };
}

/** The delimiter that the first line has most of. */
function delimiterOf(text: string): string {
  const [line = ""] = text.split(/\r?\n/, 1);
  const unquoted = line.replace(/"[^"]*"/g, "");
  const count = (delimiter: string) => unquoted.split(delimiter).length;
  return delimiters.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}

function splitCells(text: string, delimiter: string, file: string): NumberedRow[] {
  const rows: NumberedRow[] = [];
  let number = 0;
  let row: string[] = [];
  let cell = "";
  let isQuoted = false;
  const endCell = () => {
    row.push(cell);
    cell = "";
  };
  const endRow = () => {
    endCell();
    number++;
    if (row.length > 1 || row[0].trim() !== "") rows.push({ number, cells: row });
    row = [];
  };
  for (let n = 0; n < text.length; n++) {
    const character = text[n];
    if (character === '"' && isQuoted && text[n + 1] === '"') cell += text[++n];
    else if (character === '"' && (isQuoted || cell.trim() === "")) isQuoted = !isQuoted;
    else if (isQuoted) cell += character;
    else if (character === delimiter) endCell();
    else if (character === "\n") endRow();
    else if (character !== "\r") cell += character;
  }
  if (isQuoted)
    throw new MarrowError("TABLE_INVALID", {
      file,
      expected: 'a closing "',
      found: "the end of the file",
      next: "Close the quoted cell, or remove its first quotation mark.",
    });
  endRow();
  return rows;
}

function checkNames(columns: readonly string[], file: string): void {
  const double = columns.find((name, n) => columns.indexOf(name) !== n);
  const empty = columns.indexOf("") + 1;
  if (empty === 0 && double === undefined) return;
  throw new MarrowError("TABLE_INVALID", {
    file,
    expected: "a different name for each column",
    found: empty > 0 ? `column ${empty} without a name` : `two columns ${double}`,
    next: "Correct the first row.",
  });
}

function rowOf(columns: readonly string[], cells: readonly string[], file: string): Row {
  if (cells.length !== columns.length)
    throw new MarrowError("TABLE_INVALID", {
      file,
      expected: `${columns.length} cells (${columns.join(", ")})`,
      found: `${cells.length}`,
      next: "Give the row as many cells as the first row has; put text with delimiters in double quotes.",
    });
  const filled = columns.map((name, n) => [name, cells[n].trim()] as const);
  return Object.fromEntries(filled.filter(([, cell]) => !missing.has(cell.toLowerCase())));
}

/** A column as texts, empty where missing. Throws TABLE_INVALID where there is no such column. */
export function textColumn({ columns, rows }: Table, name: string, file: string): string[] {
  if (!columns.includes(name))
    throw new MarrowError("TABLE_INVALID", {
      file,
      expected: `a column ${name}`,
      found: columns.join(", "),
      next: "Check the column's name; upper and lower case differ.",
    });
  return rows.map((row) => row[name] ?? "");
}

/** A column as numbers, NaN where missing. Throws TABLE_INVALID where a cell is no number. */
export function numberColumn(table: Table, name: string, file: string): number[] {
  return textColumn(table, name, file).map((cell, n) => {
    const value = cell === "" ? NaN : Number(cell);
    if (cell === "" || Number.isFinite(value)) return value;
    throw new MarrowError("TABLE_INVALID", {
      file: `${file}, row ${n + 2}`,
      expected: `a number in column ${name}`,
      found: cell,
      next: /^-?\d+,\d+$/.test(cell)
        ? "Write decimal points, not commas."
        : "Correct the cell, or leave it empty where the value is missing.",
    });
  });
}
