/** Agreement of volumes: model, readers and reference; ICC, Bland–Altman and smallest detectable change. */
import { blandAltman } from "../../../statistics/agreement/bland-altman.js";
import { detectableChange } from "../../../statistics/agreement/detectable-change.js";
import { icc } from "../../../statistics/agreement/icc.js";
import { lesionLabels, voxelMillilitres } from "../volumes.js";
import type { Cell, Table } from "../../table.js";
import { figureBlock, missingBlock, tableBlock, type Block } from "../blocks.js";
import { blandAltmanChart, type Comparison } from "../charts/bland-altman-chart.js";
import type { Scores } from "../runs.js";
import { everyCase } from "../scores.js";
import type { StudyData } from "../study-data.js";

interface Source {
  readonly name: string;
  /** ml of each case. */
  readonly volumes: ReadonlyMap<string, number>;
}

/** At most so many comparisons have a plot; the table has all. */
const plots = 6;

export async function agreement(data: StudyData): Promise<Block[]> {
  const sources = await volumeSources(data);
  if (sources.length < 2)
    return [
      missingBlock(
        "Agreement of volumes (Bland–Altman): there are neither predictions nor readers' masks.",
        `marrow train ${data.folder}`,
      ),
    ];
  const pairs = pairsOf(sources);
  const comparisons = pairs.map(([first, second]) => comparison(first, second));
  const shown = comparisons.filter(({ result }) => result.points.length > 1).slice(0, plots);
  const n = Math.max(0, ...shown.map(({ result }) => result.points.length));
  const caption =
    `Bland–Altman plots of lesion volume (ml), up to n = ${n} cases each. Solid: mean difference; dashed: 95 % limits of ` +
    "agreement (mean ± 1.96 SD). Their t intervals are in the table.";
  const text = { name: "bland-altman", title: "Agreement of lesion volumes", caption };
  const figure = shown.length > 0 ? [figureBlock(await blandAltmanChart(text, shown, "ml"))] : [];
  return [tableBlock("agreement-of-volumes", agreementTable(pairs)), ...figure];
}

/** Reference, model and each reader; volumes are counts of lesion voxels times the voxel of the reference's grid. */
async function volumeSources({ study, runs, chosen, readerScores }: StudyData): Promise<Source[]> {
  const scored = [
    ...(chosen === undefined ? [] : [{ name: `model (${chosen.name})`, scores: everyCase(runs, chosen) }]),
    ...readerScores.map((scores) => ({ name: `${scores.reader} (${scores.arm})`, scores })),
  ];
  if (scored.length === 0) return [];
  const voxel = await voxelMillilitres(study);
  const volumes = (scores: Scores, of: "fp" | "fn") =>
    new Map(
      scores.cases.map((one) => {
        const lesions = lesionLabels(scores.labels).map((label) => one.counts[scores.labels.indexOf(label)]);
        const voxels = lesions.reduce((sum, counts) => sum + counts.tp + counts[of], 0);
        return [one.id, voxels * (voxel.get(one.id) ?? NaN)];
      }),
    );
  const reference = new Map(scored.flatMap(({ scores }) => [...volumes(scores, "fn")]));
  return [
    { name: "reference", volumes: reference },
    ...scored.map(({ name, scores }) => ({ name, volumes: volumes(scores, "fp") })),
  ];
}

type Pair = readonly [Source, Source];

/** Each source against the reference, then the sources other than the reference against each other. */
function pairsOf([reference, ...others]: readonly Source[]): Pair[] {
  const between = others.flatMap((one, n) => others.slice(n + 1).map((other): Pair => [one, other]));
  return [...others.map((one): Pair => [one, reference]), ...between];
}

function paired([first, second]: Pair): [number[], number[]] {
  const shared = [...first.volumes.keys()].filter((id) => second.volumes.has(id));
  const of = ({ volumes }: Source) => shared.map((id) => volumes.get(id) ?? NaN);
  return [of(first), of(second)];
}

function comparison(first: Source, second: Source): Comparison {
  const [a, b] = paired([first, second]);
  return { name: `${first.name} − ${second.name}`, result: blandAltman(a, b) };
}

function agreementTable(pairs: readonly Pair[]): Table {
  const rows = pairs.map((pair): Cell[] => {
    const [a, b] = paired(pair);
    const { bias, lower, upper } = blandAltman(a, b);
    const coefficient = icc([a, b], "ICC(2,1)");
    const { smallestDetectableChange } = detectableChange([a, b]);
    return [
      ...[`${pair[0].name} − ${pair[1].name}`, bias.n, bias, lower, upper],
      ...[coefficient.effect ?? NaN, smallestDetectableChange],
    ];
  });
  const titles = ["Volumes (ml)", "n", "Mean difference", "Lower limit", "Upper limit"];
  return {
    title: "Agreement of lesion volumes",
    columns: [...titles, "ICC(2,1)", "Smallest detectable change"].map((title) =>
      title === "n" ? { title, digits: 0 } : { title },
    ),
    rows,
    notes: [
      "n: cases. 95 % intervals in brackets: of mean difference and limits of agreement by t, of ICC(2,1) (two-way random, absolute agreement, single) by F, of the smallest detectable change (1.96 √2 SEM) by chi-square.",
    ],
  };
}
