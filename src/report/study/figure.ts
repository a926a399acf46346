/** Figures: SVG that says what it is, and the same as PNG at a journal's resolution. */
import { Resvg } from "@resvg/resvg-js";
import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { escapeHtml } from "../table.js";
import { chartConfig, columnMm, dpi, fontFamily, notice, pixelsOf, soft, type FigureWidth } from "./style.js";

export interface Figure {
  /** File name without ending. */
  readonly name: string;
  readonly title: string;
  /** What is shown, with n, method and interval named. */
  readonly caption: string;
  /** Complete SVG, its notice included. */
  readonly svg: string;
  readonly width: FigureWidth;
  readonly kind: keyof typeof dpi;
}

export type FigureText = Pick<Figure, "name" | "title" | "caption">;

/** A chart as a figure; `width` is the printed one. Throws what Vega throws for an impossible specification. */
export async function chartFigure(
  text: FigureText,
  spec: TopLevelSpec,
  width: FigureWidth = "double",
): Promise<Figure> {
  const { spec: compiled } = compile(spec, { config: chartConfig, logger: silent });
  const view = new vega.View(vega.parse(compiled), { renderer: "none", logger: silent });
  try {
    const drawing = await view.toSVG();
    return { ...text, svg: framed(drawing, text.title, sizeOf(drawing)), width, kind: "drawing" };
  } finally {
    view.finalize();
  }
}

/** Vega warns of empty domains, which the callers' text explains. */
const silent = vega.logger(vega.Error);

interface Size {
  readonly width: number;
  readonly height: number;
}

function sizeOf(svg: string): Size {
  const [, width, height] = /<svg[^>]*\bwidth="([\d.]+)"[^>]*\bheight="([\d.]+)"/.exec(svg) ?? [];
  return { width: Number(width), height: Number(height) };
}

/** The drawing with a title for screen readers and the notice below it, on white. */
export function framed(drawing: string, title: string, { width, height }: Size): string {
  const band = 18;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height + band}" viewBox="0 0 ${width} ${height + band}">`,
    `<title>${escapeHtml(title)}</title><rect width="100%" height="100%" fill="white"/>`,
    drawing.replace(/^<\?xml[^>]*>\s*/, ""),
    `<text x="6" y="${height + band - 6}" font-family="${fontFamily}" font-size="10" fill="${soft}">${notice}</text></svg>\n`,
  ].join("\n");
}

/** An SVG made elsewhere in Marrow that has its notice already. */
export function drawnFigure(text: FigureText, svg: string, width: FigureWidth = "double"): Figure {
  return { ...text, svg, width, kind: "drawing" };
}

/** The figure as PNG: its printed width at its kind's resolution. Letters need a font on this machine. */
export function pngOf({ svg, width, kind }: Figure): Uint8Array {
  const value = Math.round((columnMm[width] / 25.4) * dpi[kind]);
  const sans = { sansSerifFamily: "DejaVu Sans", defaultFontFamily: "DejaVu Sans" };
  return new Resvg(svg, { fitTo: { mode: "width", value }, font: { loadSystemFonts: true, ...sans } })
    .render()
    .asPng();
}

/** Width of a chart's plotting area in CSS pixels: the printed width without axes and legends, which take `margin`. */
export const plotWidth = (width: FigureWidth, margin: number) =>
  Math.round(pixelsOf(columnMm[width]) - margin);
