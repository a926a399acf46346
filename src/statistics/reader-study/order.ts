/** Was a reader's second reading far enough from the first, and was the order of the arms balanced? */
import { notes } from "../result.js";
import type { Series } from "./readings.js";

export interface OrderCheck {
  readonly reader: string;
  readonly arms: readonly [string, string];
  /** Cases read in both arms, and those of them with both dates. */
  readonly cases: number;
  readonly dated: number;
  /** Days between a case's two readings; null without dates. */
  readonly shortestDays: number | null;
  readonly medianDays: number | null;
  /** Cases whose readings lie closer than the wash-out asked for. */
  readonly tooClose: readonly string[];
  /** Cases read in the first arm first; null without dates. */
  readonly firstArmFirst: number | null;
  /** What a reviewer would object to; empty where there is nothing. */
  readonly concern: string;
}

const day = 24 * 3600 * 1000;

/** Compares the dates of one reader's two arms, case by case. Readings without a date that can be read are counted out. */
export function checkOrder(first: Series, second: Series, washOutDays = 28): OrderCheck {
  const others = new Map(second.readings.map((reading) => [reading.case, reading]));
  const both = first.readings.filter((reading) => others.has(reading.case));
  const gaps = both
    .map((reading) => ({
      id: reading.case,
      days: (dateOf(others.get(reading.case)?.date) - dateOf(reading.date)) / day,
    }))
    .filter(({ days }) => Number.isFinite(days));
  const sizes = gaps.map(({ days }) => Math.abs(days)).sort((a, b) => a - b);
  const tooClose = gaps.filter(({ days }) => Math.abs(days) < washOutDays).map(({ id }) => id);
  const firstArmFirst = gaps.filter(({ days }) => days > 0).length;
  const isDated = gaps.length > 0;
  const concern = notes(
    !isDated && "no dates: order and wash-out cannot be checked",
    tooClose.length > 0 && `${tooClose.length} cases read again within ${washOutDays} days`,
    isDated &&
      (firstArmFirst === gaps.length || firstArmFirst === 0) &&
      "one arm always came first: learning and the arm cannot be told apart",
    isDated && gaps.length < both.length && `${both.length - gaps.length} cases without both dates`,
  );
  return {
    reader: first.reader,
    arms: [first.arm, second.arm],
    cases: both.length,
    dated: gaps.length,
    shortestDays: sizes[0] ?? null,
    medianDays: isDated
      ? (sizes[Math.floor((sizes.length - 1) / 2)] + sizes[Math.ceil((sizes.length - 1) / 2)]) / 2
      : null,
    tooClose,
    firstArmFirst: isDated ? firstArmFirst : null,
    concern,
  };
}

const dateOf = (text: string | undefined) => (text === undefined ? NaN : Date.parse(text));
