/** Agreement of volumes: model, readers and reference; ICC, Bland–Altman and smallest detectable change. */
import { figureBlock, missingBlock, tableBlock, type Block } from "../blocks.js";
import { blandAltmanChart } from "../charts/bland-altman-chart.js";
import type { Scores } from "../runs.js";
import { everyCase } from "../scores.js";
import type { StudyData } from "../study-data.js";
import { comparison, volumeTable, type Pair, type Source } from "../volume-agreement.js";
import { lesionVolumes, voxelMillilitres } from "../volumes.js";

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
  const comparisons = pairs.map(comparison);
  const shown = comparisons.filter(({ result }) => result.points.length > 1).slice(0, plots);
  const n = Math.max(0, ...shown.map(({ result }) => result.points.length));
  const caption =
    `Bland–Altman plots of lesion volume (ml), up to n = ${n} cases each. Solid: mean difference; dashed: 95 % limits of ` +
    "agreement (mean ± 1.96 SD). Their t intervals are in the table.";
  const text = { name: "bland-altman", title: "Agreement of lesion volumes", caption };
  const figure = shown.length > 0 ? [figureBlock(await blandAltmanChart(text, shown, "ml"))] : [];
  return [tableBlock("agreement-of-volumes", volumeTable(pairs)), ...figure];
}

/** Reference, model and each reader; volumes are counts of lesion voxels times the voxel of the reference's grid. */
async function volumeSources({ study, runs, chosen, readerScores }: StudyData): Promise<Source[]> {
  const scored = [
    ...(chosen === undefined ? [] : [{ name: `model (${chosen.name})`, scores: everyCase(runs, chosen) }]),
    ...readerScores.map((scores) => ({ name: `${scores.reader} (${scores.arm})`, scores })),
  ];
  if (scored.length === 0) return [];
  const voxel = await voxelMillilitres(study);
  const volumes = (scores: Scores, of: "fp" | "fn") => lesionVolumes(scores, of, voxel);
  const reference = new Map(scored.flatMap(({ scores }) => [...volumes(scores, "fn")]));
  return [
    { name: "reference", volumes: reference },
    ...scored.map(({ name, scores }) => ({ name, volumes: volumes(scores, "fp") })),
  ];
}

/** Each source against the reference, then the sources other than the reference against each other. */
function pairsOf([reference, ...others]: readonly Source[]): Pair[] {
  const between = others.flatMap((one, n) => others.slice(n + 1).map((other): Pair => [one, other]));
  return [...others.map((one): Pair => [one, reference]), ...between];
}
