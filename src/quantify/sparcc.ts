/**
 * Scores in the manner of SPARCC, computed from a mask: quadrants present or absent in a few consecutive semi-coronal
 * slices. They are like the published scores, not the same: a reader judges whether a lesion is definite, this counts where
 * a mask is. Sources: SSS, Maksymowych et al. 2015, doi 10.3899/jrheum.140519 (abstract: five consecutive slices through
 * the cartilaginous joint, present/absent, fat 0–40); inflammation, Maksymowych et al. 2005, doi 10.1002/art.21445;
 * quadrants, intense and deep points and the rule of heights as told at spa-imaging.org, "Grading sacroiliitis".
 */
import { meanOf, valuesAt, indicesOf } from "./intensity.js";
import { connectedComponents } from "../volume/components.js";
import type { MeasureName } from "./catalogue.js";
import { inPlane } from "./extent.js";
import { measurement, notDefined, type Measured, type Measurement, type Undefined } from "./measurement.js";
import type { Scene } from "./scene.js";
import { halves, sides, sijBones, type Half, type Side, type SijGeometry } from "./sij-geometry.js";
import { ofBone } from "./sij-location.js";

/** A score as data. Heights are of the joint within the slice. */
export interface SparccTemplate {
  readonly score: MeasureName;
  readonly slices: number;
  /** Below this height of the joint (mm) the side is not scored in the slice. */
  readonly scoredFromMm: number;
  /** From this height (mm) the joint has an upper and a lower half; below, all of it counts as upper. */
  readonly halvedFromMm: number;
  /** Points beside the quadrants, one a joint and slice. */
  readonly extras: readonly ("sparcc-intense" | "sparcc-deep")[];
  readonly deepMm: number;
  readonly maximum: number;
}

export const templates = {
  fat: {
    ...{ score: "sparcc-fat", slices: 5, scoredFromMm: 10, halvedFromMm: 30 },
    ...{ extras: [], deepMm: 10, maximum: 40 },
  },
  inflammation: {
    ...{ score: "sparcc-inflammation", slices: 6, scoredFromMm: 10, halvedFromMm: 30 },
    ...{ extras: ["sparcc-intense", "sparcc-deep"], deepMm: 10, maximum: 72 },
  },
} as const satisfies Record<string, SparccTemplate>;

/** What was found on one side of one slice. */
interface Cell {
  readonly slice: number;
  readonly side: Side;
  /** Quadrants that hold the lesion, e.g. `upper iliac`. */
  readonly quadrants: readonly string[];
  readonly intense: boolean | Undefined;
  readonly deep: boolean;
}

/**
 * The score with its parts, for every slice and side as well. Needs semi-coronal slices and a joint that is high enough in
 * at least one of them. Fewer slices than the score asks for are scored and told. Without a fluid reference the intense
 * points, and so the total of the inflammation score, are not defined; the other parts are.
 */
export function sparccScore(
  label: { readonly name: string; readonly value: number },
  scene: Scene,
  geometry: SijGeometry,
  template: SparccTemplate,
): Measurement[] {
  const all = { label: label.name, level: "patient", of: "all" } as const;
  const slices = chosenSlices(scene, geometry, template);
  if (!Array.isArray(slices)) return [measurement(template.score, all, slices)];
  const cells = slices.flatMap((slice) =>
    sides.map((side) => cellOf(label.value, scene, geometry, template, slice, side)),
  );
  const total = totals(cells, template);
  return [
    measurement(template.score, all, total.whole),
    ...partNames(template).map((part) => measurement(part, all, total[part])),
    measurement("scored-slices", all, slicesText(slices, template)),
    ...cells.flatMap((cell) => cellRows(label.name, cell, template)),
  ];
}

type Part = "sparcc-quadrants" | "sparcc-intense" | "sparcc-deep";
const partNames = ({ extras }: SparccTemplate): Part[] => ["sparcc-quadrants", ...extras];

function slicesText(slices: readonly number[], { slices: wanted }: SparccTemplate): string {
  const numbers = slices.map((slice) => slice + 1).join(" ");
  return slices.length === wanted ? numbers : `${numbers} (${slices.length} instead of ${wanted})`;
}

/**
 * The caller's slices, or the consecutive ones with the largest joint surface in sum, among those where a joint is high
 * enough to be scored; the first of equals.
 */
export function chosenSlices(
  { mask, options }: Scene,
  { frame, spanOf }: SijGeometry,
  template: SparccTemplate,
): number[] | Undefined {
  if (frame.plane !== "coronal")
    return notDefined(`the score is defined on semi-coronal slices; these are ${frame.plane}`);
  const depth = mask.size[2];
  if (options.slices) {
    const inside = options.slices.filter((slice) => slice >= 0 && slice < depth);
    return inside.length > 0 ? inside : notDefined("none of the slices asked for is in the image");
  }
  const sizeOf = (slice: number) =>
    sides.reduce((sum, side) => {
      const span = spanOf(side, slice);
      return sum + (span && span.height >= template.scoredFromMm ? span.voxels : 0);
    }, 0);
  const sizes = Array.from({ length: depth }, (_, slice) => sizeOf(slice));
  if (sizes.every((size) => size === 0))
    return notDefined(`no slice shows a joint of ${template.scoredFromMm} mm or more`);
  const length = Math.min(template.slices, depth);
  const sumFrom = (start: number) => sizes.slice(start, start + length).reduce((sum, size) => sum + size, 0);
  let best = 0;
  for (let start = 1; start + length <= depth; start++) if (sumFrom(start) > sumFrom(best)) best = start;
  return Array.from({ length }, (_, n) => best + n).filter((slice) => sizes[slice] > 0);
}

