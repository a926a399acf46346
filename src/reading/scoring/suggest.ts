/**
 * Points that a mask suggests, in the very regions that the reader drew. What a mask cannot tell is left for the reader:
 * erosion, backfill, ankylosis, brightness against vessels, and labels that the mask does not have.
 */
import { inPlaneDistances } from "../../quantify/joint-surface.js";
import { defaultOptions } from "../../quantify/options.js";
import { lesionLabels, valueOf, type NamedValue } from "../../quantify/scene.js";
import { templates as sparcc } from "../../quantify/sparcc.js";
import { connectedComponents } from "../../volume/components.js";
import { sliceAxisOf } from "../../statistics/slice-dice.js";
import { orientationOf, reorient, transformPoint } from "../../volume/geometry.js";
import { spacingOf, type Mask, type Vec3 } from "../../volume/volume.js";
import type {
  ScoredCell,
  ScoredFrame,
  ScoreSheet,
  ScoringItem,
  ScoringTemplate,
  Suggestion,
} from "../contract/index.js";
import { isWithin, regionsOf, type Anchor } from "./regions.js";
import { flatten, sliceFrame, type FlatPoint, type SliceFrame } from "./slice-frame.js";
import { groupOf } from "./slices.js";

/** Voxels of one label in one slice, with the patient's directions. */
interface Lesion {
  readonly indices: readonly number[];
  readonly places: readonly FlatPoint[];
}

/** One side of one slice, and what of the mask lies there. */
interface Spot {
  readonly anchor: Anchor;
  readonly item: ScoringItem;
  readonly regions: ScoringItem["regions"][string];
  readonly lesion: Lesion;
  readonly mask: Mask;
}

/** Points of each region, 0 for none. */
type Judge = (spot: Spot) => number[];

const judges: Readonly<Record<NonNullable<ScoringItem["told"]>["by"], Judge>> = { present, deep, thickness };

/** Suggested cells for every side and slice whose regions are drawn. The mask lies on the grid of the sheet's image. */
export function suggestScore(
  template: ScoringTemplate,
  { slices, frames, unscorable }: ScoreSheet,
  given: Mask,
  labels: readonly NamedValue[],
): Suggestion {
  const mask = slicesLast(given);
  const frame = sliceFrame(mask);
  const told = template.items.flatMap((item) => {
    const value = item.told && valueOf(lesionLabels(labels), ...item.told.labels);
    return item.told === null || value === null || value === undefined
      ? []
      : [{ item, value, by: item.told.by }];
  });
  const drawn = frames.filter(
    (one) => !unscorable.some((other) => other.slice === one.slice && other.side === one.side),
  );
  const cells = told.flatMap(({ item, value, by }) => {
    const bySlice = lesionsOf(mask, value, frame);
    return drawn.flatMap((one) => {
      const regions = item.regions[groupOf(slices, one.slice) ?? ""];
      const lesion = bySlice.get(one.slice);
      if (!regions || !lesion) return [];
      const spot = { anchor: anchorOf(one, frame), item, regions, lesion, mask };
      return cellsOf(judges[by](spot), item, one);
    });
  });
  return {
    cells,
    left: template.items.filter((item) => !told.some((one) => one.item === item)).map(({ name }) => name),
  };
}

/** The same mask with slices along k, in their order: in-plane distances are taken so. */
function slicesLast(mask: Mask): Mask {
  const axis = sliceAxisOf(mask);
  if (axis === 2) return mask;
  const letters = [...orientationOf(mask.affine)];
  return reorient(mask, [...letters.filter((_, n) => n !== axis), letters[axis]].join(""));
}

const anchorOf = ({ side, from, to }: ScoredFrame, frame: SliceFrame): Anchor => ({
  side,
  from: flatten(frame, from),
  to: flatten(frame, to),
});

const cellsOf = (
  points: readonly number[],
  { name }: ScoringItem,
  { slice, side }: ScoredFrame,
): ScoredCell[] =>
  points.flatMap((count, region) => (count > 0 ? [{ item: name, slice, side, region, points: count }] : []));

function lesionsOf({ data, size, affine }: Mask, value: number, frame: SliceFrame): Map<number, Lesion> {
  const found = new Map<number, { indices: number[]; places: FlatPoint[] }>();
  for (let n = 0; n < data.length; n++) {
    if (data[n] !== value) continue;
    const index: Vec3 = [n % size[0], Math.floor(n / size[0]) % size[1], Math.floor(n / (size[0] * size[1]))];
    const slice = index[frame.axis];
    const lesion = found.get(slice) ?? { indices: [], places: [] };
    lesion.indices.push(n);
    lesion.places.push(flatten(frame, transformPoint(affine, index)));
    found.set(slice, lesion);
  }
  return found;
}

function present({ anchor, regions: { kind, count }, lesion }: Spot): number[] {
  return regionsOf(kind, count, anchor).map((polygon) =>
    Number(polygon !== undefined && lesion.places.some((place) => isWithin(polygon, place))),
  );
}

/** Grades by the largest thickness: twice the largest distance to the lesion's border within the slice, less one pixel. */
function thickness({ anchor, item, regions: { kind, count, most }, lesion, mask }: Spot): number[] {
  const gradesMm = item.told?.gradesMm ?? [];
  const [across, down] = spacingOf(mask.affine);
  const sites = new Uint8Array(mask.data.length).fill(1);
  for (const index of lesion.indices) sites[index] = 0;
  const toBorder = inPlaneDistances(sites, mask);
  return regionsOf(kind, count, anchor).map((polygon) => {
    const inside = lesion.indices.filter((_, n) => polygon && isWithin(polygon, lesion.places[n]));
    const widest = Math.max(
      0,
      ...inside.map((index) => 2 * Math.sqrt(toBorder[index]) - Math.min(across, down)),
    );
    return Math.min(most, gradesMm.filter((limit) => widest >= limit).length);
  });
}

/** A part of the lesion that reaches from subchondral bone to `deepMm` or more from the joint's line without a gap. */
function deep({ anchor, regions: { kind, count }, lesion, mask }: Spot): number[] {
  const { deepMm } = sparcc.inflammation;
  const data = new Uint8Array(mask.data.length);
  for (const index of lesion.indices) data[index] = 1;
  const { labels } = connectedComponents({ ...mask, data });
  const distances = lesion.places.map((place) => distanceTo(anchor, place));
  return regionsOf(kind, count, anchor).map((polygon) => {
    const own = lesion.indices.flatMap((index, n) =>
      polygon && isWithin(polygon, lesion.places[n]) ? [{ component: labels[index], mm: distances[n] }] : [],
    );
    const near = new Set(
      own.filter(({ mm }) => mm <= defaultOptions.subchondralMm).map(({ component }) => component),
    );
    return Number(own.some(({ component, mm }) => mm >= deepMm && near.has(component)));
  });
}

/** Distance (mm) from a point to the joint's line between its two ends. */
function distanceTo({ from, to }: Anchor, [x, y]: FlatPoint): number {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const along = ((x - from[0]) * dx + (y - from[1]) * dy) / (dx * dx + dy * dy || 1);
  const share = Math.min(1, Math.max(0, along));
  return Math.hypot(x - from[0] - share * dx, y - from[1] - share * dy);
}
