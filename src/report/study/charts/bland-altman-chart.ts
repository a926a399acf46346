/** Bland–Altman plots side by side, one for each comparison. */
import type { TopLevelSpec } from "vega-lite";
import type { BlandAltman } from "../../../statistics/agreement/bland-altman.js";
import { chartFigure, plotWidth, type Figure, type FigureText } from "../figure.js";
import { palette } from "../style.js";

export interface Comparison {
  /** `reader − reference` */
  readonly name: string;
  readonly result: BlandAltman;
}

/** Differences against means; bias solid, limits of agreement dashed. Two plots a row. */
export async function blandAltmanChart(
  text: FigureText,
  comparisons: readonly Comparison[],
  unit: string,
): Promise<Figure> {
  const values = comparisons.flatMap(({ name, result }) =>
    result.points.map(({ mean, difference }) => ({ name, mean, difference })),
  );
  const rules = comparisons.flatMap(({ name, result: { bias, lower, upper } }) =>
    [bias, lower, upper].flatMap(({ value }, n) =>
      value === null ? [] : [{ name, difference: value, kind: n === 0 ? "bias" : "limits of agreement" }],
    ),
  );
  const facet = (rows: readonly object[]) => rows.map((row) => ({ ...row }));
  const y = { field: "difference", type: "quantitative", title: `Difference (${unit})` } as const;
  const spec: TopLevelSpec = {
    data: { values: [...facet(values), ...facet(rules)] },
    facet: { field: "name", type: "nominal", title: null, sort: comparisons.map(({ name }) => name) },
    columns: 2,
    spec: {
      ...{ width: Math.round(plotWidth("double", 150) / 2), height: 190 },
      layer: [
        {
          transform: [{ filter: "!isValid(datum.kind)" }],
          mark: { type: "point", filled: true, size: 22, opacity: 0.6, color: palette[0] },
          encoding: { x: { field: "mean", type: "quantitative", title: `Mean of both (${unit})` }, y },
        },
        {
          transform: [{ filter: "datum.kind === 'bias'" }],
          mark: { type: "rule", color: palette[1], strokeWidth: 1.6 },
          encoding: { y },
        },
        {
          transform: [{ filter: "datum.kind === 'limits of agreement'" }],
          mark: { type: "rule", color: palette[1], strokeDash: [5, 4], strokeWidth: 1.2 },
          encoding: { y },
        },
      ],
    },
    bounds: "flush",
    spacing: { row: 84, column: 60 },
    resolve: { scale: { x: "independent", y: "shared" }, axis: { y: "independent" } },
  };
  return chartFigure(text, spec);
}
