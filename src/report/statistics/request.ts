/** What `marrow statistics` is asked for, and how its analyses read columns. */
import type { kappaWeights } from "../../statistics/agreement/cohen-kappa.js";
import type { TestResult } from "../../statistics/result.js";
import { numberColumn, textColumn } from "../../study/delimited.js";
import type { Table as DataTable } from "../../study/tsv.js";
import { testTable } from "../statistics-tables.js";
import type { Table } from "../table.js";

export interface StatisticsRequest {
  readonly data: DataTable;
  /** The data's file, as the user named it, for errors. */
  readonly file: string;
  /** Columns to analyse; all others but the special ones where none is named. */
  readonly columns: readonly string[];
  readonly group?: string;
  readonly label?: string;
  readonly positive: string;
  readonly covariates: readonly string[];
  readonly categorical: readonly string[];
  readonly method?: string;
  readonly weights: keyof typeof kappaWeights;
  readonly interval: "exact" | "bootstrap";
  readonly model: string;
  readonly level: number;
  readonly seed: number;
}

export interface StatisticsResult {
  readonly tables: readonly Table[];
  /** Everything, for JSON. */
  readonly result: unknown;
}

export const texts = ({ data, file }: StatisticsRequest, name: string) => textColumn(data, name, file);
export const numbers = ({ data, file }: StatisticsRequest, name: string) => numberColumn(data, name, file);
export const ofTests = (title: string, tests: readonly TestResult[]): StatisticsResult => ({
  tables: [testTable(title, tests)],
  result: { tests },
});

export function pairsOf<T>(items: readonly T[]): (readonly [T, T])[] {
  return items.flatMap((one, n) => items.slice(n + 1).map((other) => [one, other] as const));
}
