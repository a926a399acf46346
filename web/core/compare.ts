/** Two masks of one grid held against each other. */
import { countVoxels } from "../../src/statistics/confusion.js";
import { dice } from "../../src/statistics/dice.js";

/** Values of a comparison: what both say, what only the first says, what only the second says. */
export const comparison = { both: 1, onlyFirst: 2, onlySecond: 3 } as const;

/**
 * For every voxel: 0 where neither mask has the label, else one of `comparison`. Without a label every label counts, and
 * two different labels in one voxel count as the first's alone.
 */
export function compareMasks(first: Uint8Array, second: Uint8Array, label?: number): Uint8Array<ArrayBuffer> {
  const has = (value: number) => (label === undefined ? value !== 0 : value === label);
  const out = new Uint8Array(first.length);
  for (let n = 0; n < out.length; n++) {
    const [a, b] = [has(first[n]), has(second[n])];
    if (a && b) out[n] = first[n] === second[n] ? comparison.both : comparison.onlyFirst;
    else if (a) out[n] = comparison.onlyFirst;
    else if (b) out[n] = comparison.onlySecond;
  }
  return out;
}

/** Dice of each label; NaN where neither mask has it. */
export function diceOfLabels(first: Uint8Array, second: Uint8Array, labels: readonly number[]): number[] {
  return countVoxels(first, second, labels).map(dice);
}
