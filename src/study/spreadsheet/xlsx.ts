/** Reads a sheet of an .xlsx workbook (ECMA-376, Office Open XML): a zip archive of XML files. */
import { asMarrowError, MarrowError } from "../../base/errors.js";
import { openZip, type ZipArchive } from "../../dicom/zip.js";
import type { NumberedRow } from "../delimited.js";
import { dateStyles } from "./number-format.js";
import { sharedStrings, sheetRows } from "./sheet-rows.js";
import { xmlEvents } from "./xml.js";

interface Sheet {
  readonly name: string;
  readonly relation: string;
  readonly isHidden: boolean;
}

/** A part unpacks to no more than this. */
const largestPart = 2 ** 28;

/**
 * Rows of a sheet that have a cell, all as long as the first row. `sheet` is needed where several can be seen. Throws
 * FILE_NOT_FOUND, FILE_UNREADABLE, TABLE_INVALID.
 */
export async function readXlsx(path: string, sheet?: string): Promise<NumberedRow[]> {
  const zip = await openZip(path).catch((error: unknown) => Promise.reject(asTable(error, path)));
  try {
    const part = (name: string) => textOf(zip, name);
    const { sheets, from1904 } = workbookOf(await part("xl/workbook.xml"));
    const chosen = chooseSheet(sheets, sheet, path);
    const target = targetOf(await part("xl/_rels/workbook.xml.rels"), chosen.relation);
    const book = {
      strings: sharedStrings(await part("xl/sharedStrings.xml")),
      dateStyles: dateStyles(await part("xl/styles.xml")),
      from1904,
    };
    return padded(sheetRows(await part(target), book));
  } catch (error) {
    throw asTable(error, path);
  } finally {
    await zip.close();
  }
}

function asTable(error: unknown, file: string): MarrowError {
  if (error instanceof MarrowError && !["ZIP_DAMAGED", "DICOM_TOO_LARGE"].includes(error.code)) return error;
  if (!(error instanceof MarrowError) && !(error instanceof SyntaxError)) return asMarrowError(error, file);
  const found = error instanceof MarrowError ? error.details.found : error.message;
  return new MarrowError("TABLE_INVALID", {
    ...{ file, expected: "a workbook (.xlsx)", ...(found !== undefined && { found }), cause: error },
    next: "Open it in your spreadsheet program and save it again as .xlsx or CSV.",
  });
}

/** Text of a part, "" for one that the archive does not have: styles and shared strings may be missing. */
async function textOf(zip: ZipArchive, name: string): Promise<string> {
  if (!zip.names.includes(name)) return "";
  const bytes = await zip.read(name);
  if (bytes.length > largestPart) throw new SyntaxError(`${name} has ${bytes.length} bytes`);
  return new TextDecoder().decode(bytes);
}

function workbookOf(xml: string): { sheets: Sheet[]; from1904: boolean } {
  const sheets: Sheet[] = [];
  let from1904 = false;
  for (const event of xmlEvents(xml)) {
    if (event.kind !== "open") continue;
    const { name = "", id = "", state = "visible", date1904 } = event.attributes;
    if (event.name === "sheet") sheets.push({ name, relation: id, isHidden: state !== "visible" });
    if (event.name === "workbookPr") from1904 = date1904 === "1" || date1904 === "true";
  }
  if (sheets.length === 0) throw new SyntaxError("no sheet");
  return { sheets, from1904 };
}

function chooseSheet(sheets: readonly Sheet[], name: string | undefined, file: string): Sheet {
  const visible = sheets.filter(({ isHidden }) => !isHidden);
  const fitting = name === undefined ? visible : sheets.filter((one) => one.name === name);
  if (fitting.length === 1) return fitting[0];
  throw new MarrowError("TABLE_INVALID", {
    file,
    expected: name === undefined ? "one sheet" : `a sheet ${name}`,
    found: sheets.map((one) => one.name).join(", "),
    next: "Choose one with --sheet NAME.",
  });
}

/** Place of a related part in the archive; targets are relative to xl/ unless they begin with a slash. */
function targetOf(xml: string, relation: string): string {
  for (const event of xmlEvents(xml)) {
    if (event.kind !== "open" || event.attributes.Id !== relation) continue;
    const { Target: target = "" } = event.attributes;
    return target.startsWith("/") ? target.slice(1) : `xl/${target}`;
  }
  throw new SyntaxError("a sheet without a file");
}

/** Cells without a name at the end of the first row are no columns; other rows get as many cells. */
function padded([head, ...rows]: readonly NumberedRow[]): NumberedRow[] {
  if (head === undefined) return [];
  const names = withoutEmptyEnd(head.cells, 0);
  return [{ ...head, cells: names }, ...rows.map((row) => ({ ...row, cells: withoutEmptyEnd(row.cells, names.length) }))]; // prettier-ignore
}

function withoutEmptyEnd(cells: readonly string[], least: number): string[] {
  const last = cells.findLastIndex((cell) => cell.trim() !== "");
  return Array.from({ length: Math.max(least, last + 1) }, (_, n) => cells[n] ?? "");
}
