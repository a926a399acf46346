/** Paints a pane: slice, mask, crosshair, letters of the patient's directions, measurement. */
import { edgeLetters } from "../core/plane.js";
import { heatPalette } from "../core/heat.js";
import { positionOf } from "../core/linked.js";
import { measureText, type Measurement } from "../core/measure.js";
import { toScreen, type ScreenMap } from "../core/screen-map.js";
import type { Segments } from "../core/outline.js";
import type { Pane } from "./pane.js";

/** Paints everything, layer by layer. */
export function drawPane(pane: Pane): void {
  const context = fittedContext(pane);
  if (!context) return;
  for (const layer of layers) {
    context.save();
    layer(context, pane);
    context.restore();
  }
}

type Layer = (context: CanvasRenderingContext2D, pane: Pane) => void;

const layers: readonly Layer[] = [
  drawImage,
  drawHeat,
  drawMask,
  drawCrosshair,
  drawMeasurements,
  (context, pane) => pane.scene.decoration?.(context, pane),
  (context, pane) => pane.overlay?.(context, pane),
  drawTexts,
];

/** The canvas with as many pixels as the screen has there; one unit is one CSS pixel. */
function fittedContext({ canvas, size }: Pane): CanvasRenderingContext2D | null {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const [width, height] = size.map((n) => Math.max(1, Math.round(n * ratio)));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d", { alpha: false });
  context?.setTransform(width / size[0], 0, 0, height / size[1], 0, 0);
  return context;
}

/** Pixels of a slice's picture onto the pane: its corner is half a voxel before the first centre. */
function place(context: CanvasRenderingContext2D, { a, b, c, d, e, f }: ScreenMap): void {
  context.transform(a, b, c, d, e, f);
  context.translate(-0.5, -0.5);
}

function drawImage(context: CanvasRenderingContext2D, pane: Pane): void {
  context.fillStyle = "#000";
  context.fillRect(0, 0, ...pane.size);
  const { image, plane, slice } = pane;
  place(context, pane.map);
  context.drawImage(pane.cache.greySlice(image, plane, slice, image.window), 0, 0);
}

function drawHeat(context: CanvasRenderingContext2D, pane: Pane): void {
  const { scene, image, plane, slice, heatCache } = pane;
  if (!scene.heat) return;
  place(context, pane.map);
  context.globalAlpha = scene.heatOpacity;
  const { heat, maskVersion } = scene;
  context.drawImage(heatCache.labelSlice(heat, image, plane, slice, heatPalette, maskVersion), 0, 0);
}

function drawMask(context: CanvasRenderingContext2D, pane: Pane): void {
  const { scene, image, plane, slice, cache } = pane;
  const { shown } = scene;
  if (!shown || scene.overlay === "hidden") return;
  if (scene.overlay === "outline") {
    const edges = cache.outlinesOf(shown.mask, image, plane, slice, scene.maskVersion);
    for (const { value, colour } of shown.labels)
      strokeOutline(context, pane.map, edges.get(value) ?? [], colour);
    return;
  }
  place(context, pane.map);
  context.imageSmoothingEnabled = false;
  context.globalAlpha = scene.opacity;
  const { maskVersion, palette } = scene;
  context.drawImage(cache.labelSlice(shown.mask, image, plane, slice, palette, maskVersion), 0, 0);
}

function strokeOutline(
  context: CanvasRenderingContext2D,
  map: ScreenMap,
  segments: Segments,
  colour: string,
) {
  context.beginPath();
  for (let n = 0; n < segments.length; n += 4) {
    context.moveTo(...toScreen(map, [segments[n], segments[n + 1]]));
    context.lineTo(...toScreen(map, [segments[n + 2], segments[n + 3]]));
  }
  context.strokeStyle = colour;
  context.lineWidth = 1.6;
  context.stroke();
}

function drawCrosshair(context: CanvasRenderingContext2D, pane: Pane): void {
  if (!pane.scene.hasCrosshair) return;
  const [x, y] = pane.pixelOf(pane.scene.point);
  const [width, height] = pane.size;
  const gap = 10;
  const lines = [
    [0, y, x - gap, y],
    [x + gap, y, width, y],
    [x, 0, x, y - gap],
    [x, y + gap, x, height],
  ];
  context.beginPath();
  for (const [x0, y0, x1, y1] of lines) {
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
  }
  context.strokeStyle = "rgb(120 200 255 / 55%)";
  context.stroke();
}

function drawMeasurements(context: CanvasRenderingContext2D, pane: Pane): void {
  const { measurements, draft } = pane.scene;
  for (const one of draft ? [...measurements, draft] : measurements)
    if (one.points.every((point) => isInSlice(pane, point))) drawMeasurement(context, pane, one);
}

function drawMeasurement(context: CanvasRenderingContext2D, pane: Pane, measurement: Measurement): void {
  const pixels = measurement.points.map((point) => pane.pixelOf(point));
  context.strokeStyle = "#ffe14d";
  context.lineWidth = 1.5;
  context.beginPath();
  for (const pixel of pixels) context.lineTo(...pixel);
  if (measurement.kind === "area") context.closePath();
  context.stroke();
  const [x, y] = pixels[measurement.kind === "angle" ? 1 : pixels.length - 1];
  drawText(context, measureText(measurement), [x + 8, y - 8], "left");
}

function isInSlice({ image, plane, slice }: Pane, point: readonly [number, number, number]): boolean {
  return Math.abs(positionOf(image, point)[plane.through] - slice) <= 0.5;
}

function drawTexts(context: CanvasRenderingContext2D, pane: Pane): void {
  const [width, height] = pane.size;
  const { left, right, top, bottom } = edgeLetters(pane.image.affine, pane.plane);
  drawText(context, left, [8, height / 2], "left", 15);
  drawText(context, right, [width - 8, height / 2], "right", 15);
  drawText(context, top, [width / 2, 14], "center", 15);
  drawText(context, bottom, [width / 2, height - 14], "center", 15);
  drawText(context, `${pane.image.name} · ${pane.plane.name}`, [8, 14], "left");
  drawText(context, `Slice ${pane.slice + 1} of ${pane.sliceCount}`, [8, height - 14], "left");
  const { centre, width: span } = pane.image.window;
  drawText(context, `W ${short(span)}  L ${short(centre)}`, [width - 8, height - 14], "right");
}

const short = (x: number) => (Math.abs(x) >= 100 ? x.toFixed(0) : x.toPrecision(3));

function drawText(
  context: CanvasRenderingContext2D,
  text: string,
  [x, y]: readonly [number, number],
  align: CanvasTextAlign,
  size = 12,
): void {
  context.font = `${size > 12 ? "600 " : ""}${size}px system-ui, sans-serif`;
  context.textAlign = align;
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.strokeStyle = "rgb(0 0 0 / 75%)";
  context.strokeText(text, x, y);
  context.fillStyle = "#f2f2f2";
  context.fillText(text, x, y);
}
