/** What is left out before anything is computed. A value that is no finite number counts as missing. */

export interface Complete<T> {
  readonly values: T;
  /** Values, pairs or rows left out. */
  readonly missing: number;
}

export function completeValues(values: readonly number[]): Complete<number[]> {
  const kept = values.filter(Number.isFinite);
  return { values: kept, missing: values.length - kept.length };
}

/** Rows in which every column has a number: columns in, columns out, all of one length. */
export function completeColumns(columns: readonly (readonly number[])[]): Complete<number[][]> {
  const length = columns[0]?.length ?? 0;
  if (columns.some((column) => column.length !== length))
    throw new RangeError("columns of different lengths cannot be paired");
  const rows = Array.from({ length }, (_, n) => n);
  const kept = rows.filter((n) => columns.every((column) => Number.isFinite(column[n])));
  return { values: columns.map((column) => kept.map((n) => column[n])), missing: length - kept.length };
}
