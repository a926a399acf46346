/** Reads a table whatever it is in: CSV, TSV or an .xlsx workbook; told apart by content, not by name. */
import { readFile } from "node:fs/promises";
import { asMarrowError, MarrowError } from "../../base/errors.js";
import { parseRecords, tableOf, type NumberedTable } from "../delimited.js";
import { readXlsx } from "./xlsx.js";

/** Old .xls files and workbooks with a password are both compound files (MS-CFB). */
const compoundFile = "\u00d0\u00cf\u0011\u00e0";

/**
 * A table with a first row of names; `sheet` chooses among the sheets of a workbook. Throws FILE_NOT_FOUND,
 * FILE_UNREADABLE, TABLE_INVALID.
 */
export async function readTable(path: string, sheet?: string): Promise<NumberedTable> {
  const bytes = await readFile(path).catch((error: unknown) => Promise.reject(asMarrowError(error, path)));
  const sign = bytes.toString("latin1", 0, 4);
  if (sign === "PK\u0003\u0004") return tableOf(await readXlsx(path, sheet), path);
  if (sign === compoundFile)
    throw new MarrowError("TABLE_INVALID", {
      ...{ file: path, expected: "CSV, TSV or .xlsx", found: "an old .xls, or a workbook with a password" },
      next: "Save it as .xlsx without a password, or as CSV.",
    });
  return tableOf(parseRecords(textOf(bytes), path), path);
}

/** UTF-8, or UTF-16 as spreadsheets write "Unicode text". */
function textOf(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(bytes);
}
