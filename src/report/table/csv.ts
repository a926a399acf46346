import { openCell, titles } from "./cells.js";
import type { Table } from "./model.js";

/** RFC 4180 with "\n": header first, numbers with every digit, NaN empty. Mean ± SD takes two columns, an interval three. */
export function csv(table: Table): string {
  const cells = table.rows.map((row) => table.columns.map((_, n) => openCell(row[n])));
  const ends = table.columns.map((_, n) => longest(cells.map((row) => row[n].ends)));
  const header = titles(table).flatMap((title, n) => ends[n].map((end) => title + end));
  const lines = cells.map((row) =>
    row.flatMap(({ values }, n) => ends[n].map((_, part) => values[part] ?? NaN)),
  );
  return [header, ...lines].map((line) => `${line.map(field).join(",")}\n`).join("");
}

/** A column is as wide as its widest cell. */
const longest = (ends: readonly (readonly string[])[]) =>
  ends.reduce((widest, one) => (one.length > widest.length ? one : widest), [""]);

function field(value: string | number): string {
  if (typeof value === "number") return Number.isNaN(value) ? "" : String(value);
  return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
