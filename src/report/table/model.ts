/**
 * A table as data. Cells keep their numbers, at full precision; how they look is decided once, by the kind of cell
 * (cells.ts), and where they go by the format (terminal.ts, markdown.ts, csv.ts, html.ts).
 */
export interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Said below the table. */
  readonly notes?: readonly string[];
}

export interface Column {
  readonly title: string;
  /** Digits after the point, 3 unless given. CSV always gets every digit. */
  readonly digits?: number;
}

/** Text; a number, where NaN means "not defined" and Infinity "one mask is empty"; or one of the forms below. */
export type Cell = string | number | MeanCell | PCell | IntervalCell;

/** Shown as `0.853 ± 0.041`. */
export interface MeanCell {
  readonly mean: number;
  readonly sd: number;
  readonly digits?: number;
}

/** A p-value, shown as `< 0.001` where it is; null is not estimable. */
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
