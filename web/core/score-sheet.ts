/** Changes of a score sheet. Sheets are never changed in place: each function answers a new one. */
import type {
  ScoredCell,
  ScoredFrame,
  ScoredSide,
  ScoreSheet,
  ScoringTemplate,
} from "../../src/reading/contract/index.js";
import { scoredSides } from "../../src/reading/contract/index.js";
import {
  flatten,
  unflatten,
  type FlatPoint,
  type SliceFrame,
} from "../../src/reading/scoring/slice-frame.js";
import { allSlices, slicesAround } from "../../src/reading/scoring/slices.js";
import { transformPoint } from "../../src/volume/geometry.js";
import type { Vec3 } from "../../src/volume/volume.js";

export interface Place {
  readonly slice: number;
  readonly side: ScoredSide;
}

export const emptySheet = (channel: string): ScoreSheet => ({
  ...{ channel, slices: {}, frames: [], unscorable: [], cells: [] },
});

const same = (a: Place, b: Place) => a.slice === b.slice && a.side === b.side;

/** Scores the slices around this one; what was said of slices that are scored no more is dropped. */
export function aroundSlice(
  sheet: ScoreSheet,
  template: ScoringTemplate,
  frame: SliceFrame,
  slice: number,
): ScoreSheet {
  const slices = slicesAround(template, slice, frame.grid.size[frame.axis], frame.growsToFront);
  const kept = new Set(allSlices(slices));
  const inside = <T extends Place>(rows: readonly T[]) => rows.filter((row) => kept.has(row.slice));
  const { frames, unscorable, cells } = sheet;
  return { ...sheet, slices, frames: inside(frames), unscorable: inside(unscorable), cells: inside(cells) };
}

export function pointsOf({ cells }: ScoreSheet, at: Omit<ScoredCell, "points">): number {
  return cells.find((cell) => isCell(cell, at))?.points ?? 0;
}

const isCell = (a: Omit<ScoredCell, "points">, b: Omit<ScoredCell, "points">) =>
  same(a, b) && a.item === b.item && a.region === b.region;

export function withPoints(sheet: ScoreSheet, at: Omit<ScoredCell, "points">, points: number): ScoreSheet {
  const others = sheet.cells.filter((cell) => !isCell(cell, at));
  const { item, slice, side, region } = at;
  return { ...sheet, cells: points > 0 ? [...others, { item, slice, side, region, points }] : others };
}

export const isUnscorable = ({ unscorable }: ScoreSheet, place: Place) =>
  unscorable.some((one) => same(one, place));

/** Says that a side of a slice cannot be scored (its points go), or that it can. */
export function withScorable(sheet: ScoreSheet, { slice, side }: Place, isScorable: boolean): ScoreSheet {
  const place = { slice, side };
  const unscorable = sheet.unscorable.filter((one) => !same(one, place));
  if (isScorable) return { ...sheet, unscorable };
  return {
    ...sheet,
    unscorable: [...unscorable, place],
    cells: sheet.cells.filter((cell) => !same(cell, place)),
  };
}

export const frameAt = ({ frames }: ScoreSheet, place: Place) => frames.find((one) => same(one, place));

export const withFrame = (sheet: ScoreSheet, drawn: ScoredFrame): ScoreSheet => ({
  ...sheet,
  frames: [...sheet.frames.filter((one) => !same(one, drawn)), drawn],
});

/** Regions of both sides on a slice: as on the nearest slice that has them, else where such anatomy usually is. */
export function withPlacedFrames(
  sheet: ScoreSheet,
  template: ScoringTemplate,
  frame: SliceFrame,
  slice: number,
): ScoreSheet {
  return scoredSides.reduce((changed, side) => {
    if (frameAt(changed, { slice, side })) return changed;
    const near = [...changed.frames]
      .filter((one) => one.side === side)
      .sort((a, b) => Math.abs(a.slice - slice) - Math.abs(b.slice - slice))[0];
    const [from, to] = near
      ? [flatten(frame, near.from), flatten(frame, near.to)]
      : usualPlace(template.layout, frame, side);
    return withFrame(changed, frameOf({ slice, side }, from, to, frame));
  }, sheet);
}

export function frameOf(
  { slice, side }: Place,
  from: FlatPoint,
  to: FlatPoint,
  frame: SliceFrame,
): ScoredFrame {
  const at = (point: FlatPoint): [number, number, number] => [...unflatten(frame, point, slice)];
  return { slice, side, from: at(from), to: at(to) };
}

/** Shares of the image's width and height from its middle: where a first proposal is put. */
const usual = {
  "joint-line": { left: 0.2, from: [0.03, 0.14], to: [-0.03, -0.14] },
  "head-box": { left: 0.25, from: [-0.09, 0.1], to: [0.09, -0.1] },
} as const;

function usualPlace(
  layout: ScoringTemplate["layout"],
  frame: SliceFrame,
  side: ScoredSide,
): [FlatPoint, FlatPoint] {
  const { size, affine } = frame.grid;
  const centre: Vec3 = [(size[0] - 1) / 2, (size[1] - 1) / 2, (size[2] - 1) / 2];
  const [x, y] = flatten(frame, transformPoint(affine, centre));
  const [width, height] = extent(frame);
  const { left, from, to } = usual[layout];
  const outwards = side === "left" ? 1 : -1;
  const at = ([dx, dy]: readonly [number, number]): FlatPoint => [
    x + outwards * (left + dx) * width,
    y + dy * height,
  ];
  return [at(from), at(to)];
}

/** Width and height of a slice, mm. */
function extent(frame: SliceFrame): [number, number] {
  const { size, affine } = frame.grid;
  const corners = [0, 1].flatMap((i) =>
    [0, 1].flatMap((j) =>
      [0, 1].map((k) =>
        flatten(frame, transformPoint(affine, [i * (size[0] - 1), j * (size[1] - 1), k * (size[2] - 1)])),
      ),
    ),
  );
  const span = (n: 0 | 1) =>
    Math.max(...corners.map((corner) => corner[n])) - Math.min(...corners.map((corner) => corner[n]));
  return [span(0), span(1)];
}

/** The same regions on every scored slice that has none yet. */
export const withFramesEverywhere = (
  sheet: ScoreSheet,
  template: ScoringTemplate,
  frame: SliceFrame,
): ScoreSheet =>
  allSlices(sheet.slices).reduce(
    (changed, slice) => withPlacedFrames(changed, template, frame, slice),
    sheet,
  );

/** Takes over what a mask suggests: points of the items that it can tell are replaced, others stay. */
export function withSuggestion(
  sheet: ScoreSheet,
  { items }: ScoringTemplate,
  suggestion: { readonly cells: readonly ScoredCell[]; readonly left: readonly string[] },
): ScoreSheet {
  const told = items.map(({ name }) => name).filter((name) => !suggestion.left.includes(name));
  return {
    ...sheet,
    cells: [...sheet.cells.filter(({ item }) => !told.includes(item)), ...suggestion.cells],
  };
}
