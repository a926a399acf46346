/** Correlations as a grid of coloured cells with their coefficients. */
import { chartFigure, plotWidth, type Figure, type FigureText } from "../figure.js";

export interface CorrelationCell {
  readonly image: string;
  readonly clinical: string;
  /** Spearman's ρ; null where it is not estimable. */
  readonly rho: number | null;
  readonly p: number | null;
}

/** Blue below 0, orange above; `*` p < 0.05 and `**` p < 0.01 after Holm's correction, as paper 2 marks them. */
export async function correlationChart(text: FigureText, cells: readonly CorrelationCell[]): Promise<Figure> {
  const star = (p: number | null) => (p === null || p >= 0.05 ? "" : p < 0.01 ? "**" : "*");
  const values = cells.map((cell) => ({
    ...cell,
    text: cell.rho === null ? "–" : `${cell.rho.toFixed(2).replace("-", "−")}${star(cell.p)}`,
  }));
  const columns = new Set(cells.map(({ clinical }) => clinical)).size;
  const sort = (field: "image" | "clinical") => [...new Set(cells.map((cell) => cell[field]))];
  const x = {
    ...{ field: "clinical", type: "nominal" as const, title: null, sort: sort("clinical") },
    axis: { labelAngle: -30, domain: false, ticks: false },
  };
  const y = {
    ...{ field: "image", type: "nominal" as const, title: null, sort: sort("image") },
    axis: { domain: false, ticks: false, labelLimit: 400 },
  };
  return chartFigure(text, {
    data: { values },
    width: Math.min(plotWidth("double", 280), 64 * columns),
    height: { step: 30 },
    encoding: { x, y },
    layer: [
      {
        mark: { type: "rect", stroke: "white", strokeWidth: 2 },
        encoding: {
          color: {
            ...{ field: "rho", type: "quantitative", title: "ρ" },
            scale: { domain: [-1, 0, 1], range: ["#0072B2", "#f7f7f7", "#D55E00"], interpolate: "lab" },
            legend: { gradientLength: 90 },
          },
        },
      },
      {
        mark: { type: "text", fontSize: 11 },
        encoding: {
          text: { field: "text" },
          color: { condition: { test: "abs(datum.rho) > 0.7", value: "white" }, value: "black" },
        },
      },
    ],
  });
}
