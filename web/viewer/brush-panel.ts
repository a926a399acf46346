/** Settings of the tool in hand and the edits that need no pointer. */
import { button, dropDown, group, slider, tick } from "../ui/controls.js";
import { h } from "../ui/element.js";
import type { Drawing } from "./drawing.js";
import type { ToolName } from "./tools.js";

export interface BrushPanel {
  readonly element: HTMLElement;
  /** Shows the settings that matter for a tool. */
  readonly show: (tool: ToolName) => void;
}

const brushes: readonly ToolName[] = ["brush", "eraser", "threshold"];

export function brushPanel(drawing: Drawing): BrushPanel {
  const size = sizeControls(drawing);
  const range = rangeControls(drawing);
  const grow = growControls(drawing);
  const hint = h("p", { class: "hint" }, "Choose a drawing tool to see its settings.");
  const show = (tool: ToolName) => {
    size.hidden = !brushes.includes(tool);
    range.hidden = tool !== "threshold";
    grow.hidden = tool !== "grow";
    hint.hidden = !size.hidden || !grow.hidden;
  };
  show("crosshair");
  return { element: group("Tool", size, range, grow, hint), show };
}

function sizeControls(drawing: Drawing): HTMLElement {
  const { brush, scene } = drawing;
  const mm = (x: number) => `${x.toFixed(1)} mm`;
  const radius = slider(
    { label: "Radius", min: 0.5, max: 40, step: 0.1, text: mm, onInput: (x) => (brush.radiusMm = x) },
    brush.radiusMm,
  );
  scene.onChange(() => radius.set(brush.radiusMm));
  const shapes = [
    { value: "round", text: "Round, in this slice" },
    { value: "ball", text: "Ball, through slices" },
  ] as const;
  const shape = dropDown("Shape", shapes, brush.shape, (value) => (brush.shape = value));
  return h("div", {}, radius.element, shape.element);
}

const percent = (x: number) => `${Math.round(x * 100)} %`;

function rangeControls({ brush }: Drawing): HTMLElement {
  const limits = { min: 0, max: 1, step: 0.01, text: percent };
  const low = slider({ ...limits, label: "Darkest painted", onInput: (x) => (brush.low = x) }, brush.low);
  const high = slider(
    { ...limits, label: "Brightest painted", onInput: (x) => (brush.high = x) },
    brush.high,
  );
  return h("div", {}, low.element, high.element);
}

function growControls({ brush }: Drawing): HTMLElement {
  const tolerance = slider(
    {
      label: "May differ by",
      min: 0.01,
      max: 0.5,
      step: 0.01,
      text: percent,
      onInput: (x) => (brush.tolerance = x),
    },
    brush.tolerance,
  );
  const mm = (x: number) => `${x} mm`;
  const reach = slider(
    { label: "Reaches", min: 2, max: 100, step: 1, text: mm, onInput: (x) => (brush.reachMm = x) },
    brush.reachMm,
  );
  const flat = tick("Only in this slice", brush.isGrowFlat, (checked) => (brush.isGrowFlat = checked));
  return h("div", {}, tolerance.element, reach.element, flat);
}

/** Undo, redo and the edits of a whole label. `say` shows what happened. */
export function editPanel(drawing: Drawing, say: (text: string) => void): HTMLElement {
  const { editor, scene, brush } = drawing;
  const undo = button("Undo", () => drawing.undo(), { title: "Ctrl + Z" });
  const redo = button("Redo", () => drawing.redo(), { title: "Ctrl + Y" });
  const update = () => {
    undo.disabled = !editor.canUndo;
    redo.disabled = !editor.canRedo;
  };
  scene.onChange(update);
  update();
  const interpolate = button("Fill between slices", () => say(filled(drawing.interpolate())), {
    title: "Draw the label on some slices; those between are filled (I)",
  });
  const size = slider(
    {
      label: "Islands below",
      min: 5,
      max: 500,
      step: 5,
      text: (x) => `${x} mm³`,
      onInput: (x) => (brush.islandMm3 = x),
    },
    brush.islandMm3,
  );
  const islands = button("Remove islands", () => say(`${drawing.removeIslands()} voxels removed.`));
  return group("Edit", h("div", { class: "row" }, undo, redo), interpolate, size.element, islands);
}

export const filled = (voxels: number) =>
  voxels === 0 ? "There are no empty slices between drawn ones." : `${voxels} voxels filled.`;
