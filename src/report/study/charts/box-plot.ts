/** Box plots of scores: a box for each network or reader, with every patient as a dot. */
import type { TopLevelSpec } from "vega-lite";
import { chartFigure, plotWidth, type Figure, type FigureText } from "../figure.js";
import { palette, soft } from "../style.js";

export interface BoxGroup {
  readonly name: string;
  readonly values: readonly number[];
}

/** Boxes from the lower to the upper quartile with the median, whiskers to 1.5 times the box, in the groups' order. */
export async function boxPlot(text: FigureText, groups: readonly BoxGroup[], axis: string): Promise<Figure> {
  const values = groups.flatMap(({ name, values: own }) =>
    own.filter(Number.isFinite).map((value, n) => ({ name, value, shift: ((n * 0.618034) % 1) - 0.5 })),
  );
  const names = groups.map(({ name }) => name);
  const y = { field: "name", type: "nominal", sort: names, title: null } as const;
  const x = { field: "value", type: "quantitative", title: axis, scale: { zero: false } } as const;
  const spec: TopLevelSpec = {
    data: { values },
    width: plotWidth("double", 190),
    height: { step: 34 },
    layer: [
      {
        mark: { type: "point", filled: true, size: 9, opacity: 0.45, color: soft },
        encoding: {
          y,
          x,
          yOffset: { field: "shift", type: "quantitative", scale: { domain: [-0.9, 0.9] } },
        },
      },
      {
        mark: {
          ...{ type: "boxplot", extent: 1.5, size: 20, outliers: false },
          ...{ box: { fillOpacity: 0.25, strokeWidth: 1.2 }, median: { color: "black", strokeWidth: 2 } },
        },
        encoding: {
          y,
          x,
          color: { field: "name", sort: names, legend: null, scale: { range: [...palette] } },
        },
      },
    ],
  };
  return chartFigure(text, spec);
}
