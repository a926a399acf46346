/** Labels: which one is drawn, which are shown, which are locked. */
import { group } from "../ui/controls.js";
import { h } from "../ui/element.js";
import type { Drawing } from "./drawing.js";
import type { ColouredLabel } from "../core/colour.js";

/** Also answers how to choose a label by its position. */
export function labelPanel(drawing: Drawing): { element: HTMLElement; choose: (position: number) => void } {
  const { scene } = drawing;
  const rows = scene.labels.map((label) => labelRow(label, drawing));
  const choose = (position: number) => {
    const label = scene.labels[position];
    if (!label) return;
    drawing.label = label.value;
    rows[position].radio.checked = true;
    scene.changed();
  };
  choose(0);
  return {
    element: group(
      "Labels",
      h(
        "ul",
        { class: "labels" },
        rows.map(({ element }) => element),
      ),
    ),
    choose,
  };
}

/** "bone-marrow-oedema" → "Bone marrow oedema". */
export const labelTitle = (name: string) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("-", " ");

function labelRow({ value, name, colour }: ColouredLabel, drawing: Drawing) {
  const { scene, editor } = drawing;
  const id = `label-${value}`;
  const radio = h("input", { type: "radio", name: "label", id, onchange: () => (drawing.label = value) });
  const swatch = h("span", { class: "swatch", "aria-hidden": true });
  swatch.style.background = colour;
  const title = labelTitle(name);
  const show = box(`Show ${title}`, "Show", true, (isShown) => {
    if (isShown) scene.hiddenLabels.delete(value);
    else scene.hiddenLabels.add(value);
    scene.changed("mask");
  });
  const lock = box(`Lock ${title}`, "Lock", false, (isLocked) => editor.lock(value, isLocked));
  const element = h("li", {}, radio, swatch, h("label", { for: id, class: "label-name" }, title), show, lock);
  return { element, radio };
}

function box(
  name: string,
  text: string,
  checked: boolean,
  onChange: (checked: boolean) => void,
): HTMLElement {
  const input = h("input", {
    type: "checkbox",
    "aria-label": name,
    checked,
    onchange: () => onChange(input.checked),
  });
  return h("label", { class: "small-tick" }, input, text);
}
