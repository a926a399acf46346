/** The regions of a score on the image: drawn, moved by their handles, and pointed at. */
import type { ScoredSide, ScoringItem, ScoringTemplate } from "../../src/reading/contract/index.js";
import { scoredSides } from "../../src/reading/contract/index.js";
import { isWithin, regionsOf, type Anchor } from "../../src/reading/scoring/regions.js";
import {
  flatten,
  sliceFrame,
  unflatten,
  type FlatPoint,
  type SliceFrame,
} from "../../src/reading/scoring/slice-frame.js";
import { groupOf } from "../../src/reading/scoring/slices.js";
import { frameAt, frameOf, isUnscorable, pointsOf, withFrame, type Place } from "../core/score-sheet.js";
import type { ScoreState } from "./score-state.js";
import type { Pane } from "./pane.js";
import type { Scene } from "./scene.js";

const colours = { right: "#ffd166", left: "#7cc7ff", chosen: "#ff7f50" } as const;
const nearPixels = 9;

type End = "from" | "to" | "whole";

interface Handle extends Place {
  readonly end: End;
}

export class RegionDrawing {
  readonly frame: SliceFrame;
  private held: { handle: Handle; start: FlatPoint; anchor: Anchor } | undefined;

  constructor(
    private readonly scene: Scene,
    private readonly state: ScoreState,
  ) {
    this.frame = sliceFrame(scene.images[0]);
    scene.decoration = (context, pane) => this.draw(context, pane);
    state.onChange(() => scene.changed());
  }

  get template(): ScoringTemplate {
    return this.state.template;
  }

  /** Listens before the tool in hand does: handles and regions come first. */
  connect(panes: HTMLElement, paneOf: (canvas: EventTarget | null) => Pane | undefined): void {
    panes.addEventListener("pointerdown", (event) => this.down(event, paneOf(event.target)), {
      capture: true,
    });
    panes.addEventListener("pointermove", (event) => this.move(event, paneOf(event.target)), {
      capture: true,
    });
    panes.addEventListener("pointerup", () => (this.held = undefined), { capture: true });
  }

  /** Slice of the scored image that is shown. */
  get slice(): number {
    return nearest(this.frame, this.scene.point, this.scene.images[0].size[this.frame.axis]);
  }

  /** Moves a handle by millimetres to the left and up, for those who work without a mouse. */
  nudge(side: ScoredSide, end: End, by: FlatPoint): void {
    const anchor = this.anchorAt({ slice: this.slice, side });
    if (anchor) this.shift({ slice: this.slice, side, end }, anchor, by);
  }

  private down(event: PointerEvent, pane: Pane | undefined): void {
    if (!pane || event.button !== 0 || !this.isScored(pane)) return;
    const at = this.flatAt(event, pane);
    const handle = this.handleNear(pixelOf(event, pane), pane);
    if (handle) {
      const anchor = this.anchorAt(handle);
      if (anchor) this.held = { handle, start: at, anchor };
    } else if (!this.point(at, pane.slice)) return;
    event.stopPropagation();
    event.preventDefault();
    pane.canvas.focus({ preventScroll: true });
  }

  private move(event: PointerEvent, pane: Pane | undefined): void {
    if (!this.held || !pane || event.buttons === 0) return void (this.held = undefined);
    event.stopPropagation();
    const [x, y] = this.flatAt(event, pane);
    const { handle, start, anchor } = this.held;
    this.shift(handle, anchor, [x - start[0], y - start[1]]);
  }

  private shift(handle: Handle, anchor: Anchor, [dx, dy]: FlatPoint): void {
    const moved = (point: FlatPoint, end: End): FlatPoint =>
      handle.end === end || handle.end === "whole" ? [point[0] + dx, point[1] + dy] : point;
    const drawn = frameOf(handle, moved(anchor.from, "from"), moved(anchor.to, "to"), this.frame);
    this.state.change((sheet) => withFrame(sheet, drawn));
  }

