/** Does a sheet fit its template and its image? */
import { MarrowError } from "../../base/errors.js";
import type { ScoreSheet, ScoringTemplate } from "../contract/index.js";
import { allSlices, groupOf } from "./slices.js";

interface Checked {
  readonly template: ScoringTemplate;
  readonly sheet: ScoreSheet;
  /** Slices of the image. */
  readonly depth: number;
}

/** A rule and what is wrong with a sheet that breaks it; undefined where nothing is. */
type Rule = (checked: Checked) => string | undefined;

/** What every sheet must be. */
const rules: readonly Rule[] = [
  ({ template, sheet }) =>
    first(
      Object.keys(sheet.slices),
      (name) => !template.groups.some((group) => group.name === name),
      "group",
    ),
  ({ template, sheet }) =>
    first(
      template.groups,
      ({ name, count }) => (sheet.slices[name] ?? []).length > count,
      "too many slices in",
      named,
    ),
  ({ sheet, depth }) =>
    first(allSlices(sheet.slices), (slice) => slice >= depth, "slice outside the image:", counted),
  ({ sheet }) =>
    first(
      allSlices(sheet.slices),
      (slice, n, all) => n > 0 && slice !== all[n - 1] + 1,
      "not consecutive at slice",
      counted,
    ),
  ({ sheet }) => first(sheet.frames, twice(placeOf), "drawn twice:", placeOf),
  ({ sheet }) => first(sheet.unscorable, twice(placeOf), "named twice:", placeOf),
  ({ sheet }) => first(sheet.cells, twice(cellOf), "scored twice:", cellOf),
  ({ sheet }) =>
    first(
      [...sheet.frames, ...sheet.unscorable],
      ({ slice }) => groupOf(sheet.slices, slice) === undefined,
      "not a scored slice:",
      placeOf,
    ),
  ({ template, sheet }) =>
    first(sheet.cells, (cell) => !fits(cell, template, sheet), "no such region or points:", cellOf),
  ({ sheet }) =>
    first(sheet.cells, (cell) => isUnscorable(sheet, cell), "points where nothing can be scored:", cellOf),
];

/** What a sheet must be when it is done. */
const finalRules: readonly Rule[] = [
  ({ template, sheet }) => {
    const count = allSlices(sheet.slices).length;
    return count < template.minimum
      ? `${count} slices chosen, at least ${template.minimum} are needed`
      : undefined;
  },
  ({ sheet }) =>
    first(
      scoredPlaces(sheet),
      (place) => !isUnscorable(sheet, place) && !isDrawn(sheet, place),
      "regions not drawn on",
      placeOf,
    ),
];

/** Throws SCORE_SHEET with the first fault. `isDone`: the sheet must be whole. */
export function checkSheet(checked: Checked, isDone: boolean): void {
  for (const rule of isDone ? [...rules, ...finalRules] : rules) {
    const found = rule(checked);
    if (found !== undefined) throw new MarrowError("SCORE_SHEET", { found });
  }
}

type Place = Pick<ScoreSheet["frames"][number], "slice" | "side">;
type Cell = ScoreSheet["cells"][number];

const same = (a: Place, b: Place) => a.slice === b.slice && a.side === b.side;
const isUnscorable = ({ unscorable }: ScoreSheet, place: Place) => unscorable.some((one) => same(one, place));
const isDrawn = ({ frames }: ScoreSheet, place: Place) => frames.some((one) => same(one, place));
const scoredPlaces = ({ slices }: ScoreSheet): Place[] =>
  allSlices(slices).flatMap((slice) => [{ slice, side: "right" } as const, { slice, side: "left" } as const]);

function fits(cell: Cell, { items }: ScoringTemplate, { slices }: ScoreSheet): boolean {
  const item = items.find(({ name }) => name === cell.item);
  const regions = item?.regions[groupOf(slices, cell.slice) ?? ""];
  return (
    item !== undefined && regions !== undefined && cell.region < regions.count && cell.points <= regions.most
  );
}

const counted = (slice: number) => String(slice + 1);
const named = ({ name }: { readonly name: string }) => name;
const placeOf = ({ slice, side }: Place) => `slice ${slice + 1} ${side}`;
const cellOf = (cell: Cell) => `${cell.item}, ${placeOf(cell)}, region ${cell.region + 1}`;

const twice =
  <T>(keyOf: (one: T) => string) =>
  (one: T, n: number, all: readonly T[]) =>
    all.findIndex((other) => keyOf(other) === keyOf(one)) !== n;

function first<T>(
  all: readonly T[],
  isWrong: (one: T, n: number, all: readonly T[]) => boolean,
  what: string,
  textOf: (one: T) => string = String,
): string | undefined {
  const found = all.find(isWrong);
  return found === undefined ? undefined : `${what} ${textOf(found)}`;
}
