/** ROC curves with readers as points (paper 1, Fig. 5). */
import type { RocPoint } from "../../../statistics/diagnostic/roc.js";
import { chartFigure, type Figure, type FigureText } from "../figure.js";
import { palette } from "../style.js";

export interface RocSeries {
  /** With the AUC, as the legend says it. */
  readonly name: string;
  readonly curve: readonly RocPoint[];
}

export interface ReaderPoint {
  readonly reader: string;
  readonly arm: string;
  readonly sensitivity: number;
  readonly specificity: number;
}

/** Curves as steps, the diagonal of chance dashed; readers by colour, arms by shape. */
export async function rocChart(
  text: FigureText,
  curves: readonly RocSeries[],
  readers: readonly ReaderPoint[],
): Promise<Figure> {
  const lines = curves.flatMap(({ name, curve }) =>
    curve.map(({ specificity, sensitivity }, order) => ({ name, order, x: 1 - specificity, y: sensitivity })),
  );
  const points = readers.map(({ reader, arm, specificity, sensitivity }) => ({
    ...{ reader, arm, x: 1 - specificity, y: sensitivity },
  }));
  const axis = (field: string, title: string) => ({
    ...{ field, type: "quantitative" as const, title },
    scale: { domain: [0, 1] },
  });
  const [x, y] = [axis("x", "1 − specificity"), axis("y", "Sensitivity")];
  const diagonal = {
    data: { values: [0, 1].map((end) => ({ x: end, y: end })) },
    mark: { type: "line" as const, strokeDash: [4, 4], color: "#999", strokeWidth: 1 },
    encoding: { x, y },
  };
  const curveLayer = {
    data: { values: lines },
    mark: { type: "line" as const, strokeWidth: 1.8, interpolate: "linear" as const },
    encoding: {
      ...{ x, y, order: { field: "order", type: "quantitative" as const } },
      color: {
        ...{ field: "name", type: "nominal" as const, title: "Model (AUC)" },
        scale: { domain: curves.map(({ name }) => name), range: [...palette] },
        legend: { orient: "bottom" as const, direction: "vertical" as const, labelLimit: 600 },
      },
    },
  };
  const pointLayer = {
    data: { values: points },
    mark: { type: "point" as const, filled: true, size: 90, opacity: 1, stroke: "white", strokeWidth: 0.8 },
    encoding: {
      ...{ x, y },
      fill: {
        ...{ field: "reader", type: "nominal" as const, title: "Reader" },
        scale: { range: [palette[1], palette[2], palette[3], palette[4], palette[5]] },
        legend: { symbolType: "circle", symbolStrokeColor: "white" },
      },
      shape: {
        ...{ field: "arm", type: "nominal" as const, title: "Arm" },
        legend: { symbolFillColor: "#555", symbolStrokeColor: "white" },
      },
    },
  };
  return chartFigure(text, {
    ...{ width: 360, height: 360 },
    resolve: { scale: { color: "independent", fill: "independent", shape: "independent" } },
    layer: [diagonal, curveLayer, ...(points.length > 0 ? [pointLayer] : [])],
  });
}
