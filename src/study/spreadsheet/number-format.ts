/** Which number formats of a spreadsheet show dates, and what date a number then is (ECMA-376 part 1, 18.8.30 and 18.17.4). */
import { xmlEvents } from "./xml.js";

/** Formats with fixed numbers that show dates or times; those from 27 on in East Asian versions. */
const builtInDates: readonly (readonly [number, number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
];

/** Whether each cell style (by its index) shows a date, from styles.xml. */
export function dateStyles(xml: string): boolean[] {
  const codes = new Map<number, string>();
  const styles: boolean[] = [];
  let isInCells = false;
  for (const event of xmlEvents(xml)) {
    if (event.kind === "text") continue;
    if (event.name === "cellXfs") isInCells = event.kind === "open";
    if (event.kind === "close") continue;
    const { numFmtId, formatCode } = event.attributes;
    if (event.name === "numFmt") codes.set(Number(numFmtId), formatCode ?? "");
    if (event.name === "xf" && isInCells) styles.push(isDate(Number(numFmtId), codes));
  }
  return styles;
}

function isDate(format: number, codes: ReadonlyMap<number, string>): boolean {
  const code = codes.get(format);
  if (code === undefined) return builtInDates.some(([from, to]) => format >= from && format <= to);
  // Colours and conditions stand in brackets, other text in quotes or behind a backslash.
  return /[dmyhs]/i.test(code.replace(/"[^"]*"|\[(?![hms]+\])[^\]]*\]|\\.|_./gi, ""));
}

const dayMs = 86_400_000;

/** `2024-03-05`, `2024-03-05T14:30:00`, or `14:30:00` for a time without date. */
export function dateOf(serial: number, from1904: boolean): string {
  const epoch = from1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30);
  // The 1900 system has a 29th of February 1900, number 60.
  const days = !from1904 && serial >= 1 && serial < 60 ? serial + 1 : serial;
  const time = new Date(epoch + Math.round((days * dayMs) / 1000) * 1000);
  if (Number.isNaN(time.getTime())) return String(serial);
  const [date, clock] = time.toISOString().replace(/\.000Z$/, "").split("T"); // prettier-ignore
  if (serial >= 0 && serial < 1) return clock;
  return clock === "00:00:00" ? date : `${date}T${clock}`;
}
