/** Where a model looked: heat maps of the case over the images. */
import { call, callForBytes } from "../api/client.js";
import { dropDown, slider } from "../ui/controls.js";
import { fill, h } from "../ui/element.js";
import { attempt } from "../ui/notice.js";
import { folded } from "../ui/folded.js";
import type { Scene } from "./scene.js";

/** The list of maps is read when the group is opened. */
export function heatPanel(caseName: string, scene: Scene): HTMLElement {
  const place = h("div", {});
  return folded("Heat map", () => attempt(() => fillPanel(place, caseName, scene)), place);
}

async function fillPanel(place: HTMLElement, caseName: string, scene: Scene): Promise<void> {
  const { maps } = await call("heatMaps", { at: { case: caseName } });
  const hint = "A senior makes heat maps under Jobs; `marrow classify` and `marrow explain` leave them too.";
  if (maps.length === 0)
    return fill(place, h("p", { class: "hint" }, "There is no heat map of this case. ", hint));
  const choices = [{ value: "", text: "None" }, ...maps.map(({ id, title }) => ({ value: id, text: title }))];
  const list = dropDown("Where the model looked", choices, "", (id) =>
    attempt(() => showHeat(caseName, scene, id)),
  );
  const opacity = slider(
    {
      label: "Strength",
      min: 0.05,
      max: 1,
      step: 0.05,
      text: (x) => `${Math.round(x * 100)} %`,
      onInput: (x) => {
        scene.heatOpacity = x;
        scene.changed();
      },
    },
    scene.heatOpacity,
  );
  const text = "Bright: spoke most for the model's answer. It shows where, not why.";
  fill(place, list.element, opacity.element, h("p", { class: "hint" }, text));
}

async function showHeat(caseName: string, scene: Scene, id: string): Promise<void> {
  scene.heat = undefined;
  if (id !== "") {
    const { bytes } = await callForBytes("heatMapVoxels", { at: { case: caseName, result: id } });
    const { size, affine } = scene.images[0];
    scene.heat = { data: new Uint8Array(bytes), size, affine };
  }
  scene.changed("mask");
}
