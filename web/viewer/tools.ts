/** The tools in the toolbar: name, key, what the pointer does. */
import { ContourTool } from "./contour-tool.js";
import type { Drawing } from "./drawing.js";
import { angleTool, areaTool, distanceTool } from "./measure-tools.js";
import type { Pane } from "./pane.js";
import { dragGreyWindow, type PointerAt, type Tool } from "./pointer.js";
import type { Scene } from "./scene.js";

export type ToolName =
  | "crosshair"
  | "window"
  | "pan"
  | "zoom"
  | "measure"
  | "angle"
  | "area"
  | "brush"
  | "eraser"
  | "threshold"
  | "contour"
  | "grow";

export interface ToolEntry {
  readonly name: ToolName;
  readonly title: string;
  readonly key: string;
  readonly hint: string;
  readonly isDrawing: boolean;
}

export const toolEntries: readonly ToolEntry[] = [
  entry("crosshair", "Crosshair", "c", "Click or drag: all pictures go to that place in the patient.", false),
  entry("window", "Brightness", "w", "Drag right or left for contrast, up or down for brightness.", false),
  entry("pan", "Move", "m", "Drag the picture.", false),
  entry("zoom", "Zoom", "z", "Drag up to enlarge, down to reduce.", false),
  entry("measure", "Distance", "d", "Drag from one point to another; millimetres in the patient.", false),
  entry("angle", "Angle", "a", "Click an end, the vertex and the other end.", false),
  entry("area", "Area", "r", "Draw round something; square millimetres in the patient.", false),
  entry(
    "brush",
    "Brush",
    "b",
    "Paints the chosen label. With Shift it erases. [ and ] change the size.",
    true,
  ),
  entry("eraser", "Eraser", "e", "Erases every label that is not locked.", true),
  entry(
    "threshold",
    "Threshold brush",
    "t",
    "Paints only voxels within the chosen range of brightness.",
    true,
  ),
  entry(
    "contour",
    "Contour",
    "f",
    "Draw round a lesion, or click corner by corner; it is filled when closed.",
    true,
  ),
  entry(
    "grow",
    "Region grow",
    "g",
    "Click in a lesion: what is joined to it and as bright is painted.",
    true,
  ),
];

function entry(name: ToolName, title: string, key: string, hint: string, isDrawing: boolean): ToolEntry {
  return { name, title, key, hint, isDrawing };
}

export interface ToolSet {
  readonly tools: Readonly<Record<ToolName, Tool>>;
  readonly contour: ContourTool;
}

/** The tools of a reading screen. `say` shows a short message. */
export function makeTools(scene: Scene, drawing: Drawing, say: (text: string) => void): ToolSet {
  const contour = new ContourTool(drawing, say);
  const place = ({ point }: PointerAt) => {
    scene.point = point;
    scene.changed();
  };
  return {
    contour,
    tools: {
      crosshair: { down: place, move: place },
      window: { move: dragGreyWindow },
      pan: { move: ({ pane, pixel }, { pixel: [x, y] }) => pane.pan([pixel[0] - x, pixel[1] - y]) },
      zoom: { move: ({ pane, pixel }, before) => pane.zoom(Math.exp((before.pixel[1] - pixel[1]) / 150)) },
      measure: distanceTool(scene),
      angle: angleTool(scene),
      area: areaTool(scene),
      brush: brushTool(drawing, () => drawing.label),
      eraser: brushTool(drawing, () => 0),
      threshold: brushTool(drawing, () => drawing.label, true),
      contour,
      grow: growTool(drawing, say),
    },
  };
}

function brushTool(drawing: Drawing, value: () => number, isLimited = false): Tool {
  let painted = 0;
  const paint = (at: PointerAt, before: PointerAt) =>
    drawing.sweep(at.pane, before.point, at.point, painted, isLimited && painted !== 0);
  return {
    down: (at) => {
      painted = at.shift ? 0 : value();
      paint(at, at);
    },
    move: paint,
    up: () => drawing.finish(),
    hover: (at) => showBrush(at, drawing.brush.radiusMm),
    leave: hideBrush,
  };
}

/** The edge of the brush: a circle of its radius in the patient. */
function showBrush({ pane, pixel: [x, y] }: PointerAt, radiusMm: number): void {
  const { a, b } = pane.map;
  const { across } = pane.plane;
  const column = [0, 4, 8].map((row) => pane.image.affine[row + across]);
  const radius = (radiusMm * Math.hypot(a, b)) / Math.hypot(...column);
  pane.overlay = (context) => {
    context.beginPath();
    context.arc(x, y, Math.max(1.5, radius), 0, 2 * Math.PI);
    context.strokeStyle = "#ffffff";
    context.stroke();
  };
  pane.draw();
}

function hideBrush(pane: Pane): void {
  pane.overlay = undefined;
  pane.draw();
}

function growTool(drawing: Drawing, say: (text: string) => void): Tool {
  return {
    down: ({ pane, point, shift }) => {
      const count = drawing.grow(pane, point, shift ? 0 : drawing.label);
      say(count === 0 ? "Nothing grows from there: it lies outside the image." : `${count} voxels grown.`);
    },
  };
}
