/** Grad-CAM panels: where the classifier looked, in the surest right and wrong cases. */
import { readMask, readNifti } from "../../../volume/nifti.js";
import { slicePicture } from "../../picture.js";
import { figureBlock, missingBlock, type Block } from "../blocks.js";
import type { Classification, ClassifiedCase } from "../classification.js";
import { heatPicture, hottestSlices, onGridOf } from "../../heat-picture.js";
import { panelFigure, sized, type PanelRow } from "../panel-figure.js";
import type { StudyData } from "../study-data.js";

export async function heatMaps(data: StudyData): Promise<Block[]> {
  const found = data.classifications.find(({ cases }) => cases.some(({ heatmap }) => heatmap !== undefined));
  if (found === undefined)
    return [
      missingBlock(
        "Grad-CAM panels: no classification names heat maps.",
        `marrow classify ${data.folder} --heatmaps`,
      ),
    ];
  const rows: PanelRow[] = [];
  for (const [what, one] of picked(found)) rows.push(await panelRow(data, what, one));
  if (rows.length === 0) return [];
  const n = found.cases.filter(({ heatmap }) => heatmap !== undefined).length;
  const caption =
    `Heat maps of ${found.name} (n = ${n} with a map): the surest case of each kind. Each map is scaled to its own maximum; ` +
    "reference blue. A heat map shows where the classifier looked, not why, and is no proof of a lesion.";
  const text = { name: "heat-maps", title: "Where the classifier looked", caption };
  return [figureBlock(panelFigure(text, rows))];
}

/** The surest true and false positive and negative with a heat map. */
function picked({ cases, threshold, positive, negative }: Classification): [string, ClassifiedCase][] {
  const surest = (truth: 0 | 1, isCalled: boolean) =>
    cases
      .filter(
        (one) =>
          one.heatmap !== undefined && one.truth === truth && one.probability >= threshold === isCalled,
      )
      .sort((a, b) => (isCalled ? b.probability - a.probability : a.probability - b.probability))[0];
  const kinds: [string, ClassifiedCase | undefined][] = [
    [`${positive}, recognised`, surest(1, true)],
    [`${negative}, recognised`, surest(0, false)],
    [`${positive}, missed`, surest(1, false)],
    [`${negative}, called ${positive}`, surest(0, true)],
  ];
  return kinds.flatMap(([what, one]) => (one === undefined ? [] : [[what, one] as [string, ClassifiedCase]]));
}

async function panelRow({ study }: StudyData, what: string, one: ClassifiedCase): Promise<PanelRow> {
  const { images = [], mask } = study.cases.find(({ id }) => id === one.id) ?? {};
  const image = await readNifti(images[0] ?? "");
  const heat = onGridOf(image, await readNifti(one.heatmap ?? ""));
  const truth = mask === undefined ? undefined : await readMask(mask);
  const [slice] = hottestSlices(heat, 1);
  return {
    title: `${what}: ${one.id}, probability ${one.probability.toFixed(2)}`,
    pictures: [
      sized({
        caption: `Image, slice ${slice + 1}`,
        png: slicePicture(image, { truth }, slice, { pixels: 680 }),
      }),
      sized({ caption: "Heat map", png: heatPicture(image, heat, slice, { mask: truth }) }),
    ],
  };
}
