import { chiSquare } from "../distributions/continuous.js";
import { estimate, notes, notTestable, testResult, type TestResult } from "../result.js";
import { noncentralityInterval } from "./noncentrality.js";
import type { TestOptions } from "./options.js";

/** Counts of a contingency table, row by row. */
export type CountTable = readonly (readonly number[])[];

export interface ChiSquareOptions extends TestOptions {
  /** Yates's continuity correction of a 2 × 2 table, on unless false (as in R); other tables are never corrected. */
  readonly correction?: boolean;
}

/**
 * Pearson's chi-square test of independence. Rows and columns without a count are left out; fewer than two of either
 * remaining: not estimable. Expected counts below 5 are told in the note, where Fisher's test is the better one. The
 * effect is Cramér's V (φ of a 2 × 2 table), always from the uncorrected statistic.
 * Source: Pearson (1900); Yates, Suppl J R Stat Soc 1:217 (1934).
 *
 * @example chiSquareTest([[10, 20], [20, 10]], { correction: false }).statistic // 6.6667
 */
export function chiSquareTest(counts: CountTable, options: ChiSquareOptions = {}): TestResult {
  const { name = "chi-square test", level = 0.95, correction = true } = options;
  const table = withoutEmpty(counts);
  const [rows, columns] = [table.length, table[0]?.length ?? 0];
  const isCorrected = correction && rows === 2 && columns === 2;
  const method = `Pearson's chi-square test${isCorrected ? " with Yates's correction" : ""}`;
  const about = { name, symbol: "χ²", n: [totalOf(table)], method };
  if (rows < 2 || columns < 2) return notTestable(about, "fewer than two rows or columns have counts");
  const expected = expectedCounts(table);
  const statistic = distance(table, expected, isCorrected);
  const df = (rows - 1) * (columns - 1);
  const small = expected.flat().filter((count) => count < 5).length;
  const note = notes(
    (rows < counts.length || columns < counts[0].length) && "empty rows or columns left out",
    small > 0 && `${small} expected count${small === 1 ? "" : "s"} below 5`,
  );
  const effect = cramersV(table, level);
  return testResult({ ...about, statistic, df: [df], p: chiSquare(df).upper(statistic), effect, note });
}

/** Cramér's V with the interval from the non-central chi-square distribution. */
export function cramersV(table: CountTable, level: number) {
  const [rows, columns] = [table.length, table[0].length];
  const n = totalOf(table);
  const statistic = distance(table, expectedCounts(table), false);
  const scale = n * (Math.min(rows, columns) - 1);
  const interval = noncentralityInterval(statistic, (rows - 1) * (columns - 1), level);
  const [low, high] = interval.map((x) => Math.min(1, Math.sqrt(x / scale)));
  const method = "√(χ² / (N (k − 1))), interval from the non-central chi-square distribution";
  return estimate({ name: "Cramér's V", value: Math.sqrt(statistic / scale), low, high, level, n, method });
}

export function totalOf(table: CountTable): number {
  return table.flat().reduce((sum, count) => sum + count, 0);
}

/** The table without rows and columns whose counts are all 0. */
export function withoutEmpty(table: CountTable): number[][] {
  const rows = table.filter((row) => row.some((count) => count > 0));
  const used = (rows[0] ?? []).map((_, column) => rows.some((row) => row[column] > 0));
  return rows.map((row) => row.filter((_, column) => used[column]));
}

/** Counts expected under independence. */
export function expectedCounts(table: CountTable): number[][] {
  const total = totalOf(table);
  const sums = table[0].map((_, column) => table.reduce((sum, row) => sum + row[column], 0));
  return table.map((row) => {
    const sum = row.reduce((all, count) => all + count, 0);
    return sums.map((column) => (sum * column) / total);
  });
}

/** Yates's ½ is never larger than the deviation itself. */
function distance(table: CountTable, expected: CountTable, isCorrected: boolean): number {
  const deviations = table.map((row, r) => row.map((count, c) => Math.abs(count - expected[r][c])));
  const less = isCorrected ? Math.min(0.5, ...deviations.flat()) : 0;
  return deviations
    .flatMap((row, r) => row.map((d, c) => (d - less) ** 2 / expected[r][c]))
    .reduce((a, b) => a + b, 0);
}
