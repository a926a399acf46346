/** Two masks held against each other: where both agree, where only one has a lesion, Dice of each label. */
import type { MaskEntry } from "../../src/reading/contract/index.js";
import type { Mask } from "../../src/volume/volume.js";
import { callForBytes } from "../api/client.js";
import { comparisonColours, type ColouredLabel } from "../core/colour.js";
import { compareMasks, comparison, diceOfLabels } from "../core/compare.js";
import { button, dropDown, group } from "../ui/controls.js";
import { fill, h } from "../ui/element.js";
import { attempt } from "../ui/notice.js";
import { labelTitle } from "./label-panel.js";
import type { Scene } from "./scene.js";

/** Masks of a case by source, each fetched once; the mask that is drawn on is always the one on the screen. */
export class MaskShelf {
  private readonly kept = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

  constructor(
    private readonly caseName: string,
    private readonly scene: Scene,
    private readonly drawn: () => string | undefined,
  ) {}

  voxels(source: string): Promise<Uint8Array<ArrayBuffer>> {
    const { mask } = this.scene;
    if (mask && source === this.drawn()) return Promise.resolve(mask.data);
    let kept = this.kept.get(source);
    if (!kept) this.kept.set(source, (kept = this.fetch(source)));
    return kept;
  }

  private async fetch(source: string): Promise<Uint8Array<ArrayBuffer>> {
    const { bytes } = await callForBytes("maskVoxels", { at: { case: this.caseName, source } });
    return new Uint8Array(bytes);
  }
}

export function comparePanel(scene: Scene, shelf: MaskShelf, masks: readonly MaskEntry[]): HTMLElement {
  const choices = masks.map(({ source, title }) => ({ value: source, text: title }));
  if (choices.length < 2)
    return group("Compare", h("p", { class: "hint" }, "Two masks are needed; there is no second one yet."));
  const first = dropDown("First", choices, choices[0].value, () => undefined);
  const second = dropDown("Second", choices, choices[1].value, () => undefined);
  const result = h("div", { class: "comparison", "aria-live": "polite" });
  const stop = () => {
    scene.comparison = undefined;
    fill(result);
    scene.changed("mask");
  };
  const start = async () => {
    const data = await Promise.all([first, second].map(({ list }) => shelf.voxels(list.value)));
    showComparison(scene, data[0], data[1]);
    fill(result, legend(first.list, second.list), diceTable(scene.labels, data[0], data[1]));
  };
  const buttons = h(
    "div",
    { class: "row" },
    button("Compare", () => attempt(start)),
    button("Stop", stop),
  );
  return group("Compare", first.element, second.element, buttons, result);
}

function showComparison(scene: Scene, first: Uint8Array, second: Uint8Array): void {
  const grid = scene.images[0];
  const mask: Mask = { data: compareMasks(first, second), size: grid.size, affine: grid.affine };
  const labels: ColouredLabel[] = (Object.keys(comparison) as (keyof typeof comparison)[]).map((name) => ({
    value: comparison[name],
    name,
    colour: comparisonColours[name],
  }));
  scene.comparison = { mask, labels };
  scene.changed("mask");
}

function legend(first: HTMLSelectElement, second: HTMLSelectElement): HTMLElement {
  const name = (list: HTMLSelectElement) => list.selectedOptions[0]?.text ?? "";
  const row = (colour: string, text: string) => {
    const swatch = h("span", { class: "swatch", "aria-hidden": true });
    swatch.style.background = colour;
    return h("li", {}, swatch, text);
  };
  return h(
    "ul",
    { class: "legend" },
    row(comparisonColours.both, "Both"),
    row(comparisonColours.onlyFirst, `Only ${name(first)}`),
    row(comparisonColours.onlySecond, `Only ${name(second)}`),
  );
}

function diceTable(labels: readonly ColouredLabel[], first: Uint8Array, second: Uint8Array): HTMLElement {
  const values = diceOfLabels(
    first,
    second,
    labels.map(({ value }) => value),
  );
  const text = (dice: number) => (Number.isNaN(dice) ? "neither has it" : dice.toFixed(3));
  return h(
    "table",
    {},
    h("caption", {}, "Dice (1 is full agreement)"),
    labels.map(({ name }, n) =>
      h("tr", {}, h("th", { scope: "row" }, labelTitle(name)), h("td", {}, text(values[n]))),
    ),
  );
}
