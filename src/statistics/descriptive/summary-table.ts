/** Descriptive table of patients (papers' Table 1): each variable by group, with the test that suits it. */
import { completeValues } from "../missing.js";
import { notes, type TestResult } from "../result.js";
import { chiSquareTest, expectedCounts, withoutEmpty } from "../tests/chi-square.js";
import { fisherExact } from "../tests/fisher.js";
import { kruskalWallis } from "../tests/kruskal-wallis.js";
import { mannWhitney } from "../tests/mann-whitney.js";
import { shapiroWilk } from "../tests/shapiro-wilk.js";
import { unpairedT } from "../tests/t-test.js";
import { momentsOf, quartilesOf } from "./moments.js";

export interface Variable {
  readonly name: string;
  /** One text a patient; empty where it is missing. */
  readonly values: readonly string[];
  /** Set to overrule what `kindOf` finds. */
  readonly kind?: VariableKind;
}
export type VariableKind = "continuous" | "categorical";

export interface ContinuousSummary {
  readonly n: number;
  readonly missing: number;
  /** null where there are too few values. */
  readonly mean: number | null;
  readonly sd: number | null;
  readonly median: number | null;
  readonly q1: number | null;
  readonly q3: number | null;
}

export interface CategoricalSummary {
  readonly n: number;
  readonly missing: number;
  /** Patients of each level, in the row's order of levels. */
  readonly counts: readonly number[];
}

interface RowBase {
  readonly variable: string;
  /** null where there are not two groups to compare. */
  readonly test: TestResult | null;
  readonly note: string;
}
export interface ContinuousRow extends RowBase {
  readonly kind: "continuous";
  /** Shown as mean ± SD (true) or as median and quartiles (false). */
  readonly isNormal: boolean;
  readonly overall: ContinuousSummary;
  readonly groups: readonly ContinuousSummary[];
}
export interface CategoricalRow extends RowBase {
  readonly kind: "categorical";
  readonly levels: readonly string[];
  readonly overall: CategoricalSummary;
  readonly groups: readonly CategoricalSummary[];
}
export type DescriptiveRow = ContinuousRow | CategoricalRow;

export interface DescriptiveTable {
  /** Names of the groups in order; empty without a grouping. */
  readonly groups: readonly string[];
  readonly sizes: readonly number[];
  /** Patients in all, and those without a group, who appear in no column but `overall`. */
  readonly n: number;
  readonly ungrouped: number;
  readonly rows: readonly DescriptiveRow[];
}

/**
 * Describes variables, over all patients and by group. A continuous variable is shown as mean ± SD where Shapiro–Wilk
 * finds no departure from normality (p ≥ 0.05, at least three values) in any group, and compared by Welch's t test (two
 * groups); otherwise as median with quartiles, compared by Mann–Whitney or (three groups or more) Kruskal–Wallis.
 * Categories are compared by Pearson's chi-square test without Yates's correction, or by Fisher's exact test where an
 * expected count is below 5. Missing values are counted and never a category. Nothing to compare: no test, or one that
 * says why it is not estimable.
 */
export function describeVariables(
  variables: readonly Variable[],
  groupOf?: readonly string[],
): DescriptiveTable {
  const n = variables[0]?.values.length ?? groupOf?.length ?? 0;
  const labels = groupOf ?? [];
  const groups = [...new Set(labels)].filter((label) => label !== "").sort(byName);
  const members = groups.map((group) => labels.flatMap((label, k) => (label === group ? [k] : [])));
  const rows = variables.map((variable) =>
    (variable.kind ?? kindOf(variable.values)) === "continuous"
      ? continuousRow(variable, members)
      : categoricalRow(variable, members),
  );
  const ungrouped = labels.filter((label) => label === "").length;
  return { groups, sizes: members.map((list) => list.length), n, ungrouped, rows };
}

/** Numbers with more than two different values are continuous, everything else is categories. */
export function kindOf(values: readonly string[]): VariableKind {
  const known = [...new Set(values)].filter((value) => value !== "");
  return known.length > 2 && known.every((value) => Number.isFinite(Number(value)))
    ? "continuous"
    : "categorical";
}

/** A number, or NaN for an empty text and for what is no number. */
export const numberOf = (text: string) => (text.trim() === "" ? NaN : Number(text));

function continuousRow({ name, values }: Variable, members: readonly (readonly number[])[]): ContinuousRow {
  const numbers = values.map(numberOf);
  const ofGroups = members.map((list) => list.map((k) => numbers[k]));
  const checked = (ofGroups.length > 0 ? ofGroups : [numbers]).map((group) => shapiroWilk(group));
  const isNormal = checked.every(({ p }) => p !== null && p >= 0.05);
  const least = checked.reduce((low, { p }) => Math.min(low, p ?? Infinity), Infinity);
  const said = least < 0.001 ? "< 0.001" : `= ${least.toFixed(3)}`;
  const note = Number.isFinite(least) ? `smallest Shapiro–Wilk p ${said}` : "normality is not estimable";
  return {
    kind: "continuous",
    variable: name,
    isNormal,
    overall: summarise(numbers),
    groups: ofGroups.map(summarise),
    test: ofGroups.length < 2 ? null : continuousTest(name, ofGroups, isNormal),
    note,
  };
}

function continuousTest(name: string, groups: readonly (readonly number[])[], isNormal: boolean): TestResult {
  if (groups.length > 2) return kruskalWallis(groups, { name });
  return isNormal ? unpairedT(groups[0], groups[1], { name }) : mannWhitney(groups[0], groups[1], { name });
}

function summarise(values: readonly number[]): ContinuousSummary {
  const { values: kept, missing } = completeValues(values);
  const { n, mean, sd } = momentsOf(kept);
  const [q1, median, q3] = quartilesOf(kept);
  const orNull = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    n,
    missing,
    mean: orNull(mean),
    sd: orNull(sd),
    median: orNull(median),
    q1: orNull(q1),
    q3: orNull(q3),
  };
}

function categoricalRow({ name, values }: Variable, members: readonly (readonly number[])[]): CategoricalRow {
  const levels = [...new Set(values)].filter((value) => value !== "").sort(byName);
  const count = (list: readonly string[]): CategoricalSummary => {
    const missing = list.filter((value) => value === "").length;
    const counts = levels.map((level) => list.filter((value) => value === level).length);
    return { n: list.length - missing, missing, counts };
  };
  const groups = members.map((list) => count(list.map((k) => values[k])));
  const table = levels.map((_, level) => groups.map(({ counts }) => counts[level]));
  return {
    kind: "categorical",
    variable: name,
    levels,
    overall: count(values),
    groups,
    test: groups.length < 2 ? null : categoricalTest(name, table),
    note: notes(levels.length === 0 && "all values are missing"),
  };
}

function categoricalTest(name: string, table: readonly (readonly number[])[]): TestResult {
  const used = withoutEmpty(table);
  const small =
    used.length > 1 &&
    used[0].length > 1 &&
    expectedCounts(used)
      .flat()
      .some((count) => count < 5);
  return small ? fisherExact(table, { name }) : chiSquareTest(table, { name, correction: false });
}

const byName = (a: string, b: string) => a.localeCompare(b, "en", { numeric: true });
