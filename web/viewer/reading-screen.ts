/** The reading screen: pictures, tools and panels, put together for one case. */
import type { User } from "../../src/reading/contract/index.js";
import { MaskEditor } from "../core/mask-editor.js";
import { h } from "../ui/element.js";
import { notify } from "../ui/notice.js";
import { brushPanel, editPanel, filled } from "./brush-panel.js";
import { Drawing } from "./drawing.js";
import type { DrawingSession } from "./drawing-session.js";
import { openHelp } from "./help.js";
import { handleKey, type Action, type Keyboard } from "./keys.js";
import { labelPanel } from "./label-panel.js";
import { overlayPanel, overlayStyles } from "./overlay-panel.js";
import type { Pane } from "./pane.js";
import { PaneGrid } from "./pane-grid.js";
import { connectPointer, type PointerAt } from "./pointer.js";
import type { Scene, SceneImage } from "./scene.js";
import { toolbar } from "./toolbar.js";
import { makeTools, toolEntries, type ToolName } from "./tools.js";

/** Part of a stroke under way is saved this often. */
const checkpointMs = 400;

export interface ScreenOptions {
  readonly user: User;
  readonly scene: Scene;
  /** Names of all sequences, also of those still on their way. */
  readonly sequences: readonly string[];
  /** Absent where the case can only be looked at. */
  readonly session: Pick<DrawingSession, "mask" | "save"> | undefined;
  /** Groups of the side panel that come first. */
  readonly lead?: readonly HTMLElement[];
}

export class ReadingScreen {
  readonly element = h("div", { class: "reading" });
  readonly grid: PaneGrid;
  readonly editor: MaskEditor;
  private readonly drawing: Drawing;
  private readonly toolSet;
  private readonly bar;
  private readonly brush;
  private readonly labels;
  private readonly timer = setInterval(() => this.editor.checkpoint(), checkpointMs);
  private tool: ToolName = "crosshair";

  constructor(
    private readonly options: ScreenOptions,
    /** Further groups of the side panel. */
    panels: readonly HTMLElement[],
  ) {
    const { scene, session } = options;
    const mask = session?.mask ?? { ...scene.images[0], data: new Uint8Array(scene.images[0].data.length) };
    this.editor = new MaskEditor(mask, { onChange: (changes) => session?.save(changes) });
    this.drawing = new Drawing(scene, this.editor);
    this.toolSet = makeTools(scene, this.drawing, notify);
    this.grid = new PaneGrid(scene, options.sequences, (pane) => this.connect(pane));
    this.bar = toolbar((tool) => this.choose(tool), session !== undefined);
    this.brush = brushPanel(this.drawing);
    this.labels = labelPanel(this.drawing);
    const drawingPanels = session ? [this.brush.element, editPanel(this.drawing, notify)] : [];
    const display = overlayPanel(scene, () => this.grid.active);
    const side = [...(options.lead ?? []), this.labels.element, ...drawingPanels, display, ...panels];
    this.element.append(
      this.bar.element,
      this.grid.element,
      h("aside", { class: "side", "aria-label": "Settings", tabindex: 0 }, side),
    );
    this.choose(session ? "brush" : "crosshair");
    document.addEventListener("keydown", this.onKey);
    document.addEventListener("visibilitychange", this.onHide);
    window.addEventListener("pagehide", this.onHide);
  }

  addImage(image: SceneImage): void {
    this.grid.add(image);
  }

  /** Ends the stroke under way and stops listening. */
  close(): void {
    this.editor.finish();
    clearInterval(this.timer);
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("visibilitychange", this.onHide);
    window.removeEventListener("pagehide", this.onHide);
    this.grid.close();
  }

  private readonly onKey = (event: KeyboardEvent) => handleKey(event, this.keyboard);
  private readonly onHide = () => this.editor.checkpoint();

  private connect(pane: Pane): void {
    connectPointer(
      pane,
      () => this.toolSet.tools[this.tool],
      (used) => this.grid.activate(used),
    );
    pane.canvas.addEventListener("focus", () => this.grid.activate(pane));
  }

  private choose(tool: ToolName): void {
    const entry = toolEntries.find(({ name }) => name === tool);
    if (entry?.isDrawing && !this.options.session) return;
    this.toolSet.contour.cancel();
    this.options.scene.draft = undefined;
    for (const pane of this.grid.panes) pane.overlay = undefined;
    this.tool = tool;
    this.bar.mark(tool);
    this.brush.show(tool);
    this.options.scene.changed();
  }

  private readonly keyboard: Keyboard = {
    pane: () => this.grid.active,
    choose: (tool) => this.choose(tool),
    chooseLabel: (position) => this.labels.choose(position),
    act: (action) => this.actions[action](),
  };

  private readonly actions: Readonly<Record<Action, () => void>> = {
    undo: () => this.drawing.undo(),
    redo: () => this.drawing.redo(),
    interpolate: () => this.options.session && notify(filled(this.drawing.interpolate())),
    larger: () => this.drawing.resizeBrush(1.2),
    smaller: () => this.drawing.resizeBrush(1 / 1.2),
    overlay: () => this.nextOverlay(),
    hide: () => this.show((scene) => (scene.overlay = scene.overlay === "hidden" ? "filled" : "hidden")),
    crosshair: () => this.show((scene) => (scene.hasCrosshair = !scene.hasCrosshair)),
    maximise: () => this.grid.maximise(),
    help: openHelp,
    finish: () => this.toolSet.contour.close(),
    cancel: () => {
      this.toolSet.contour.cancel();
      this.show((scene) => (scene.draft = undefined));
    },
    dab: () => this.dab(),
    unmeasure: () => this.show((scene) => (scene.measurements = scene.measurements.slice(0, -1))),
  };

  private show(change: (scene: Scene) => void): void {
    change(this.options.scene);
    this.options.scene.changed();
  }

  private nextOverlay(): void {
    const next = (overlayStyles.indexOf(this.options.scene.overlay) + 1) % overlayStyles.length;
    this.show((scene) => (scene.overlay = overlayStyles[next]));
  }

  /** The tool in hand at the crosshair, for those who work without a mouse. */
  private dab(): void {
    const pane = this.grid.active;
    const pixel = pane.pixelOf(this.options.scene.point);
    const at: PointerAt = { pane, pixel, point: pane.pointAt(pixel), shift: false };
    const tool = this.toolSet.tools[this.tool];
    tool.down?.(at);
    tool.up?.(at);
  }
}
