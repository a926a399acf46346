/** The cells of a worksheet as texts (ECMA-376 part 1, 18.3.1). */
import type { NumberedRow } from "../delimited.js";
import { dateOf } from "./number-format.js";
import { xmlEvents } from "./xml.js";

/** What a sheet's cells refer to. */
export interface Workbook {
  readonly strings: readonly string[];
  readonly dateStyles: readonly boolean[];
  /** Days are counted from 1904, as on old Macintoshes. */
  readonly from1904: boolean;
}

type CellAttributes = Readonly<Record<string, string | undefined>>;

/** Texts of `si` elements: shared strings. Readings of East Asian names (rPh) are left out. */
export function sharedStrings(xml: string): string[] {
  const strings: string[] = [];
  let text = "";
  const inside = new Set<string>();
  for (const event of xmlEvents(xml)) {
    if (event.kind === "text") {
      if (inside.has("t") && !inside.has("rPh")) text += event.text;
    } else if (event.kind === "open") inside.add(event.name);
    else {
      inside.delete(event.name);
      if (event.name === "si") [, text] = [strings.push(text), ""];
    }
  }
  return strings;
}

/** Rows that have a cell, empty cells as "". Formulas give the value that was last calculated. */
export function sheetRows(xml: string, book: Workbook): NumberedRow[] {
  const rows: { number: number; cells: string[] }[] = [];
  let cell: CellAttributes = {};
  let text = "";
  const inside = new Set<string>();
  for (const event of xmlEvents(xml)) {
    if (event.kind === "text") {
      if ((inside.has("v") || inside.has("t")) && !inside.has("rPh")) text += event.text;
    } else if (event.kind === "open") {
      inside.add(event.name);
      if (event.name === "row")
        rows.push({ number: Number(event.attributes.r ?? (rows.at(-1)?.number ?? 0) + 1), cells: [] });
      if (event.name === "c") [cell, text] = [event.attributes, ""];
    } else {
      inside.delete(event.name);
      if (event.name === "c") putCell(rows.at(-1)?.cells ?? [], cell.r, valueOf(cell, text, book));
    }
  }
  return rows.filter(({ cells }) => cells.some((one) => one.trim() !== ""));
}

const mostColumns = 16_384;

/** Cells between the last one and this are empty; a cell without a place stands beside the last. */
function putCell(cells: string[], place: string | undefined, value: string): void {
  const column = place === undefined ? cells.length : columnOf(place);
  if (column < 0 || column >= mostColumns) throw new SyntaxError(`no cell ${place}`);
  while (cells.length < column) cells.push("");
  cells[column] = value;
}

/** `C7` → 2 */
function columnOf(place: string): number {
  const letters = /^[A-Z]{1,3}/.exec(place)?.[0] ?? "";
  return [...letters].reduce((sum, letter) => 26 * sum + letter.charCodeAt(0) - 64, 0) - 1;
}

function valueOf({ t: type = "n", s: style }: CellAttributes, text: string, book: Workbook): string {
  if (type === "s") return book.strings[Number(text)] ?? "";
  if (type === "b") return text === "" ? "" : text === "1" ? "true" : "false";
  if (type !== "n" || text.trim() === "") return text;
  const value = Number(text);
  if (!Number.isFinite(value)) return text;
  if (book.dateStyles[Number(style)]) return dateOf(value, book.from1904);
  // Spreadsheets hold and show 15 digits: 0.1 + 0.2 is 0.3.
  return String(Number(value.toPrecision(15)));
}
