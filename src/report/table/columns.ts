/**
 * Columns of a table of like rows, as data: a title, how a row gives its cell, and how many digits are shown.
 *
 * @example
 * tableOf("AUC", readers, [text("Reader", (r) => r.name), whole("n", (r) => r.auc.n), value("AUC", (r) => r.auc)])
 */
import type { Cell, Column, IntervalCell, MeanCell, Table } from "./model.js";

export interface ColumnOf<Row> extends Column {
  readonly cell: (row: Row) => Cell;
}

/** A number, estimate or p that is null or NaN is "–"; one that is undefined does not apply to the row, and is blank. */
type From<Row, T> = (row: Row) => T | null | undefined;

export const text = <Row>(title: string, from: (row: Row) => string | undefined): ColumnOf<Row> => ({
  title,
  cell: (row) => from(row) ?? "",
});

export const number = <Row>(title: string, from: From<Row, number>, digits = 3): ColumnOf<Row> => ({
  ...{ title, digits },
  cell: (row) => orBlank(from(row), (n) => n ?? NaN),
});

/** Counts, seconds, points. */
export const whole = <Row>(title: string, from: From<Row, number>): ColumnOf<Row> => number(title, from, 0);

/** A value with the ends of its interval. */
export const value = <Row>(title: string, from: From<Row, IntervalCell>, digits = 3): ColumnOf<Row> => ({
  ...{ title, digits },
  cell: (row) => orBlank(from(row), (one) => one ?? { value: null, low: null, high: null }),
});

export const meanSd = <Row>(title: string, from: From<Row, MeanCell>, digits = 3): ColumnOf<Row> => ({
  ...{ title, digits },
  cell: (row) => orBlank(from(row), (one) => one ?? { mean: NaN, sd: NaN }),
});

export const pValue = <Row>(title: string, from: From<Row, number>): ColumnOf<Row> => ({
  title,
  cell: (row) => orBlank(from(row), (p) => ({ p })),
});

function orBlank<T>(found: T | null | undefined, cell: (found: T | null) => Cell): Cell {
  return found === undefined ? "" : cell(found);
}

/** Columns that are `false` are left out, so that a table shows what its rows have. */
export function tableOf<Row>(
  title: string,
  rows: readonly Row[],
  columns: readonly (ColumnOf<Row> | false)[],
  notes: readonly string[] = [],
): Table {
  const shown = columns.filter((column) => column !== false);
  return {
    ...{ title, notes },
    columns: shown.map(({ title: head, digits }) => ({
      title: head,
      ...(digits === undefined ? {} : { digits }),
    })),
    rows: rows.map((row) => shown.map(({ cell }) => cell(row))),
  };
}
