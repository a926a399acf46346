/** Which slices a template takes from an image, and which group each belongs to. Pure. */
import type { ScoringTemplate } from "../contract/scoring.js";

export type ChosenSlices = Readonly<Record<string, readonly number[]>>;

/**
 * Consecutive slices, divided into the template's groups from the front to the back, their middle at `centre`. A single
 * group is moved into the image; of several the outer ones are shortened at its ends, as paper 2 does. `growsToFront`:
 * higher slice numbers lie further in front.
 *
 * @example slicesAround(sparccSss, 9, 24, false) // { slices: [7, 8, 9, 10, 11] }
 */
export function slicesAround(
  { groups }: Pick<ScoringTemplate, "groups">,
  centre: number,
  depth: number,
  growsToFront: boolean,
): Record<string, number[]> {
  const wanted = groups.reduce((sum, { count }) => sum + count, 0);
  const first = centre - Math.floor((wanted - 1) / 2);
  const start = groups.length > 1 ? first : Math.max(0, Math.min(first, depth - wanted));
  const block = Array.from({ length: wanted }, (_, n) => start + n);
  if (growsToFront) block.reverse();
  let taken = 0;
  return Object.fromEntries(
    groups.map(({ name, count }) => {
      const own = block.slice(taken, (taken += count));
      return [name, own.filter((slice) => slice >= 0 && slice < depth).sort((a, b) => a - b)];
    }),
  );
}

/** Name of the group that a slice is in; undefined where it is not scored. */
export function groupOf(slices: ChosenSlices, slice: number): string | undefined {
  return Object.keys(slices).find((name) => slices[name].includes(slice));
}

/** All chosen slices in the order of the image. */
export const allSlices = (slices: ChosenSlices): number[] =>
  Object.values(slices)
    .flat()
    .sort((a, b) => a - b);
