/** Contours: drawn freely with the button held, or as a polygon click by click; closed, they are filled. */
import type { PlanePoint } from "../core/polygon.js";
import { fromScreen, toScreen } from "../core/screen-map.js";
import type { Drawing } from "./drawing.js";
import type { Pane } from "./pane.js";
import type { PointerAt, Tool } from "./pointer.js";

const closeEnough = 10;
const isFreehand = 12;

export class ContourTool implements Tool {
  private points: PlanePoint[] = [];
  private pane: Pane | undefined;
  private slice = 0;
  /** Pixels moved since the button went down. */
  private moved = 0;
  private isErasing = false;

  constructor(
    private readonly drawing: Drawing,
    private readonly refuse: (why: string) => void,
  ) {}

  down = (at: PointerAt): void => {
    if (!this.drawing.isOnMaskGrid(at.pane)) return this.refuse(otherGrid);
    if (this.pane && (this.pane !== at.pane || this.slice !== at.pane.slice)) this.cancel();
    this.moved = 0;
    if (this.points.length > 2 && this.isAtStart(at)) return this.close();
    if (this.points.length === 0) this.begin(at);
    this.add(at);
  };

  move = (at: PointerAt, before: PointerAt): void => {
    if (!this.pane) return;
    this.moved += Math.hypot(at.pixel[0] - before.pixel[0], at.pixel[1] - before.pixel[1]);
    if (this.moved > isFreehand / 4) this.add(at);
  };

  up = (): void => {
    if (this.moved > isFreehand) this.close();
  };

  doubleClick = (): void => this.close();

  /** Joins the last point to the first and fills. */
  close(): void {
    const { pane, points, slice } = this;
    const value = this.isErasing ? 0 : this.drawing.label;
    this.cancel();
    if (pane && points.length > 2) this.drawing.fill(pane.plane, slice, points, value);
  }

  cancel(): void {
    if (this.pane) this.pane.overlay = undefined;
    this.pane?.draw();
    this.pane = undefined;
    this.points = [];
  }

  get isOpen(): boolean {
    return this.points.length > 0;
  }

  private begin({ pane, shift }: PointerAt): void {
    this.pane = pane;
    this.slice = pane.slice;
    this.isErasing = shift;
    pane.overlay = (context) => this.paint(context);
  }

  private add({ pane, pixel }: PointerAt): void {
    this.points = [...this.points, fromScreen(pane.map, pixel)];
    pane.draw();
  }

  private isAtStart({ pane, pixel }: PointerAt): boolean {
    const [x, y] = toScreen(pane.map, this.points[0]);
    return Math.hypot(pixel[0] - x, pixel[1] - y) <= closeEnough;
  }

  private paint(context: CanvasRenderingContext2D): void {
    const { pane } = this;
    if (!pane || pane.slice !== this.slice) return;
    const pixels = this.points.map((point) => toScreen(pane.map, point));
    context.strokeStyle = this.isErasing ? "#ff9c9c" : "#ffffff";
    context.lineWidth = 1.5;
    context.beginPath();
    for (const [x, y] of pixels) context.lineTo(x, y);
    context.stroke();
    context.strokeRect(pixels[0][0] - 4, pixels[0][1] - 4, 8, 8);
  }
}

const otherGrid =
  "Contours are filled on the sequence that the mask belongs to: draw on the first sequence, or use the brush here.";
