/** Example panels: the chosen network's best, median and worst case: image, reference, prediction, Dice. */
import { readMask, readNifti } from "../../../volume/nifti.js";
import { largestSlice, slicePicture, type SliceMasks } from "../../picture.js";
import { figureBlock, missingBlock, type Block } from "../blocks.js";
import { panelFigure, sized, type PanelRow } from "../panel-figure.js";
import type { ScoredCase } from "../runs.js";
import { measureOf, shownLabels } from "../scores.js";
import { sets } from "../sets.js";
import type { StudyData } from "../study-data.js";

export async function examples(data: StudyData): Promise<Block[]> {
  const { chosen, folder } = data;
  const picks = examplesOf(data);
  if (chosen === undefined || picks.length === 0)
    return [
      missingBlock("Example panels: no network has predictions with a Dice.", `marrow train ${folder}`),
    ];
  const rows: PanelRow[] = [];
  for (const pick of picks) rows.push(await panelRow(data, pick));
  const label = shownLabels(chosen).at(-1) ?? "";
  const caption =
    `${chosen.name}, ${sets[chosen.set].title}: the cases with the highest, median and lowest Dice (${label}) of n = ${scored(data).length}. ` +
    "The slice with the largest reference; reference blue, prediction orange. The patient's right is on the left.";
  return [figureBlock(panelFigure({ name: "examples", title: "Example segmentations", caption }, rows))];
}

interface Pick {
  readonly what: string;
  readonly one: ScoredCase;
  readonly dice: number;
}

/** Cases with a Dice, best first. */
function scored({ chosen }: StudyData): { one: ScoredCase; dice: number }[] {
  if (chosen === undefined) return [];
  const label = shownLabels(chosen).at(-1) ?? "";
  return chosen.cases
    .map((one) => ({ one, dice: measureOf(one, chosen.labels, label, "dice") }))
    .filter(({ dice, one }) => Number.isFinite(dice) && chosen.predictions.has(one.id))
    .sort((a, b) => b.dice - a.dice || a.one.id.localeCompare(b.one.id, "en", { numeric: true }));
}

/** One case each; with one or two cases there is no median or worst. */
function examplesOf(data: StudyData): Pick[] {
  const ranked = scored(data);
  const places = { best: 0, median: Math.floor((ranked.length - 1) / 2), worst: ranked.length - 1 };
  const picks = Object.entries(places).flatMap(([what, n]) => (ranked[n] ? [{ what, n, ...ranked[n] }] : []));
  return picks.filter(({ n }, k) => picks.findIndex((pick) => pick.n === n) === k);
}

async function panelRow({ study, chosen }: StudyData, { what, one, dice }: Pick): Promise<PanelRow> {
  const { images = [], mask = "" } = study.cases.find(({ id }) => id === one.id) ?? {};
  const image = await readNifti(images[0]);
  const truth = await readMask(mask);
  const prediction = await readMask(chosen?.predictions.get(one.id) ?? "");
  const slice = largestSlice(image, { truth, prediction });
  const options = { pixels: 680, zoomTo: { truth, prediction }, marginMm: 25 };
  const picture = (caption: string, masks: SliceMasks) =>
    sized({ caption, png: slicePicture(image, masks, slice, options) });
  return {
    title: `${what[0].toUpperCase()}${what.slice(1)}: ${one.id}, Dice ${dice.toFixed(3)}`,
    pictures: [
      picture(`Image, slice ${slice + 1}`, {}),
      picture("Reference", { truth }),
      picture("Prediction", { prediction }),
    ],
  };
}
