/** How the mask is laid over the images, and presets of brightness. */
import { presets, presetWindow } from "../core/grey-window.js";
import { dropDown, group, slider, tick } from "../ui/controls.js";
import type { Pane } from "./pane.js";
import type { OverlayStyle, Scene } from "./scene.js";

export const overlayStyles: readonly OverlayStyle[] = ["filled", "outline", "hidden"];

export function overlayPanel(scene: Scene, pane: () => Pane): HTMLElement {
  const titles = { filled: "Filled", outline: "Outline", hidden: "Hidden" } as const;
  const choices = overlayStyles.map((value) => ({ value, text: titles[value] }));
  const style = dropDown("Mask", choices, scene.overlay, (value) => {
    scene.overlay = value;
    scene.changed();
  });
  const opacity = slider(
    {
      label: "Opacity",
      min: 0.05,
      max: 1,
      step: 0.05,
      text: (x) => `${Math.round(x * 100)} %`,
      onInput: (x) => {
        scene.opacity = x;
        scene.changed();
      },
    },
    scene.opacity,
  );
  scene.onChange(() => (style.list.value = scene.overlay));
  const crosshair = tick("Crosshair", scene.hasCrosshair, (checked) => {
    scene.hasCrosshair = checked;
    scene.changed();
  });
  return group("Display", style.element, opacity.element, crosshair, presetList(pane).element);
}

function presetList(pane: () => Pane) {
  const choices = [
    { value: "", text: "As suggested" },
    ...presets.map(({ name }) => ({ value: name, text: name })),
  ];
  return dropDown("Brightness", choices, "", (name) => {
    const { image, scene } = pane();
    const preset = presets.find((one) => one.name === name);
    image.window = preset ? presetWindow(image.sample, preset) : image.suggested;
    scene.changed();
  });
}
