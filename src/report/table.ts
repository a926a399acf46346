/** Tables as data (table/model.ts, table/columns.ts), and the one way to write them. */
import { csv } from "./table/csv.js";
import { html } from "./table/html.js";
import { markdown } from "./table/markdown.js";
import type { Table } from "./table/model.js";
import { terminal } from "./table/terminal.js";

export { formatCell, formatP } from "./table/cells.js";
export { escapeHtml } from "./table/html.js";
export type * from "./table/model.js";

const formats = { markdown, csv, terminal, html } as const satisfies Record<string, (table: Table) => string>;

export type TableFormat = keyof typeof formats;

/** The table as text, with a newline at its end. A table without rows keeps its header and says "no rows". */
export const renderTable = (table: Table, format: TableFormat): string => formats[format](table);
