/** The kinds of cells: which numbers each keeps for programs, and what it shows to people. */
import type { Cell, IntervalCell, MeanCell, PCell, Table } from "./model.js";

/** A cell of whatever kind, opened. */
export interface OpenCell {
  /** What each of its columns in CSV adds to the title. */
  readonly ends: readonly string[];
  readonly values: readonly (string | number)[];
  readonly show: (digits: number) => string;
}

interface Kind<C extends Cell> {
  readonly is: (cell: Cell) => cell is C;
  readonly ends: readonly string[];
  readonly values: (cell: C) => readonly (string | number | null)[];
  readonly show: (cell: C, digits: number) => string;
}

type Opener = (cell: Cell) => OpenCell | undefined;

const kind =
  <C extends Cell>({ is, ends, values, show }: Kind<C>): Opener =>
  (cell) =>
    is(cell)
      ? {
          ends,
          values: values(cell).map((value) => value ?? NaN),
          show: (digits) => show(cell, digits),
        }
      : undefined;

const openers: readonly Opener[] = [
  kind<string>({
    is: (cell) => typeof cell === "string",
    ends: [""],
    values: (cell) => [cell],
    show: (cell) => cell,
  }),
  kind<number>({
    is: (cell) => typeof cell === "number",
    ends: [""],
    values: (cell) => [cell],
    show: formatNumber,
  }),
  kind<PCell>({
    is: (cell) => typeof cell === "object" && "p" in cell,
    ends: [""],
    values: ({ p }) => [p],
    show: ({ p }) => formatP(p),
  }),
  kind<MeanCell>({
    is: (cell) => typeof cell === "object" && "mean" in cell,
    ends: [" mean", " SD"],
    values: ({ mean, sd }) => [mean, sd],
    show: ({ mean, sd, digits: own }, digits) =>
      [mean, ...(Number.isNaN(sd) ? [] : [sd])].map((one) => formatNumber(one, own ?? digits)).join(" ± "),
  }),
  kind<IntervalCell>({
    is: (cell) => typeof cell === "object" && "low" in cell,
    ends: ["", " low", " high"],
    values: ({ value, low, high }) => [value, low, high],
    show: ({ value, low, high, digits: own }, digits) => {
      const [shown, ...ends] = [value, low, high].map((one) => formatNumber(one ?? NaN, own ?? digits));
      return ends.includes(undefinedMark) ? shown : `${shown} (${ends.join(" to ")})`;
    },
  }),
];

const undefinedMark = "–";
const plain: OpenCell = { ends: [""], values: [NaN], show: () => "" };

/** Absent cells are blank. */
export const openCell = (cell: Cell = ""): OpenCell =>
  openers.map((open) => open(cell)).find((opened) => opened !== undefined) ?? plain;

/** As people read it: fixed digits, "–" for NaN, "∞" for Infinity, mean ± SD, a value with its interval. */
export const formatCell = (cell: Cell, digits = 3): string => openCell(cell).show(digits);

/** Three digits, `< 0.001` below, "–" where there is none. */
export function formatP(p: number | null): string {
  if (p === null || Number.isNaN(p)) return undefinedMark;
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

/** Never `-0.000`. */
function formatNumber(value: number, digits: number): string {
  if (Number.isNaN(value)) return undefinedMark;
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  return value.toFixed(digits).replace(/^-(?=[0.]+$)/, "");
}

export const titles = ({ columns }: Table): string[] => columns.map(({ title }) => title);

/** Every cell as people read it. */
export const shownRows = ({ columns, rows }: Table): string[][] =>
  rows.map((row) => columns.map(({ digits = 3 }, n) => openCell(row[n]).show(digits)));

/** Columns of numbers stand to the right; blanks among them are no text. */
export function isNumeric({ rows }: Table, column: number): boolean {
  const cells = rows.map((row) => row[column]).filter((cell) => cell !== "");
  return cells.length > 0 && cells.every((cell) => typeof cell !== "string");
}

/** What is said below a table: its notes, that it has no rows, and what a dash means where it has one. */
export function notesOf(table: Table): string[] {
  const { rows, notes = [] } = table;
  const explains = notes.some((note) => note.includes(`${undefinedMark}:`));
  return [
    ...(rows.length === 0 ? ["no rows"] : []),
    ...notes,
    ...(hasUndefined(table) && !explains ? [dashNote] : []),
  ];
}

const dashNote = `${undefinedMark}: not defined here (no or too few values, values all alike, or empty masks).`;

const hasUndefined = ({ rows }: Table): boolean =>
  rows.some((row) =>
    row.some((cell) => typeof cell !== "string" && formatCell(cell).startsWith(undefinedMark)),
  );
