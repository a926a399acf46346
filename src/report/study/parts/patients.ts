/** Inclusion and Table 1: who the patients are. */
import { describeVariables } from "../../../statistics/descriptive/summary-table.js";
import { flowChartSvg } from "../../flow-chart.js";
import { describeTable } from "../../describe-table.js";
import { figureBlock, missingBlock, noteBlock, tableBlock, type Block } from "../blocks.js";
import { titleWithUnit } from "../../../study/clinical-variables.js";
import { textsOf } from "../clinical.js";
import { drawnFigure } from "../figure.js";
import { sets } from "../sets.js";
import type { StudyData } from "../study-data.js";

export function patients(data: StudyData): Block[] {
  return [flow(data), ...characteristics(data), ...data.clinical.notes.map(noteBlock)];
}

function flow({ flow: chart }: StudyData): Block {
  const caption =
    `Inclusion of patients: ${chart.candidates} candidates, ${chart.included.length} included. ` +
    `Each patient is counted at the first rule that excludes it. Rules: ${chart.source}.`;
  const text = { name: "flow-chart", title: "Patient inclusion", caption };
  return figureBlock(drawnFigure(text, flowChartSvg(chart)));
}

/** Table 1 by data set (where there are test patients) and by diagnosis (where it is known). */
function characteristics(data: StudyData): Block[] {
  const { clinical, folder } = data;
  if (clinical.variables.length === 0)
    return [
      missingBlock(
        "Patient characteristics (Table 1): participants.tsv has no clinical variables.",
        `marrow report ${folder} --clinical patients.csv`,
      ),
    ];
  const bySet = setOfPatients(data);
  const diagnosis = textsOf(clinical, "diagnosis");
  const groupings = [
    { name: "characteristics-by-set", title: "Patient characteristics by data set", by: bySet },
    { name: "characteristics-by-diagnosis", title: "Patient characteristics by diagnosis", by: diagnosis },
  ].filter(({ by }) => new Set(by.filter(Boolean)).size > 1);
  const all = { name: "characteristics", title: "Patient characteristics", by: undefined };
  return (groupings.length > 0 ? groupings : [all]).map(({ name, title, by }) => {
    const shown = clinical.variables.filter((variable) => by !== diagnosis || variable.name !== "diagnosis");
    const variables = shown.map((variable) => ({
      name: titleWithUnit(variable),
      values: textsOf(clinical, variable.name),
      ...(variable.range === undefined ? { kind: "categorical" as const } : { kind: "continuous" as const }),
    }));
    return tableBlock(name, { ...describeTable(describeVariables(variables, by)), title });
  });
}

/** The set of each patient; empty for those in none. A patient is in a test set with any examination. */
function setOfPatients({ study, subjects }: StudyData): string[] {
  const { test = [], external = [] } = study.splits ?? {};
  const subjectsOf = (ids: readonly string[]) =>
    new Set(study.cases.filter(({ id }) => ids.includes(id)).map(({ subject }) => subject));
  const [ofTest, ofExternal] = [subjectsOf(test), subjectsOf(external)];
  return subjects.map((subject) =>
    ofExternal.has(subject)
      ? sets.external.title
      : ofTest.has(subject)
        ? sets.test.title
        : "training and validation",
  );
}
