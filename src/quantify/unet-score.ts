/**
 * The UNet-score of paper 2: "five central slices as well as five slices from the anterior and five slices from the posterior
 * … UNet-scores were calculated based on the same MRI slices by summing up the gray value proportion of the segmented
 * lesion regions relative to the whole femoral head for each slice of every patient".
 */
import type { Volume, VoxelArray } from "../volume/volume.js";
import { inflammation, type Hip, type HipGeometry } from "./hip-geometry.js";
import { measurement, notDefined, type Measured, type Measurement, type Undefined } from "./measurement.js";
import type { Scene } from "./scene.js";
import {
  chooseSlices,
  describeSlices,
  himrissSlices,
  zones,
  type ChosenSlices,
  type SliceRule,
} from "./slice-rule.js";

/** Grey-value sums of one hip in one slice. */
export interface SliceSums {
  readonly slice: number;
  readonly lesions: number;
  readonly head: number;
}

export interface HipScore {
  readonly slices: ChosenSlices;
  readonly bySlice: readonly SliceSums[];
  /** Sum over the slices of lesions / head. */
  readonly score: number;
}

/**
 * Score of one hip: `sums` for every slice that shows the head, from the front to the back. Lesions are all inflammation of
 * the hip: oedema of head and acetabulum, effusion and synovitis. Slices whose head has no grey value above 0 do not show
 * the hip. Fewer slices than the rule's minimum: not defined, with the reason.
 *
 * @example scoreHip(fiveSlices, himrissSlices) // { score: 0.5 + 0.25 + …, slices: { central: [0, 1, 2, 3, 4], … } }
 */
export function scoreHip(sums: readonly SliceSums[], rule: SliceRule): HipScore | Undefined {
  const shown = sums.filter(({ head }) => head > 0);
  const slices = chooseSlices(shown.map(({ slice }) => slice), rule); // prettier-ignore
  if ("undefined" in slices) return slices;
  const chosen = new Set(zones.flatMap((zone) => slices[zone]));
  const bySlice = shown.filter(({ slice }) => chosen.has(slice));
  const score = bySlice.reduce((sum, { lesions, head }) => sum + lesions / head, 0);
  return { slices, bySlice, score };
}

/**
 * UNet-score of the patient, of each hip and of each slice. A hip with too few slices is excluded and says so; the patient's
 * score is the sum of the hips that are left, and not defined without one. Needs the image and coronal slices.
 */
export function unetScore(scene: Scene, geometry: HipGeometry, rule = himrissSlices): Measurement[] {
  const { image } = scene;
  const patient = { label: "inflammation", level: "patient", of: "all" } as const;
  const refuse = (reason: string) => [measurement("unet-score", patient, notDefined(reason))];
  if (!image) return refuse("needs an image");
  const { plane } = geometry.frame;
  if (plane !== "coronal") return refuse(`the slice rule is for coronal slices; these are ${plane}`);
  const scores = geometry.hips.map((hip) => ({
    hip,
    result: scoreHip(sumsOf(hip, scene, image, geometry), rule),
  }));
  const scored = scores.flatMap(({ result }) => ("undefined" in result ? [] : [result]));
  const excluded = scores.flatMap(({ hip, result }) =>
    "undefined" in result ? [`${hip.side}: ${result.undefined}`] : [],
  );
  const total: Measured =
    scored.length === 0 ? notDefined(excluded.join("; ")) : scored.reduce((sum, { score }) => sum + score, 0);
  const count = scored.reduce((sum, { bySlice }) => sum + bySlice.length, 0);
  return [
    measurement("unet-score", patient, total),
    measurement("unet-score-mean", patient, typeof total === "number" ? total / count : total),
    measurement("unet-slices", patient, count),
    ...scores.flatMap(({ hip, result }) => hipRows(hip, result, rule)),
  ];
}

function hipRows({ side }: Hip, result: HipScore | Undefined, rule: SliceRule): Measurement[] {
  const subject = { label: "inflammation", level: "joint", of: side } as const;
  if ("undefined" in result) return [measurement("unet-score", subject, result)];
  const { score, bySlice, slices } = result;
  return [
    measurement("unet-score", subject, score),
    measurement("unet-score-mean", subject, score / bySlice.length),
    measurement("unet-slices", subject, bySlice.length),
    measurement("scored-slices", subject, describeSlices(slices, rule)),
    ...bySlice.map(({ slice, lesions, head }) =>
      measurement(
        "unet-score",
        { label: "inflammation", level: "slice", of: `slice ${slice + 1} ${side}` },
        lesions / head,
      ),
    ),
  ];
}

/** Sums of one hip in every slice, from the front to the back. Voxels that are not finite count as 0. */
export function sumsOf(
  { side, head }: Hip,
  { mask, labels }: Scene,
  image: Volume<VoxelArray>,
  { sideOf, frame }: HipGeometry,
): SliceSums[] {
  const area = mask.size[0] * mask.size[1];
  const [lesions, heads] = [new Float64Array(mask.size[2]), new Float64Array(mask.size[2])];
  const grey = (voxel: number) => (Number.isFinite(image.data[voxel]) ? image.data[voxel] : 0);
  for (const voxel of head) heads[Math.floor(voxel / area)] += grey(voxel);
  const inflamed = inflammation(labels);
  for (let n = 0; n < mask.data.length; n++)
    if (inflamed[mask.data[n]] === 1 && sideOf(n) === side) lesions[Math.floor(n / area)] += grey(n);
  const sums = Array.from(heads, (sum, slice) => ({ slice, lesions: lesions[slice], head: sum }));
  return growsToFront(frame.front, mask.affine) ? sums.reverse() : sums;
}

/** True where higher slice numbers lie further in front. */
export function growsToFront(front: readonly number[], affine: readonly number[]): boolean {
  return front[0] * affine[2] + front[1] * affine[6] + front[2] * affine[10] > 0;
}
