import { isNumeric, notesOf, shownRows, titles } from "./cells.js";
import type { Table } from "./model.js";

/** A heading, a pipe table, a paragraph for each note. */
export function markdown(table: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escape).join(" | ")} |`;
  const rule = table.columns.map((_, n) => (isNumeric(table, n) ? "---:" : "---"));
  const lines = [line(titles(table)), `| ${rule.join(" | ")} |`, ...shownRows(table).map(line)];
  const below = notesOf(table).map((note) => `\n${note}\n`);
  return `### ${table.title}\n\n${lines.join("\n")}\n${below.join("")}`;
}

const escape = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
