import { isNumeric, notesOf, shownRows, titles } from "./cells.js";
import type { Table } from "./model.js";

/** For a terminal: columns padded, numbers to the right. */
export function terminal(table: Table): string {
  const rows = [titles(table), ...shownRows(table)];
  const widths = table.columns.map((_, n) => Math.max(...rows.map((row) => row[n].length)));
  const pad = (cell: string, n: number) =>
    isNumeric(table, n) ? cell.padStart(widths[n]) : cell.padEnd(widths[n]);
  const [header, ...lines] = rows.map((row) => row.map(pad));
  const rule = widths.map((width) => "─".repeat(width));
  const body = [header, rule, ...lines].map((cells) => cells.join("  "));
  const indented = [...body, ...notesOf(table)].map((line) => `  ${line}`.trimEnd());
  return [table.title, ...indented].map((line) => `${line}\n`).join("");
}
