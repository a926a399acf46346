/** Tables as data, and the one way to write them: as Markdown, CSV, terminal text or HTML. */
export interface Column {
  readonly title: string;
  /** Digits after the point, 3 unless given. CSV always gets every digit. */
  readonly digits?: number;
}

/** NaN means "not defined"; Infinity "one mask is empty". */
export type Cell = string | number | MeanCell | PCell | IntervalCell;

export interface MeanCell {
  readonly mean: number;
  readonly sd: number;
  readonly digits?: number;
}

/** A p-value, shown as `< 0.001` where it is; null is not estimable. CSV has every digit. */
export interface PCell {
  readonly p: number | null;
}

/** A value and the ends of its interval, shown as `0.853 (0.812 to 0.891)`; null is not estimable. Every `Estimate` is one. */
export interface IntervalCell {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly digits?: number;
}

export interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Said below the table. */
  readonly notes?: readonly string[];
}

export type TableFormat = "markdown" | "csv" | "terminal" | "html";

/** The table as text, with a newline at its end. A table without rows keeps its header and says "no rows". */
export function renderTable(table: Table, format: TableFormat): string {
  return formats[format](table);
}

const formats: Readonly<Record<TableFormat, (table: Table) => string>> = { markdown, csv, terminal, html };

function markdown(table: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  const rule = table.columns.map((_, n) => (isNumeric(table, n) ? "---:" : "---"));
  const lines = [line(titles(table)), `| ${rule.join(" | ")} |`, ...texts(table).map(line)];
  return `### ${table.title}\n\n${lines.join("\n")}\n${notes(table)
    .map((note) => `\n${note}\n`)
    .join("")}`;
}

/** RFC 4180 with "\n": header first, numbers with every digit, NaN empty. Mean ± SD takes two columns, an interval three. */
function csv(table: Table): string {
  const kinds = table.columns.map((_, n) => kindOf(table.rows.map((row) => row[n] ?? "")));
  const header = titles(table).flatMap((title, n) => spreads[kinds[n]].map((end) => title + end));
  const cells = (row: readonly Cell[]) =>
    row.flatMap((cell, n) => {
      const values = valuesOf(cell);
      return spreads[kinds[n]].map((_, part) => values[part] ?? NaN);
    });
  return [header, ...table.rows.map(cells)].map((row) => `${row.map(csvCell).join(",")}\n`).join("");
}

/** How a column of cells is laid out in CSV, by the widest kind of cell it holds. */
const spreads = {
  plain: [""],
  mean: [" mean", " SD"],
  interval: ["", " low", " high"],
} as const;

function kindOf(cells: readonly Cell[]): keyof typeof spreads {
  return cells.some(isInterval) ? "interval" : cells.some(isMean) ? "mean" : "plain";
}

function isMean(cell: Cell): cell is MeanCell {
  return typeof cell === "object" && "mean" in cell;
}

function isInterval(cell: Cell): cell is IntervalCell {
  return typeof cell === "object" && "low" in cell;
}

function valuesOf(cell: Cell): (string | number)[] {
  if (typeof cell !== "object") return [cell];
  if (isMean(cell)) return [cell.mean, cell.sd];
  return (isInterval(cell) ? [cell.value, cell.low, cell.high] : [cell.p]).map((value) => value ?? NaN);
}

function csvCell(cell: string | number): string {
  if (typeof cell === "number") return Number.isNaN(cell) ? "" : String(cell);
  return /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function terminal(table: Table): string {
  const rows = [titles(table), ...texts(table)];
  const widths = table.columns.map((_, n) => Math.max(...rows.map((row) => row[n].length)));
  const pad = (text: string, n: number) =>
    isNumeric(table, n) ? text.padStart(widths[n]) : text.padEnd(widths[n]);
  const lines = rows.map((row) => `  ${row.map(pad).join("  ")}`.trimEnd());
  lines.splice(1, 0, `  ${widths.map((width) => "─".repeat(width)).join("  ")}`);
  return [table.title, ...lines, ...notes(table).map((note) => `  ${note}`)]
    .map((text) => `${text}\n`)
    .join("");
}

function html(table: Table): string {
  const cell = (tag: string) => (text: string, n: number) =>
    `<${tag}${isNumeric(table, n) ? ' class="number"' : ""}>${escapeHtml(text)}</${tag}>`;
  const row = (cells: readonly string[], tag: string) => `<tr>${cells.map(cell(tag)).join("")}</tr>`;
  const body = texts(table).map((cells) => row(cells, "td"));
  const below = notes(table).map((note) => `<p class="note">${escapeHtml(note)}</p>`);
  return [
    `<h3>${escapeHtml(table.title)}</h3>`,
    `<div class="scroll"><table><thead>${row(titles(table), "th")}</thead>`,
    `<tbody>${body.join("\n")}</tbody></table></div>`,
    ...below,
    "",
  ].join("\n");
}

const titles = (table: Table) => table.columns.map((column) => column.title);
const notes = ({ rows, notes = [] }: Table) => (rows.length === 0 ? ["no rows", ...notes] : notes);

function texts({ columns, rows }: Table): string[][] {
  return rows.map((row) => columns.map(({ digits = 3 }, n) => formatCell(row[n] ?? "", digits)));
}

/** As people read it: fixed digits, "–" for NaN, "∞" for Infinity, mean ± SD. */
export function formatCell(cell: Cell, digits = 3): string {
  if (typeof cell === "string") return cell;
  if (typeof cell === "number") return formatFixed(cell, digits);
  if (isInterval(cell)) return formatInterval(cell, cell.digits ?? digits);
  if (!isMean(cell)) return formatP(cell.p);
  const [mean, sd] = [
    formatFixed(cell.mean, cell.digits ?? digits),
    formatFixed(cell.sd, cell.digits ?? digits),
  ];
  return sd === "–" ? mean : `${mean} ± ${sd}`;
}

function formatInterval({ value, low, high }: IntervalCell, digits: number): string {
  const shown = formatFixed(value ?? NaN, digits);
  if (low === null || high === null || Number.isNaN(low) || Number.isNaN(high)) return shown;
  return `${shown} (${formatFixed(low, digits)} to ${formatFixed(high, digits)})`;
}

/** Three digits, `< 0.001` below, "–" where there is none. */
export function formatP(p: number | null): string {
  return p === null || Number.isNaN(p) ? "–" : p < 0.001 ? "< 0.001" : p.toFixed(3);
}

function formatFixed(value: number, digits: number): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  return value.toFixed(digits);
}

function isNumeric({ rows }: Table, column: number): boolean {
  return rows.length > 0 && rows.every((row) => typeof row[column] !== "string");
}

const escapeMarkdown = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}
