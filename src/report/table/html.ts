import { isNumeric, notesOf, shownRows, titles } from "./cells.js";
import type { Table } from "./model.js";

/** A heading, a table that scrolls, a paragraph for each note; everything is escaped. */
export function html(table: Table): string {
  const row = (cells: readonly string[], tag: "th" | "td") =>
    `<tr>${cells.map((cell, n) => `<${tag}${isNumeric(table, n) ? ' class="number"' : ""}>${unbroken(escapeHtml(cell))}</${tag}>`).join("")}</tr>`;
  const body = shownRows(table).map((cells) => row(cells, "td"));
  return [
    `<h3>${escapeHtml(table.title)}</h3>`,
    `<div class="scroll"><table><thead>${row(titles(table), "th")}</thead>`,
    `<tbody>${body.join("\n")}</tbody></table></div>`,
    ...notesOf(table).map((note) => `<p class="note">${escapeHtml(note)}</p>`),
    "",
  ].join("\n");
}

/** `< 0.001` stays on one line. */
const unbroken = (cell: string) => cell.replace(/^&lt; /, "&lt;&nbsp;");

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character]);
