/** Table 2 of both papers: networks on one set of patients, each compared with the best. */
import type { TestResult } from "../../../statistics/result.js";
import { summarise, type Summary } from "../../../statistics/summary.js";
import { adjustP } from "../../../statistics/tests/adjust.js";
import type { Study } from "../../../study/types.js";
import { meanSd, pValue, tableOf, text, value, whole } from "../../table/columns.js";
import type { IntervalCell, Table } from "../../table.js";
import type { RunResult } from "../runs.js";
import { bestRun, byPatient, pairedTests, shownLabels, type Measure } from "../scores.js";
import { sets, type SetName } from "../sets.js";

interface Line {
  readonly run: RunResult;
  readonly label: string;
  /** Over patients, filled as they are asked for. */
  readonly summaries: Map<Measure, Summary>;
  /** Undefined for the best network itself. */
  readonly tests: { readonly t: TestResult; readonly rank: TestResult } | undefined;
}

/**
 * A row for each label and network: Dice (mean ± SD over patients, with the interval of the mean), precision, recall, and
 * the difference to the best network (largest mean Dice) with paired t test (as paper 1) and signed rank test.
 */
export function networkTable(runs: readonly RunResult[], set: SetName, study: Study): Table {
  const own = runs.filter((run) => run.set === set);
  const best = bestRun(runs, set, study);
  const labels = [...new Set(own.flatMap(shownLabels))];
  const lines = labels.flatMap((label) =>
    own.map((run): Line => ({
      ...{ run, label, summaries: new Map() },
      tests: testsOf(run, best, label, study),
    })),
  );
  const holm = adjustP(
    lines.map(({ tests }) => tests?.rank.p ?? null),
    "holm",
  );
  const measure = (name: Measure) => (line: Line) => mean(line, study, name);
  return tableOf(
    `Networks, ${sets[set].title}`,
    lines.map((line, n) => ({ ...line, holm: holm[n] })),
    [
      text("Network", ({ run }) => `${run.name}${run === best ? " (best)" : ""}`),
      labels.length > 1 && text("Label", ({ label }) => label),
      whole("n", (line) => summaryOf(line, study, "dice").n),
      meanSd("Dice, mean ± SD", (line) => summaryOf(line, study, "dice")),
      value("Dice, mean (95 % CI)", measure("dice")),
      value("Precision (95 % CI)", measure("precision")),
      value("Recall (95 % CI)", measure("recall")),
      value("Dice − best (95 % CI)", ({ tests }) => tests && tests.t.effect),
      pValue("p (paired t)", ({ tests }) => tests?.t.p),
      pValue("p (signed rank)", ({ tests }) => tests?.rank.p),
      pValue("p (Holm)", (line) => line.tests && line.holm),
    ],
    notesOf(lines),
  );
}

function testsOf(run: RunResult, best: RunResult | undefined, label: string, study: Study): Line["tests"] {
  if (best === undefined || run === best) return undefined;
  const [own, other] = [run, best].map((one) => byPatient(one, study, label, "dice"));
  return pairedTests(own, other);
}

/** Over patients; the bootstrap takes a moment, so each is computed once. */
function summaryOf({ run, label, summaries }: Line, study: Study, measure: Measure): Summary {
  const known = summaries.get(measure) ?? summarise([...byPatient(run, study, label, measure).values()]);
  summaries.set(measure, known);
  return known;
}

function mean(line: Line, study: Study, measure: Measure): IntervalCell {
  const { mean: middle, low, high } = summaryOf(line, study, measure);
  return { value: middle, low, high };
}

function notesOf(lines: readonly Line[]): string[] {
  const reasons = lines.flatMap(({ run, label, tests }) => {
    const why = tests?.rank.p === null ? tests.rank.note : "";
    return why === "" ? [] : [`${run.name}, ${label}: ${why}.`];
  });
  return [
    "n: patients with a value; a label in neither mask has none. SD over patients. Intervals of means: percentile bootstrap of patients, 10 000 resamples; of differences: t.",
    "The best network has the largest mean Dice of this set. Tests are paired by patient; Holm's correction is of the signed rank tests of this table.",
    ...reasons,
  ];
}
