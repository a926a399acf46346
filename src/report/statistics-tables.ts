/** Statistical results as tables. */
import type { Estimate, TestResult } from "../statistics/result.js";
import { adjustP } from "../statistics/tests/adjust.js";
import { number, pValue, tableOf, text, whole, type ColumnOf } from "./table/columns.js";
import type { Table } from "./table.js";

/** An estimate, and the texts that say whose it is. */
export interface Headed {
  readonly head: readonly string[];
  readonly estimate: Estimate;
}

/** One row for each estimate; `heading` has the titles of the texts before it. */
export function estimateTable(
  title: string,
  estimates: readonly (Estimate | Headed)[],
  {
    heading = [],
    notes = [],
  }: { readonly heading?: readonly string[]; readonly notes?: readonly string[] } = {},
): Table {
  const rows = estimates.map((one): Headed => ("head" in one ? one : { head: [], estimate: one }));
  const levels = [...new Set(rows.map(({ estimate }) => 100 * estimate.level))];
  return tableOf(
    title,
    rows,
    [
      ...heading.map((name, n) => text<Headed>(name, ({ head }) => head[n])),
      text("Estimate", ({ estimate }) => estimate.name),
      ...ends<Headed>(({ estimate }) => estimate),
      whole("n", ({ estimate }) => estimate.n),
      text("Method", ({ estimate }) => estimate.method),
      text("Note", ({ estimate }) => estimate.note),
    ],
    [`Low and high: ${levels.join(", ")} % confidence interval.`, ...notes],
  );
}

/** Value, low and high in columns of their own: the form in which statistics programs print and read them. */
const ends = <Row>(from: (row: Row) => Estimate | null): ColumnOf<Row>[] => [
  number("Value", (row) => from(row)?.value ?? null),
  number("Low", (row) => from(row)?.low ?? null),
  number("High", (row) => from(row)?.high ?? null),
];

/**
 * One row for each test, with Holm's correction where there are several; not so for `family: false`, tests that ask the
 * same question in different ways.
 */
export function testTable(
  title: string,
  tests: readonly TestResult[],
  { notes = [], family = true }: { readonly notes?: readonly string[]; readonly family?: boolean } = {},
): Table {
  const holm = adjustP(
    tests.map(({ p }) => p),
    "holm",
  );
  const isFamily = family && tests.length > 1;
  return tableOf(
    title,
    tests.map((test, n) => ({ ...test, holm: holm[n] })),
    [
      text("Test", ({ name }) => name),
      text("Statistic", statisticText),
      pValue("p", ({ p }) => p),
      isFamily && pValue("p (Holm)", (test) => test.holm),
      text("n", ({ n }) => n.join(" + ")),
      text("Effect", ({ effect }) => effect?.name),
      ...ends<TestResult>(({ effect }) => effect),
      text("Method", ({ method }) => method),
      text("Note", ({ note, effect }) => [note, effect?.note].filter(Boolean).join("; ")),
    ],
    [...(isFamily ? [`Holm: corrected for the ${tests.length} tests of this table.`] : []), ...notes],
  );
}

function statisticText({ symbol, statistic, df }: TestResult): string {
  if (statistic === null) return "";
  const degrees = df.length === 0 ? "" : ` (${df.map((d) => Number(d.toFixed(2))).join(", ")})`;
  return `${symbol}${degrees} = ${Number(statistic.toPrecision(5))}`;
}
