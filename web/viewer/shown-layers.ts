/** Masks that a reader study shows with a reading: the model's, and for feedback the reference. */
import type { OpenReading } from "../../src/reading/contract/index.js";
import { callForBytes } from "../api/client.js";
import { comparisonColours } from "../core/colour.js";
import { compareMasks, comparison } from "../core/compare.js";
import { dropDown, group } from "../ui/controls.js";
import { h } from "../ui/element.js";
import type { Scene, ShownMask } from "./scene.js";

/** Masks that the protocol shows, laid over the pictures on demand; for feedback both from the beginning. */
export async function layersPart(
  { id, layers, labels, tasks }: OpenReading,
  scene: Scene,
): Promise<HTMLElement | undefined> {
  const isFeedback = tasks.feedback.length > 0;
  const { size, affine } = scene.images[0];
  const fetched = new Map<string, ShownMask>();
  for (const layer of layers.filter((one) => one !== "own")) {
    const { bytes } = await callForBytes("readingMask", { at: { id, layer } });
    const shown = isFeedback ? labels.filter(({ name }) => tasks.feedback.includes(name)) : labels;
    const data = onlyLabels(new Uint8Array(bytes), shown);
    fetched.set(layer, { mask: { data, size, affine }, labels: shown });
  }
  const [model, reference] = [fetched.get("model"), fetched.get("reference")];
  if (!model) return undefined;
  const both = reference && {
    mask: { size, affine, data: compareMasks(model.mask.data, reference.mask.data) },
    labels: bothLabels,
  };
  const shown = { own: undefined, model, reference, both } as const;
  type Name = keyof typeof shown;
  const choices: { value: Name; text: string }[] = [
    ...(tasks.segmentation ? [{ value: "own" as const, text: "My mask" }] : []),
    ...(isFeedback ? [{ value: "both" as const, text: "Model and reference" }] : []),
    { value: "model", text: "Model" },
    ...(isFeedback ? [{ value: "reference" as const, text: "Reference" }] : []),
  ];
  const show = (name: Name) => {
    scene.comparison = shown[name];
    scene.changed("mask");
  };
  if (isFeedback) scene.overlay = "outline";
  show(choices[0].value);
  return group(
    "Shown",
    dropDown("Mask on the pictures", choices, choices[0].value, show).element,
    isFeedback && legend(),
  );
}

/** The mask with these labels alone: anatomy would hide how lesions were outlined. */
function onlyLabels(data: Uint8Array<ArrayBuffer>, labels: readonly { readonly value: number }[]) {
  const kept = new Set(labels.map(({ value }) => value));
  return data.map((label) => (kept.has(label) ? label : 0));
}

const bothTitles = {
  both: "Model and reference",
  onlyFirst: "Only the model",
  onlySecond: "Only the reference",
} as const;
const bothLabels = (Object.keys(comparison) as (keyof typeof comparison)[]).map((name) => ({
  value: comparison[name],
  name,
  colour: comparisonColours[name],
}));

function legend(): HTMLElement {
  const rows = (Object.keys(bothTitles) as (keyof typeof bothTitles)[]).map((name) => {
    const swatch = h("span", { class: "swatch", "aria-hidden": true });
    swatch.style.background = comparisonColours[name];
    return h("li", {}, swatch, bothTitles[name]);
  });
  return h("ul", { class: "legend" }, rows);
}