  /** Points at a region of the item in hand: one point more, or none after the last. */
  private point(at: FlatPoint, slice: number): boolean {
    const { item } = this.state;
    const cell = scoredSides
      .flatMap((side) =>
        this.polygonsAt(item, { slice, side }).map((polygon, region) => ({ polygon, region, side })),
      )
      .find(({ polygon }) => polygon && isWithin(polygon, at));
    if (!cell) return false;
    const place = { item: item.name, slice, side: cell.side, region: cell.region };
    const { most = 1 } = item.regions[groupOf(this.state.sheet.slices, slice) ?? ""] ?? {};
    this.state.setPoints(place, (pointsOf(this.state.sheet, place) + 1) % (most + 1));
    return true;
  }

  private isScored({ image, plane }: Pane): boolean {
    return image === this.scene.images[0] && plane.through === this.frame.axis;
  }

  private anchorAt(place: Place): Anchor | undefined {
    const drawn = frameAt(this.state.sheet, place);
    return (
      drawn && { side: place.side, from: flatten(this.frame, drawn.from), to: flatten(this.frame, drawn.to) }
    );
  }

  private polygonsAt(item: ScoringItem, place: Place) {
    const anchor = this.anchorAt(place);
    const regions = item.regions[groupOf(this.state.sheet.slices, place.slice) ?? ""];
    if (!anchor || !regions || isUnscorable(this.state.sheet, place)) return [];
    return regionsOf(regions.kind, regions.count, anchor);
  }

  private handlesAt(slice: number): { handle: Handle; at: FlatPoint }[] {
    return scoredSides.flatMap((side) => {
      const anchor = this.anchorAt({ slice, side });
      if (!anchor) return [];
      const { from, to } = anchor;
      const middle: FlatPoint = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
      const ends = { from, to, whole: middle } as const;
      return (["from", "to", "whole"] as const).map((end) => ({
        handle: { slice, side, end },
        at: ends[end],
      }));
    });
  }

  private handleNear([x, y]: FlatPoint, pane: Pane): Handle | undefined {
    return this.handlesAt(pane.slice).find(({ at }) => {
      const [px, py] = this.pixel(at, pane);
      return Math.hypot(px - x, py - y) <= nearPixels;
    })?.handle;
  }

  private flatAt(event: PointerEvent, pane: Pane): FlatPoint {
    return flatten(this.frame, pane.pointAt(pixelOf(event, pane)));
  }

  private pixel(point: FlatPoint, pane: Pane): readonly [number, number] {
    return pane.pixelOf(unflatten(this.frame, point, pane.slice));
  }

  private draw(context: CanvasRenderingContext2D, pane: Pane): void {
    if (!this.isScored(pane)) return;
    const { item, sheet } = this.state;
    const { slice } = pane;
    context.lineWidth = 1.25;
    for (const side of scoredSides)
      this.polygonsAt(item, { slice, side }).forEach((polygon, region) => {
        if (!polygon) return;
        context.beginPath();
        for (const point of polygon) context.lineTo(...this.pixel(point, pane));
        context.closePath();
        const points = pointsOf(sheet, { item: item.name, slice, side, region });
        context.fillStyle = colours.chosen;
        context.globalAlpha = points > 0 ? 0.2 + 0.15 * points : 0;
        context.fill();
        context.globalAlpha = 0.9;
        context.strokeStyle = colours[side];
        context.stroke();
      });
    this.drawHandles(context, pane);
  }

  private drawHandles(context: CanvasRenderingContext2D, pane: Pane): void {
    context.globalAlpha = 1;
    for (const { handle, at } of this.handlesAt(pane.slice)) {
      const [x, y] = this.pixel(at, pane);
      context.fillStyle = colours[handle.side];
      const radius = handle.end === "whole" ? 3 : 4.5;
      context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
    }
  }
}

function pixelOf({ clientX, clientY }: MouseEvent, { canvas }: Pane): readonly [number, number] {
  const { left, top } = canvas.getBoundingClientRect();
  return [clientX - left, clientY - top];
}

/** The slice whose plane is nearest to a point. */
function nearest(frame: SliceFrame, point: readonly [number, number, number], depth: number): number {
  const along = (p: readonly [number, number, number]) =>
    p[0] * frame.front[0] + p[1] * frame.front[1] + p[2] * frame.front[2];
  const [first, second] = [0, 1].map((slice) => along(unflatten(frame, [0, 0], slice)));
  const slice = Math.round((along(point) - first) / (second - first || 1));
  return Math.min(depth - 1, Math.max(0, slice));
}