function cellOf(
  label: number,
  scene: Scene,
  geometry: SijGeometry,
  template: SparccTemplate,
  slice: number,
  side: Side,
): Cell {
  const span = geometry.spanOf(side, slice);
  const scored = span !== undefined && span.height >= template.scoredFromMm;
  const voxels = scored ? lesionVoxels(label, scene, geometry, slice, side) : [];
  const halfOf = (voxel: number): Half =>
    (span?.height ?? 0) >= template.halvedFromMm ? geometry.halfOf(voxel) : "upper";
  const quadrants = halves.flatMap((half) =>
    sijBones.flatMap((bone) => {
      const inside = voxels.filter((voxel) => geometry.boneOf(voxel) === bone && halfOf(voxel) === half);
      return isPresent(inside.length, scene) ? [`${half} ${ofBone[bone]}`] : [];
    }),
  );
  const intense = isIntense(voxels, scene);
  return { slice, side, quadrants, intense, deep: isDeep(voxels, scene, geometry, template, slice) };
}

/** Voxels of the label in one slice that lie in a bone of one side. */
function lesionVoxels(
  label: number,
  { mask }: Scene,
  geometry: SijGeometry,
  slice: number,
  side: Side,
): number[] {
  const area = mask.size[0] * mask.size[1];
  const found: number[] = [];
  for (let n = slice * area; n < (slice + 1) * area; n++)
    if (mask.data[n] === label && geometry.sideOf(n) === side && geometry.boneOf(n)) found.push(n);
  return found;
}

function isPresent(pixels: number, { mask, options }: Scene): boolean {
  return pixels > 0 && pixels * inPlane(mask.affine).pixelArea >= options.presentAreaMm2;
}

/** As bright as fluid: the brightest lesion voxel of the slice reaches the threshold or the mean of the fluid mask. */
function isIntense(voxels: readonly number[], scene: Scene): boolean | Undefined {
  if (voxels.length === 0) return false;
  const from = intenseFrom(scene);
  if (typeof from === "object") return from;
  return scene.image !== undefined && valuesAt(scene.image, voxels).some((value) => value >= from);
}

function intenseFrom({ image, fluid, options }: Scene): number | Undefined {
  if (!image) return notDefined("needs an image");
  if (options.intenseFrom !== undefined) return options.intenseFrom;
  if (!fluid) return notDefined("needs a mask of vessels or CSF, or an intensity to compare with");
  const mean = meanOf(valuesAt(image, indicesOf(fluid)));
  return Number.isFinite(mean) ? mean : notDefined("the fluid mask is empty");
}

/** A part of the lesion within the slice that reaches from subchondral bone to `deepMm` or more without a gap. */
function isDeep(
  voxels: readonly number[],
  { mask, options }: Scene,
  geometry: SijGeometry,
  { deepMm }: SparccTemplate,
  slice: number,
): boolean {
  if (voxels.length === 0) return false;
  const [ni, nj] = mask.size;
  const data = new Uint8Array(ni * nj);
  for (const voxel of voxels) data[voxel - slice * ni * nj] = 1;
  const { labels, count } = connectedComponents({ ...mask, data, size: [ni, nj, 1] });
  const [near, far] = [new Float64Array(count + 1).fill(Infinity), new Float64Array(count + 1)];
  for (const voxel of voxels) {
    const component = labels[voxel - slice * ni * nj];
    const depth = geometry.depthInSlice(voxel);
    near[component] = Math.min(near[component], depth);
    far[component] = Math.max(far[component], depth);
  }
  return near.some((depth, n) => n > 0 && depth <= options.subchondralMm && far[n] >= deepMm);
}

/** Sums of the parts and the whole; what one slice lacks the sum lacks. */
function totals(
  cells: readonly Cell[],
  { extras }: SparccTemplate,
): { whole: Measured } & Record<Part, Measured> {
  const quadrants = cells.reduce((sum, cell) => sum + cell.quadrants.length, 0);
  const unknown = cells.map(({ intense }) => intense).find((intense) => typeof intense === "object");
  const parts: Record<Part, Measured> = {
    "sparcc-quadrants": quadrants,
    "sparcc-intense": unknown ?? cells.filter(({ intense }) => intense === true).length,
    "sparcc-deep": cells.filter(({ deep }) => deep).length,
  };
  if (extras.length > 0 && unknown)
    return { ...parts, whole: notDefined(`the intense points are missing: ${unknown.undefined}`) };
  const whole = extras.reduce((sum, extra) => sum + Number(parts[extra]), quadrants);
  return { ...parts, whole };
}

function cellRows(label: string, cell: Cell, { extras }: SparccTemplate): Measurement[] {
  const subject = { label, level: "slice", of: `slice ${cell.slice + 1} ${cell.side}` } as const;
  const points = (met: boolean | Undefined): Measured => (typeof met === "object" ? met : Number(met));
  const rows = [
    measurement("sparcc-quadrants", subject, cell.quadrants.length),
    measurement("quadrant", subject, cell.quadrants.join(", ") || "none"),
  ];
  if (extras.length === 0) return rows;
  return [
    ...rows,
    measurement("sparcc-intense", subject, points(cell.intense)),
    measurement("sparcc-deep", subject, points(cell.deep)),
  ];
}
