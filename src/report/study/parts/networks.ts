/** Networks compared (Table 2 of both papers), and the folds of the best (paper 2, Table 3). */
import { summarise } from "../../../statistics/summary.js";
import { meanOf } from "../../../statistics/summary.js";
import type { Study } from "../../../study/types.js";
import type { Cell, Table } from "../../table.js";
import { figureBlock, missingBlock, tableBlock, type Block } from "../blocks.js";
import { boxPlot } from "../charts/box-plot.js";
import type { Figure } from "../figure.js";
import type { RunResult } from "../runs.js";
import { byPatient, finite, shownLabels } from "../scores.js";
import { setNames, sets, type SetName } from "../sets.js";
import type { StudyData } from "../study-data.js";
import { networkTable } from "./network-table.js";

export async function networks({ runs, study, folder, chosen }: StudyData): Promise<Block[]> {
  if (runs.length === 0)
    return [missingBlock("Networks (Table 2): no run has predictions.", `marrow train ${folder}`)];
  const present = setNames.filter((set) => runs.some((run) => run.set === set));
  const blocks: Block[] = [];
  for (const set of present) {
    blocks.push(tableBlock(`networks-${set}`, networkTable(runs, set, study)));
    blocks.push(figureBlock(await diceBoxes(runs, set, study)));
  }
  const folds = chosen === undefined ? undefined : foldTable(chosen, study);
  const ofFolds = folds === undefined ? [] : [tableBlock("folds", folds)];
  return [...blocks, ...ofFolds, ...absentSets(study, present, chosen?.name ?? "RUN", folder)];
}

async function diceBoxes(runs: readonly RunResult[], set: SetName, study: Study): Promise<Figure> {
  const own = runs.filter((run) => run.set === set);
  const groups = own.map((run) => ({
    name: run.name,
    values: finite(byPatient(run, study, shownLabels(run).at(-1) ?? "", "dice").values()),
  }));
  const label = shownLabels(own[0]).at(-1) ?? "";
  const n = groups.map(({ values }) => values.length);
  const caption =
    `Dice (${label}) of each network, ${sets[set].title}, n = ${Math.min(...n)}${Math.min(...n) === Math.max(...n) ? "" : ` to ${Math.max(...n)}`} patients. ` +
    "Boxes: quartiles and median; whiskers: to the farthest value within 1.5 box lengths; dots: patients.";
  return boxPlot(
    { name: `dice-${set}`, title: `Dice of the networks, ${sets[set].title}`, caption },
    groups,
    "Dice",
  );
}

/** Dice of each fold over its patients, and mean ± SD of the folds' means; undefined without two folds. */
export function foldTable(run: RunResult, study: Study): Table | undefined {
  const names = [...new Set(run.cases.flatMap(({ fold }) => fold ?? []))].sort((a, b) =>
    a.localeCompare(b, "en", { numeric: true }),
  );
  if (names.length < 2) return undefined;
  const labels = shownLabels(run);
  const valuesOf = (fold: string, label: string) => {
    const cases = run.cases.filter((one) => one.fold === fold);
    return finite(byPatient({ ...run, cases }, study, label, "dice").values());
  };
  const meanSd = (values: readonly number[]) => {
    const { mean, sd } = summarise(values);
    return { mean, sd };
  };
  const rows = names.map((fold): Cell[] => [
    `Fold ${fold}`,
    run.cases.filter((one) => one.fold === fold).length,
    ...labels.map((label) => meanSd(valuesOf(fold, label))),
  ]);
  const total: Cell[] = [
    "Mean ± SD of folds",
    run.cases.length,
    ...labels.map((label) => meanSd(names.map((fold) => meanOf(valuesOf(fold, label))))),
  ];
  return {
    title: `Folds of ${run.name}: Dice, mean ± SD over patients`,
    columns: [{ title: "Fold" }, { title: "Cases", digits: 0 }, ...labels.map((title) => ({ title }))],
    rows: [...rows, total],
    notes: ["The last row is the mean of the folds' means and their standard deviation (n − 1)."],
  };
}

/** Sets that the splits have and no run was evaluated on. */
function absentSets(study: Study, present: readonly SetName[], run: string, folder: string): Block[] {
  const wanted = (["test", "external"] as const).filter((set) => (study.splits?.[set] ?? []).length > 0);
  return wanted
    .filter((set) => !present.includes(set))
    .map((set) =>
      missingBlock(
        `Networks on the ${sets[set].title}: ${study.splits?.[set].length} cases are not segmented.`,
        `marrow segment --study ${folder} --cases ${set} --model ${folder}/derivatives/marrow/runs/${run} --out ${folder}/derivatives/marrow/runs/${run}/${set}`,
      ),
    );
}
