/** What `marrow compare` shows and writes. */
import type { Summary } from "../../statistics/summary.js";
import { overlapMetrics } from "../../statistics/metrics.js";
import { volumeTable } from "../study/volume-agreement.js";
import { meanSd, number, pValue, tableOf, text, value, whole } from "../table/columns.js";
import type { Table } from "../table.js";
import type { ComparedCase, MaskComparison } from "./compare.js";

const interval = ({ mean, low, high }: Summary) => ({ value: mean, low, high });

/** With the reference, with each other, volumes; parts without rows are left out. */
export const comparisonTables = (comparison: MaskComparison): Table[] =>
  [referenceTable(comparison), betweenTable(comparison), volumeTable([comparison.volumes])].filter(
    ({ rows }) => rows.length > 0,
  );

const referenceTable = ({ first, second, measures }: MaskComparison): Table =>
  tableOf(
    `${first} and ${second} against the reference`,
    measures,
    [
      text("Label", ({ label }) => label),
      text("Measure", ({ measure }) => overlapMetrics[measure].title),
      whole("n", (row) => row.first.n),
      meanSd(`${first}, mean ± SD`, (row) => row.first),
      value(`${first} (95 % CI)`, (row) => interval(row.first)),
      meanSd(`${second}, mean ± SD`, (row) => row.second),
      value(`${second} (95 % CI)`, (row) => interval(row.second)),
      value("Difference (95 % CI)", ({ t }) => t.effect),
      pValue("p (paired t)", ({ t }) => t.p),
      pValue("p (signed rank)", ({ rank }) => rank.p),
      pValue("p (Holm)", ({ holm }) => holm),
    ],
    [
      "n: patients with a value. Intervals of means: percentile bootstrap of patients, 10 000 resamples; of differences: t. Tests are paired by patient; Holm's correction is of the signed rank tests of this table.",
      ...measures.flatMap(({ label, measure, rank }) =>
        rank.p === null ? [`${overlapMetrics[measure].title} of ${label}: ${rank.note}.`] : [],
      ),
    ],
  );

const betweenTable = ({ first, second, between }: MaskComparison): Table =>
  tableOf(
    `${first} and ${second} with each other`,
    between,
    [
      text("Label", ({ label }) => label),
      whole("n", ({ dice }) => dice.n),
      meanSd("Dice, mean ± SD", ({ dice }) => dice),
      value("Dice (95 % CI)", ({ dice }) => interval(dice)),
      whole("In neither mask", ({ dice }) => dice.undefined),
    ],
    ["n: patients. Intervals: percentile bootstrap of patients, 10 000 resamples."],
  );

/** Every case and label. */
export const comparedCases = ({ first, second, cases }: MaskComparison): Table =>
  tableOf("Every case", cases, [
    text<ComparedCase>("Case", ({ id }) => id),
    text("Patient", ({ patient }) => patient),
    text("Label", ({ label }) => label),
    number(`Dice of ${first}`, (row) => row.first),
    number(`Dice of ${second}`, (row) => row.second),
    number("Dice of both", ({ between }) => between),
  ]);
