/** Table 2 of both papers: networks on one set of patients, each compared with the best. */
import type { TestResult } from "../../../statistics/result.js";
import { summarise } from "../../../statistics/summary.js";
import { adjustP } from "../../../statistics/tests/adjust.js";
import { pairedT } from "../../../statistics/tests/t-test.js";
import { wilcoxonSignedRank } from "../../../statistics/tests/wilcoxon.js";
import type { Study } from "../../../study/types.js";
import type { Cell, IntervalCell, Table } from "../../table.js";
import type { RunResult } from "../runs.js";
import { bestRun, byPatient, shownLabels, type Measure } from "../scores.js";
import { sets, type SetName } from "../sets.js";

interface Line {
  readonly run: RunResult;
  readonly label: string;
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
    own.map((run): Line => ({ run, label, tests: testsOf(run, best, label, study) })),
  );
  const holm = adjustP(
    lines.map(({ tests }) => tests?.rank.p ?? null),
    "holm",
  );
  const hasLabels = labels.length > 1;
  const cells = lines.map(({ run, label, tests }, n): Cell[] => {
    const dice = summarise([...byPatient(run, study, label, "dice").values()]);
    return [
      ...[`${run.name}${run === best ? " (best)" : ""}`, ...(hasLabels ? [label] : [])],
      ...[dice.n, { mean: dice.mean, sd: dice.sd }],
      ...(["dice", "precision", "recall"] as const).map((measure) => mean(run, study, label, measure)),
      ...(tests === undefined
        ? ["", "", "", ""]
        : [negative(tests.t), { p: tests.t.p }, { p: tests.rank.p }, { p: holm[n] }]),
    ];
  });
  const titles = [
    ...["Network", ...(hasLabels ? ["Label"] : []), "n", "Dice, mean ± SD"],
    ...["Dice, mean (95 % CI)", "Precision (95 % CI)", "Recall (95 % CI)"],
    ...["Dice − best (95 % CI)", "p (paired t)", "p (signed rank)", "p (Holm)"],
  ];
  return {
    title: `Networks, ${sets[set].title}`,
    columns: titles.map((title) => (title === "n" ? { title, digits: 0 } : { title })),
    rows: cells,
    notes: notesOf(lines),
  };
}

function testsOf(run: RunResult, best: RunResult | undefined, label: string, study: Study): Line["tests"] {
  if (best === undefined || run === best) return undefined;
  const [own, other] = [run, best].map((one) => byPatient(one, study, label, "dice"));
  const shared = [...other.keys()].filter((patient) => own.has(patient));
  const [first, second] = [other, own].map((values) => shared.map((patient) => values.get(patient) ?? NaN));
  return { t: pairedT(first, second), rank: wilcoxonSignedRank(first, second) };
}

/** The tests' effect is best − network; the table shows network − best. */
function negative({ effect }: TestResult): IntervalCell {
  const minus = (value: number | null | undefined) => (value === null || value === undefined ? null : -value);
  return { value: minus(effect?.value), low: minus(effect?.high), high: minus(effect?.low) };
}

function mean(run: RunResult, study: Study, label: string, measure: Measure): IntervalCell {
  const { mean: value, low, high } = summarise([...byPatient(run, study, label, measure).values()]);
  return { value, low, high };
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
