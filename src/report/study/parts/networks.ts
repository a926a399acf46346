/** Networks compared (Table 2 of both papers), and the folds of the best (paper 2, Table 3). */
import { summarise, type Summary } from "../../../statistics/summary.js";
import type { Study } from "../../../study/types.js";
import { meanSd, tableOf, text, value, whole } from "../../table/columns.js";
import type { Table } from "../../table.js";
import { figureBlock, missingBlock, noteBlock, tableBlock, type Block } from "../blocks.js";
import { boxPlot } from "../charts/box-plot.js";
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
    blocks.push(await diceBoxes(runs, set, study));
  }
  const folds = chosen === undefined ? undefined : foldTable(chosen, study);
  const ofFolds = folds === undefined ? [] : [tableBlock("folds", folds)];
  return [...blocks, ...ofFolds, ...absentSets(study, present, chosen?.name ?? "RUN", folder)];
}

async function diceBoxes(runs: readonly RunResult[], set: SetName, study: Study): Promise<Block> {
  const own = runs.filter((run) => run.set === set);
  const groups = own.map((run) => ({
    name: run.name,
    values: finite(byPatient(run, study, shownLabels(run).at(-1) ?? "", "dice").values()),
  }));
  const label = shownLabels(own[0]).at(-1) ?? "";
  const n = groups.map(({ values }) => values.length);
  if (Math.max(...n) === 0)
    return noteBlock(`No box plot, ${sets[set].title}: no case has a Dice (all masks are empty).`);
  const caption =
    `Dice (${label}) of each network, ${sets[set].title}, n = ${Math.min(...n)}${Math.min(...n) === Math.max(...n) ? "" : ` to ${Math.max(...n)}`} patients. ` +
    "Boxes: quartiles and median; whiskers: to the farthest value within 1.5 box lengths; dots: patients.";
  const about = { name: `dice-${set}`, title: `Dice of the networks, ${sets[set].title}`, caption };
  return figureBlock(await boxPlot(about, groups, "Dice"));
}

/** Dice of each fold over its patients, and mean ± SD of the folds' means; undefined without two folds. */
export function foldTable(run: RunResult, study: Study): Table | undefined {
  const names = [...new Set(run.cases.flatMap(({ fold }) => fold ?? []))].sort((a, b) =>
    a.localeCompare(b, "en", { numeric: true }),
  );
  if (names.length < 2) return undefined;
  const folds = names.map((name) => foldOf(name, run, study));
  const all: Fold = {
    ...{ name: "Mean ± SD of folds", cases: run.cases.length },
    dice: (label) => summarise(folds.map((fold) => fold.dice(label).mean)),
  };
  return tableOf(
    `Folds of ${run.name}: Dice over patients`,
    [...folds, all],
    [
      text("Fold", ({ name }) => name),
      whole("Cases", ({ cases }) => cases),
      ...shownLabels(run).flatMap((label) => [
        whole<Fold>(`n, ${label}`, ({ dice }) => dice(label).n),
        meanSd<Fold>(label, ({ dice }) => dice(label)),
        value<Fold>(`${label} (95 % CI)`, ({ dice }) => intervalOf(dice(label))),
      ]),
    ],
    [
      "n: patients with a value. Intervals of means: percentile bootstrap of patients, 10 000 resamples. The last row is the mean of the folds' means, their standard deviation (n − 1) and the interval of their mean, n: folds.",
    ],
  );
}

interface Fold {
  readonly name: string;
  readonly cases: number;
  readonly dice: (label: string) => Summary;
}

function foldOf(fold: string, run: RunResult, study: Study): Fold {
  const cases = run.cases.filter((one) => one.fold === fold);
  const labels = shownLabels(run).map(
    (label) => [label, summarise([...byPatient({ ...run, cases }, study, label, "dice").values()])] as const,
  );
  const summaries = new Map(labels);
  return {
    ...{ name: `Fold ${fold}`, cases: cases.length },
    dice: (label) => summaries.get(label) ?? summarise([]),
  };
}

const intervalOf = ({ mean, low, high }: Summary) => ({ value: mean, low, high });

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
