/** The CLAIM checklist, filled from what the study folder tells; the rest is left to the authors and marked. */
import { tableOf, text } from "../../table/columns.js";
import type { Table } from "../../table.js";
import { tableBlock, type Block } from "../blocks.js";
import { claimItems, type ClaimNumber } from "../claim-items.js";
import { sets } from "../sets.js";
import type { StudyData } from "../study-data.js";

/** What an item's answer is, or undefined where the folder does not tell. */
type Answer = (data: StudyData) => string | undefined;

const of = (count: number, what: string) => (count === 0 ? undefined : what);
const splitsOf = ({ study }: StudyData) => study.splits;

const answers: Partial<Record<ClaimNumber, Answer>> = {
  7: ({ subjects, study }) => {
    const sites = new Set(study.cases.flatMap(({ site }) => site ?? []));
    return `${subjects.length} patients, ${study.cases.length} examinations${sites.size > 0 ? `, ${sites.size} centres (${[...sites].join(", ")})` : ""}.`;
  },
  8: ({ flow }) => `${flow.steps.map(({ excluded }) => excluded).join("; ")} (${flow.source}).`,
  9: ({ study }) =>
    study.plan &&
    `Resampled to ${study.plan.spacing.join(" × ")} mm (${study.plan.orientation}), ${study.plan.normalisation.method} normalisation, patch ${study.plan.patch.join(" × ")}.`,
  12: ({ clinical }) =>
    of(clinical.variables.length, "Complete cases in every analysis; missing values are counted in Table 1."),
  14: ({ study }) =>
    `Masks of the reader ${study.config.reader}, labels ${study.config.labels.map(({ name }) => name).join(", ")}. How they were made: to be written.`,
  18: ({ readerScores }) =>
    of(
      readerScores.length,
      `Agreement of volumes of ${readerScores.length} readings: ICC(2,1), Bland–Altman, smallest detectable change.`,
    ),
  19: (data) => splitsOf(data)?.origin,
  20: (data) => splitsOf(data) && "Patient: splits that put a patient on two sides are refused.",
  22: ({ study }) =>
    study.plan &&
    `${study.plan.networks.map(({ name, features }) => `${name} (features ${features.join(", ")})`).join("; ")}.`,
  23: () => "Marrow (TypeScript) on ONNX Runtime.",
  25: ({ study }) =>
    study.plan &&
    `${study.plan.optimiser.name}, learning rate ${study.plan.optimiser.learningRate}, ${study.plan.schedule.name} schedule, ${study.plan.epochs} epochs of ${study.plan.iterationsPerEpoch} batches of ${study.plan.batch}; plan.yaml has all.`,
  26: ({ chosen }) => chosen && `Largest mean Dice (${sets[chosen.set].title}): ${chosen.name}.`,
  27: ({ chosen }) => chosen && "Test sets: the folds' models are averaged.",
  28: ({ runs, classifications }) =>
    of(
      runs.length + classifications.length,
      `${runs.length > 0 ? "Dice, precision, recall" : ""}${classifications.length > 0 ? "; AUC, accuracy, sensitivity, specificity, PPV, NPV, κ, Brier score, ECE" : ""}.`.replace(
        /^; /,
        "",
      ),
    ),
  29: ({ runs }) =>
    of(runs.length, "95 % intervals (named below each table), paired tests by patient, Holm's correction."),
  31: ({ classifications }) =>
    of(
      classifications.flatMap(({ cases }) => cases.filter(({ heatmap }) => heatmap)).length,
      "Heat maps of the classifier.",
    ),
  32: ({ runs }) => {
    const own = runs.filter(({ set }) => set !== "external");
    return of(
      own.length,
      `${own.length} results: ${[...new Set(own.map(({ set }) => sets[set].title))].join(", ")}.`,
    );
  },
  33: ({ runs }) => {
    const external = runs.filter(({ set }) => set === "external");
    return of(external.length, `${external.length} networks on n = ${external[0]?.cases.length} cases.`);
  },
  35: ({ flow }) => `${flow.candidates} candidates, ${flow.included.length} included; flow chart.`,
  36: ({ clinical }) => of(clinical.variables.length, "Table of patient characteristics."),
  37: ({ runs }) => of(runs.length, "Tables of networks and folds."),
  38: ({ classifications }) => of(classifications.length, "Table of classification and ROC curves."),
  39: ({ chosen }) =>
    chosen &&
    "Example panels show the worst case; every case is in the run's evaluation/cases.csv. Analysis: to be written.",
  43: () => "Software: Marrow. Model and data: to be written.",
};

const open = "— open: to be written by the authors";

export function claim(data: StudyData): Block[] {
  return [tableBlock("claim", claimTable(data))];
}

const stateOf = (answer: string | undefined) =>
  answer === undefined ? "open" : answer.includes("to be written") ? "in part" : "filled";

export function claimTable(data: StudyData): Table {
  const rows = claimItems.map(([number, section, item]) => {
    const answer = answers[number]?.(data);
    return { number, section, item, answer, state: stateOf(answer) };
  });
  const count = (state: string) => rows.filter((row) => row.state === state).length;
  return tableOf(
    "CLAIM checklist (2024 update)",
    rows,
    [
      text("No.", ({ number }) => String(number)),
      text("Section", ({ section }) => section),
      text("Item", ({ item }) => item),
      text("State", ({ state }) => state),
      text("What the study folder tells", ({ answer = open }) => answer),
    ],
    [
      `${count("filled")} filled, ${count("in part")} in part, ${count("open")} open. Items in short words; full text: Tejani et al., Radiol Artif Intell 6:e240300 (2024). Check what is filled too.`,
    ],
  );
}
