/** Points of a sheet added up. Pure, and used by the page as well: totals there are those that are saved. */
import { scoredSides, type ScoreSheet, type ScoreTotal, type ScoringTemplate } from "../contract/scoring.js";

/**
 * Points of each item by side and of both, then the sum of the items where the template has one. Maxima of a side are the
 * template's own where it gives them by side, else half; `both` is the patient.
 */
export function scoreTotals(template: ScoringTemplate, { cells }: Pick<ScoreSheet, "cells">): ScoreTotal[] {
  const { isBySide, isSummed, items } = template;
  const rows = items.flatMap(({ name, maximum }) =>
    ([...scoredSides, "both"] as const).map((side): ScoreTotal => {
      const own = cells.filter((cell) => cell.item === name && (side === "both" || cell.side === side));
      const [ofSide, ofBoth] = isBySide ? [maximum, 2 * maximum] : [maximum / 2, maximum];
      return { item: name, side, points: sumOf(own), maximum: side === "both" ? ofBoth : ofSide };
    }),
  );
  if (!isSummed) return rows;
  const sums = ([...scoredSides, "both"] as const).map((side): ScoreTotal => {
    const own = rows.filter((row) => row.side === side);
    return {
      item: "total",
      side,
      points: sumOf(own),
      maximum: own.reduce((sum, row) => sum + row.maximum, 0),
    };
  });
  return [...rows, ...sums];
}

const sumOf = (rows: readonly { readonly points: number }[]) =>
  rows.reduce((sum, { points }) => sum + points, 0);
