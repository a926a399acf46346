import { MarrowError } from "../../base/errors.js";
import type { TestResult } from "../../statistics/result.js";
import { mcnemar } from "../../statistics/tests/mcnemar.js";
import { shapiroWilk } from "../../statistics/tests/shapiro-wilk.js";
import { pairedT } from "../../statistics/tests/t-test.js";
import { wilcoxonSignedRank } from "../../statistics/tests/wilcoxon.js";
import { testTable } from "../statistics-tables.js";
import { describe } from "./describe.js";
import { numbers, pairsOf, type StatisticsRequest, type StatisticsResult } from "./request.js";

/** Columns pair by pair, or by group. Throws BAD_ARGUMENT for one column without a group. */
export function compare(request: StatisticsRequest): StatisticsResult {
  const { columns, group } = request;
  if (group !== undefined) return describe(request);
  if (columns.length < 2)
    throw new MarrowError("BAD_ARGUMENT", {
      expected: "two columns (paired), or --group",
      found: columns.join(", "),
    });
  const tests = pairsOf(columns).flatMap(([first, second]) => pairedTests(request, first, second));
  const advice =
    "The t test suits differences that Shapiro–Wilk finds normal (p ≥ 0.05), the signed rank test others.";
  const notes = tests.some(({ symbol }) => symbol === "W") ? [advice] : [];
  return { tables: [testTable("Paired comparison", tests, { notes, family: false })], result: { tests } };
}

/** McNemar's test of columns of 0 and 1; else normality of the differences, paired t and signed rank test. */
function pairedTests(request: StatisticsRequest, first: string, second: string): TestResult[] {
  const { level } = request;
  const [a, b] = [numbers(request, first), numbers(request, second)];
  const isBinary = [...a, ...b].every((value) => Number.isNaN(value) || value === 0 || value === 1);
  if (isBinary) return [mcnemar(a, b, { name: `${first} to ${second}`, level })];
  const name = `${first} − ${second}`;
  const differences = a.map((value, n) => value - b[n]);
  return [
    shapiroWilk(differences, { name: `normality of ${name}` }),
    pairedT(a, b, { name, level }),
    wilcoxonSignedRank(a, b, { name, level }),
  ];
}
