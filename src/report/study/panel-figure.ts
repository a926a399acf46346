/** Rows of pictures with captions as one figure. */
import type { Picture } from "../picture.js";
import { escapeHtml } from "../table.js";
import { framed, type Figure, type FigureText } from "./figure.js";
import { columnMm, fontFamily, ink, pixelsOf, soft } from "./style.js";

export interface PanelRow {
  readonly title: string;
  readonly pictures: readonly (Picture & PictureSize)[];
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

const gap = 6;
const heading = 20;
const footing = 16;

/** Pictures side by side, as wide as the page's two columns together; each row has its title above it. */
export function panelFigure(text: FigureText, rows: readonly PanelRow[]): Figure {
  const width = Math.round(pixelsOf(columnMm.double));
  const columns = Math.max(1, ...rows.map(({ pictures }) => pictures.length));
  const cell = (width - gap * (columns + 1)) / columns;
  let top = gap;
  const parts = rows.flatMap(({ title, pictures }) => {
    const tallest = Math.max(...pictures.map((picture) => heightIn(picture, cell)));
    const y = top + heading;
    top = y + tallest + footing + gap;
    return [
      label(title, gap, y - 6, 12, ink),
      ...pictures.flatMap((picture, n) => {
        const x = gap + n * (cell + gap);
        return [
          drawn(picture, x, y, cell),
          label(picture.caption, x, y + heightIn(picture, cell) + 12, 10.5, soft),
        ];
      }),
    ];
  });
  const drawing = `<g>${parts.join("\n")}</g>`;
  const svg = framed(drawing, text.title, { width, height: Math.ceil(top) });
  return { ...text, svg, width: "double", kind: "picture" };
}

const heightIn = ({ width, height }: PictureSize, cell: number) => (cell * height) / width;

function drawn(picture: Picture & PictureSize, x: number, y: number, width: number): string {
  const data = Buffer.from(picture.png).toString("base64");
  return `<image x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${heightIn(picture, width).toFixed(1)}" xlink:href="data:image/png;base64,${data}"/>`;
}

function label(text: string, x: number, y: number, size: number, colour: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-family="${fontFamily}" font-size="${size}" fill="${colour}">${escapeHtml(text)}</text>`;
}

/** Pixels of a PNG, from its header. */
export function pngSize(png: Uint8Array): PictureSize {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

export const sized = (picture: Picture): Picture & PictureSize => ({ ...picture, ...pngSize(picture.png) });
