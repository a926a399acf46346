/** Mouse and pen on a pane: turns events into calls of the tool in hand; wheel and other buttons always navigate. */
import type { Vec3 } from "../../src/volume/volume.js";
import { dragWindow } from "../core/grey-window.js";
import type { Pane } from "./pane.js";

export interface PointerAt {
  readonly pane: Pane;
  /** CSS pixels from the corner of the canvas. */
  readonly pixel: readonly [number, number];
  /** LPS+ mm, in the slice that is shown. */
  readonly point: Vec3;
  readonly shift: boolean;
}

/** What a tool does with the left button (or a pen). `move` gets the place before as well. */
export interface Tool {
  readonly down?: (at: PointerAt) => void;
  readonly move?: (at: PointerAt, before: PointerAt) => void;
  readonly up?: (at: PointerAt) => void;
  /** The pointer moves without a button. */
  readonly hover?: (at: PointerAt) => void;
  readonly leave?: (pane: Pane) => void;
  readonly doubleClick?: (at: PointerAt) => void;
}

/** Right button: window and level. Middle: pan. They work whatever tool is in hand. */
const otherButtons: Readonly<Record<number, Tool>> = {
  1: {
    move: ({ pane, pixel }, before) => pane.pan([pixel[0] - before.pixel[0], pixel[1] - before.pixel[1]]),
  },
  2: { move: dragGreyWindow },
};

/** Window and level follow the pointer: right is wider, up is brighter. */
export function dragGreyWindow({ pane, pixel }: PointerAt, before: PointerAt): void {
  const { image, scene } = pane;
  const range = (image.sample.at(-1) ?? 1) - (image.sample[0] ?? 0);
  image.window = dragWindow(image.window, pixel[0] - before.pixel[0], pixel[1] - before.pixel[1], range || 1);
  scene.changed();
}

/** Connects a pane to the tool in hand. `onTouch` is told when a pane is used, so that keys act on it. */
export function connectPointer(pane: Pane, tool: () => Tool, onTouch: (pane: Pane) => void): void {
  const { canvas } = pane;
  let held: { tool: Tool; last: PointerAt; id: number } | undefined;
  const at = (event: MouseEvent): PointerAt => {
    const pixel = pixelOf(event, canvas);
    return { pane, pixel, point: pane.pointAt(pixel), shift: event.shiftKey };
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (held) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    onTouch(pane);
    held = { tool: otherButtons[event.button] ?? tool(), last: at(event), id: event.pointerId };
    held.tool.down?.(held.last);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!held) return tool().hover?.(at(event));
    for (const one of steps(event)) {
      const now = at(one);
      held.tool.move?.(now, held.last);
      held.last = now;
    }
    held.tool.hover?.(held.last);
  });
  const release = (event: PointerEvent) => {
    if (held?.id !== event.pointerId) return;
    held.tool.up?.(held.last);
    held = undefined;
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => tool().leave?.(pane));
  canvas.addEventListener("dblclick", (event) => tool().doubleClick?.(at(event)));
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  canvas.addEventListener("wheel", wheelOf(pane, onTouch), { passive: false });
}

/** Where on the canvas, in CSS pixels and fractions of them. */
function pixelOf({ clientX, clientY }: MouseEvent, canvas: HTMLCanvasElement): readonly [number, number] {
  const { left, top } = canvas.getBoundingClientRect();
  return [clientX - left, clientY - top];
}

/** Every place the pointer was at since the last event: a fast stroke keeps its curve. */
function steps(event: PointerEvent): readonly PointerEvent[] {
  const all = event.getCoalescedEvents();
  return all.length > 0 ? all : [event];
}

/** Wheel: slices; with Ctrl: zoom. Small movements of a touch pad add up to a slice. */
function wheelOf(pane: Pane, onTouch: (pane: Pane) => void) {
  let turned = 0;
  return (event: WheelEvent) => {
    event.preventDefault();
    onTouch(pane);
    if (event.ctrlKey) return pane.zoom(Math.exp(-event.deltaY / 300), pixelOf(event, pane.canvas));
    turned += event.deltaMode === 0 ? event.deltaY / 50 : event.deltaY;
    const slices = Math.trunc(turned);
    turned -= slices;
    if (slices !== 0) pane.step(Math.sign(slices) * Math.min(3, Math.abs(slices)));
  };
}
