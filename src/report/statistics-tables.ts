/** Statistical results as tables. */
import type { DescriptiveRow, DescriptiveTable } from "../statistics/descriptive/summary-table.js";
import type { Estimate, TestResult } from "../statistics/result.js";
import { adjustP } from "../statistics/tests/adjust.js";
import type { Cell, Column, Table } from "./table.js";

const text = (...titles: string[]): Column[] => titles.map((title) => ({ title }));
const orNaN = (value: number | null | undefined) => value ?? NaN;

/** One row for each estimate, after the texts that say whose it is. */
export function estimateTable(
  title: string,
  estimates: readonly Estimate[],
  {
    heads = [],
    heading = [],
    notes = [],
  }: {
    /** Leading cells of each row, and their titles. */
    readonly heads?: readonly (readonly string[])[];
    readonly heading?: readonly string[];
    readonly notes?: readonly string[];
  } = {},
): Table {
  const columns = [
    ...text(...heading, "Estimate"),
    ...text("Value", "Low", "High"),
    { title: "n", digits: 0 },
    ...text("Method", "Note"),
  ];
  const rows = estimates.map((e, n): Cell[] => [
    ...(heads[n] ?? []),
    e.name,
    ...[e.value, e.low, e.high].map(orNaN),
    e.n,
    e.method,
    e.note,
  ]);
  const levels = [...new Set(estimates.map(({ level }) => 100 * level))];
  return {
    title,
    columns,
    rows,
    notes: [`Low and high: ${levels.join(", ")} % confidence interval.`, ...notes],
  };
}

/**
 * One row for each test, with Holm's correction where there are several; not so for `family: false`, tests that ask the
 * same question in different ways.
 */
export function testTable(
  title: string,
  tests: readonly TestResult[],
  { notes = [], family = true }: { readonly notes?: readonly string[]; readonly family?: boolean } = {},
): Table {
  const adjusted = adjustP(
    tests.map(({ p }) => p),
    "holm",
  );
  const isFamily = family && tests.length > 1;
  const columns = [
    ...text("Test", "Statistic", "p"),
    ...(isFamily ? text("p (Holm)") : []),
    ...text("n", "Effect", "Value", "Low", "High", "Method", "Note"),
  ];
  const rows = tests.map((test, k): Cell[] => [
    test.name,
    statisticText(test),
    { p: test.p },
    ...(isFamily ? [{ p: adjusted[k] }] : []),
    test.n.join(" + "),
    test.effect?.name ?? "",
    ...[test.effect?.value, test.effect?.low, test.effect?.high].map(orNaN),
    test.method,
    [test.note, test.effect?.note].filter(Boolean).join("; "),
  ]);
  const correction = isFamily ? [`Holm: corrected for the ${tests.length} tests of this table.`] : [];
  return { title, columns, rows, notes: [...correction, ...notes] };
}

function statisticText({ symbol, statistic, df }: TestResult): string {
  if (statistic === null) return "";
  const degrees = df.length === 0 ? "" : ` (${df.map((d) => Number(d.toFixed(2))).join(", ")})`;
  return `${symbol}${degrees} = ${Number(statistic.toPrecision(5))}`;
}

/** Table 1 of a paper: a row for each variable or level, a column for each group, p and the test by name. */
export function describeTable(result: DescriptiveTable): Table {
  const { groups, sizes, n, ungrouped, rows } = result;
  const columns = [
    ...text("Characteristic", `All (n = ${n})`),
    ...groups.map((group, k) => ({ title: `${group} (n = ${sizes[k]})` })),
    ...(groups.length > 1 ? text("p", "p (Holm)", "Test") : []),
  ];
  const adjusted = adjustP(
    rows.map(({ test }) => test?.p ?? null),
    "holm",
  );
  const cells = rows.flatMap((row, k) =>
    rowsOf(row).map(({ head, values }, line): Cell[] => [
      head,
      ...values,
      ...(groups.length > 1 ? testCells(row, adjusted[k], line === 0) : []),
    ]),
  );
  const notes = [
    "Mean ± SD where Shapiro–Wilk finds no departure from normality in any group, else median (quartiles). Counts (percent of all).",
    ...(groups.length > 1 ? ["Holm: corrected for the comparisons of this table."] : []),
    ...(ungrouped > 0 ? [`${ungrouped} patients without a group are in the first column alone.`] : []),
    ...rows.flatMap(({ variable, test }) => (test?.note ? [`${variable}: ${test.note}.`] : [])),
  ];
  return { title: "Characteristics", columns, rows: cells, notes };
}

function testCells({ test }: DescriptiveRow, adjusted: number | null, isFirst: boolean): Cell[] {
  return isFirst ? [{ p: test?.p ?? null }, { p: adjusted }, test?.method ?? ""] : ["", "", ""];
}

interface Line {
  readonly head: string;
  readonly values: readonly string[];
}

function rowsOf(row: DescriptiveRow): Line[] {
  const all = [row.overall, ...row.groups];
  const missing = all.some((group) => group.missing > 0)
    ? [{ head: "  missing", values: all.map((group) => share(group.missing, group.n + group.missing)) }]
    : [];
  if (row.kind === "continuous") {
    const values = [row.overall, ...row.groups].map(({ mean, sd, median, q1, q3 }) =>
      row.isNormal ? `${short(mean)} ± ${short(sd)}` : `${short(median)} (${short(q1)}, ${short(q3)})`,
    );
    return [{ head: row.variable, values }, ...missing];
  }
  const counted = [row.overall, ...row.groups];
  const levels = row.levels.map((level, k) => ({
    head: `  ${level}`,
    values: counted.map(({ counts, n, missing: left }) => share(counts[k], n + left)),
  }));
  return [{ head: row.variable, values: all.map(() => "") }, ...levels, ...missing];
}

const share = (count: number, n: number) =>
  n === 0 ? `${count}` : `${count} (${((100 * count) / n).toFixed(1)})`;

/** About four digits, as a table of patients has them. */
function short(value: number | null): string {
  if (value === null) return "–";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}
