/** Table 1 of a paper: who the patients are. */
import type {
  ContinuousSummary,
  DescriptiveRow,
  DescriptiveTable,
} from "../statistics/descriptive/summary-table.js";
import { adjustP } from "../statistics/tests/adjust.js";
import { pValue, tableOf, text } from "./table/columns.js";
import type { Table } from "./table.js";

/** What stands in one row: of a variable, of one of its levels, or of what is missing. */
interface Line {
  readonly head: string;
  /** Of all patients, then of each group. */
  readonly values: readonly string[];
  /** The test stands beside the first line of its variable. */
  readonly test?: { readonly p: number | null; readonly holm: number | null; readonly method: string };
}

/** A row for each variable or level, a column for each group, p and the test by name. */
export function describeTable(result: DescriptiveTable): Table {
  const { groups, sizes, n, rows } = result;
  const holm = adjustP(
    rows.map(({ test }) => test?.p ?? null),
    "holm",
  );
  const lines = rows.flatMap((row, k) =>
    linesOf(row).map((line, place): Line => {
      const { p = null, method = "" } = row.test ?? {};
      return place === 0 ? { ...line, test: { p, method, holm: holm[k] } } : line;
    }),
  );
  const isCompared = groups.length > 1;
  const columns = [`All (n = ${n})`, ...groups.map((group, k) => `${group} (n = ${sizes[k]})`)];
  return tableOf(
    "Characteristics",
    lines,
    [
      text("Characteristic", ({ head }) => head),
      ...columns.map((title, k) => text<Line>(title, ({ values }) => values[k])),
      isCompared && pValue("p", ({ test }) => test?.p),
      isCompared && pValue("p (Holm)", ({ test }) => test?.holm),
      isCompared && text("Test", ({ test }) => test?.method),
    ],
    notesOf(result),
  );
}

function notesOf({ groups, ungrouped, rows }: DescriptiveTable): string[] {
  return [
    "Mean ± SD where Shapiro–Wilk finds no departure from normality in any group, else median (quartiles). Counts (percent of all).",
    ...(groups.length > 1 ? ["Holm: corrected for the comparisons of this table."] : []),
    ...(ungrouped > 0 ? [`${ungrouped} patients without a group are in the first column alone.`] : []),
    ...rows.flatMap(({ variable, test }) => (test?.note ? [`${variable}: ${test.note}.`] : [])),
  ];
}

function linesOf(row: DescriptiveRow): Line[] {
  const all = [row.overall, ...row.groups];
  const missing = all.some((group) => group.missing > 0)
    ? [{ head: "  missing", values: all.map((group) => share(group.missing, group.n + group.missing)) }]
    : [];
  if (row.kind === "continuous") {
    const values = [row.overall, ...row.groups].map((one) => summaryText(one, row.isNormal));
    return [{ head: row.variable, values }, ...missing];
  }
  const counted = [row.overall, ...row.groups];
  const levels = row.levels.map((level, k) => ({
    head: `  ${level}`,
    values: counted.map(({ counts, n, missing: left }) => share(counts[k], n + left)),
  }));
  return [{ head: row.variable, values: all.map(() => "") }, ...levels, ...missing];
}

const summaryText = ({ mean, sd, median, q1, q3 }: ContinuousSummary, isNormal: boolean) =>
  isNormal ? `${short(mean)} ± ${short(sd)}` : `${short(median)} (${short(q1)}, ${short(q3)})`;

const share = (count: number, n: number) =>
  n === 0 ? `${count}` : `${count} (${((100 * count) / n).toFixed(1)})`;

/** About four digits, as a table of patients has them. */
function short(value: number | null): string {
  if (value === null) return "–";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}
