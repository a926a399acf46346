/** Dice from round to round as lines of a figure. */
import type { Round } from "../../src/reading/contract/index.js";

export interface PlotPoint {
  readonly round: number;
  readonly dice: number;
}

export interface PlotLine {
  readonly label: string;
  readonly points: readonly PlotPoint[];
}

/** One line for each label: its mean Dice to the last round; rounds without a value are left out. */
export function linesOf(rounds: readonly Round[], labels: readonly string[]): PlotLine[] {
  return labels.map((label) => ({
    label,
    points: rounds.flatMap(({ number, meanDice }) => {
      const dice = meanDice[label];
      return dice === null || dice === undefined ? [] : [{ round: number, dice }];
    }),
  }));
}
