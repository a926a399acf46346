/** Whether a cell holds what its variable can be, and how it is written in participants.tsv. */
import { expectedValues, isFree, levelOf } from "../../clinical-variables.js";
import type { VariableColumn } from "./columns.js";

export type Checked =
  | { readonly value: string }
  /** Why it cannot be used. */
  | { readonly found: string; readonly expected: string };

/** The value in the variable's unit, or what was expected. */
export function checkCell(cell: string, { column, variable, factor }: VariableColumn): Checked {
  const { range, unit, cap = Infinity } = variable;
  const wrong = (found: string) => ({ found, expected: expectedValues(variable) });
  if (isFree(variable)) return checkKept(cell);
  if (!range) {
    const level = levelOf(variable, cell);
    return level === undefined ? wrong(cell) : { value: level };
  }
  const number = numberOf(cell);
  if (number === undefined) return wrong(cell);
  const value = Number((number * factor).toPrecision(12));
  if (value >= range[0] && value <= range[1]) return { value: String(Math.min(cap, value)) };
  return wrong(factor === 1 ? cell : `${cell} in ${column}, which is ${value} ${unit}`);
}

/** A number with a decimal point, or a comma where it cannot stand for thousands; undefined for other text. */
function numberOf(cell: string): number | undefined {
  const text = /^-?\d+,(\d{1,2}|\d{4,})$/.test(cell) ? cell.replace(",", ".") : cell;
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

const dates = [/\b\d{4}-\d{1,2}-\d{1,2}\b/, /\b\d{1,2}[./]\d{1,2}[./](\d{2}|\d{4})\b/, /^(19|20)\d{6}$/];

/** A cell that is taken as it is: anything but dates, which are never kept as they are (PS3.15 annex E). */
export function checkKept(cell: string): Checked {
  if (!dates.some((pattern) => pattern.test(cell))) return { value: cell };
  return { found: "a date", expected: "no date: a time span or an age tells the same without naming a day" };
}
