/** What a report is made of: tables, figures, notes, and what is missing with the command that makes it. */
import type { Table } from "../table.js";
import type { Figure } from "./figure.js";

export type Block =
  | { readonly kind: "table"; readonly name: string; readonly table: Table; readonly folded?: boolean }
  | { readonly kind: "figure"; readonly figure: Figure }
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "missing"; readonly what: string; readonly command: string };

export interface Section {
  readonly name: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** `name` is the CSV file's, without ending. */
export const tableBlock = (name: string, table: Table): Block => ({ kind: "table", name, table });

/** A table for those who want every number: folded on the screen, open on paper. */
export const detailBlock = (name: string, table: Table): Block => ({
  kind: "table",
  name,
  table,
  folded: true,
});

export const figureBlock = (figure: Figure): Block => ({ kind: "figure", figure });
export const noteBlock = (text: string): Block => ({ kind: "note", text });
export const missingBlock = (what: string, command: string): Block => ({ kind: "missing", what, command });
