/** Explains a model's answer on one case: from files to a map on the first image's own grid. */
import type { Device } from "../../autograd/runtime.js";
import { MarrowError } from "../../base/errors.js";
import { preprocessImages, type NetworkImage } from "../../study/preprocess.js";
import { readChannels } from "../../study/read-channels.js";
import { cropOrPad } from "../../volume/crop-pad.js";
import type { Grid } from "../../volume/geometry.js";
import { resampleTo } from "../../volume/resample.js";
import { type Volume, voxelCount } from "../../volume/volume.js";
import { weightsOf } from "../blocked-model.js";
import { type ClassifyFiles, readClassifierCase } from "../classify.js";
import type { ModelDescription } from "../model.js";
import { readModelFile } from "../model-file.js";
import { plainPass } from "../plain-pass.js";
import { slideWindows } from "../sliding-window.js";
import { explanationGraph, mapLayers } from "./graph.js";
import { type Explainer, type ExplainOptions, openExplainer } from "./methods.js";

export interface Explanation {
  /** On the grid of the first image's file; largest magnitude 1, or all 0 where nothing speaks for the answer. */
  readonly map: Volume;
  /** What the map was divided by. */
  readonly scale: number;
  /** The classifier's logit, or the label's logits summed over the voxels where it was found. */
  readonly score: number;
}

/** A model that can be explained, and how. */
export interface Explainable extends ModelDescription {
  readonly explainer: Explainer;
  /** The label of a segmentation, 1 … n in the plan's order. */
  readonly label: number;
}

/** Files of a case; the mask is a classifier's alone. */
export type ExplainFiles = Omit<ClassifyFiles, "mask"> & { readonly mask?: string | undefined };

/** Layers that can be explained, with their shapes, in the network's order. Throws MODEL_INVALID. */
export async function layersOf(path: string): Promise<{ name: string; shape: readonly number[] }[]> {
  const { description } = await readModelFile(path);
  return [...mapLayers(explanationGraph(description.plan))].map(([name, { shape }]) => ({ name, shape }));
}

/** Opens a model of either kind. Throws MODEL_INVALID, LAYER_UNKNOWN, BAD_ARGUMENT for a label it does not know. */
export async function openExplainable(
  path: string,
  options: ExplainOptions & { readonly label?: string },
  device: Device = "cpu",
): Promise<Explainable> {
  const { description, model } = await readModelFile(path);
  const { plan } = description;
  const names = plan.labels.map(({ name }) => name);
  const label = options.label === undefined ? 1 : names.indexOf(options.label) + 1;
  if (label === 0)
    throw new MarrowError("BAD_ARGUMENT", { expected: names.join(", "), found: options.label ?? "" });
  const explainer = await openExplainer(explanationGraph(plan, label), weightsOf(model), options, device);
  return { ...description, explainer, label };
}

/**
 * The map of one case. Throws what reading the files throws, CLASSIFY_NO_MASK where a classifier is given no mask. An empty
 * ROI is no error, nor is a label that is found nowhere: the map is then all 0.
 */
export async function explainFiles(files: ExplainFiles, model: Explainable): Promise<Explanation> {
  const { map, score, image, grid } = await (model.plan.classification ? ofCase : ofImage)(files, model);
  const volume = { data: map, size: image.size, affine: image.affine };
  const placed = resampleTo(volume, grid, { method: "linear", outside: 0 });
  const scale = placed.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const data = scale > 0 ? placed.data.map((v) => v / scale) : placed.data;
  return { map: { ...placed, data }, scale, score };
}

interface NetworkMap {
  /** On the network's grid. */
  readonly map: Float32Array<ArrayBuffer>;
  readonly score: number;
  readonly image: NetworkImage;
  readonly grid: Grid;
}

async function ofCase(files: ExplainFiles, { plan, explainer }: Explainable): Promise<NetworkMap> {
  const { images, mask, clinical = {} } = files;
  if (mask === undefined) throw new MarrowError("CLASSIFY_NO_MASK", { file: images[0], expected: "--mask" });
  const { input, image, grid } = await readClassifierCase({ images, mask, clinical }, plan);
  const { map, score } = await explainer.explain({ ...input });
  const window = { data: Float32Array.from(map), size: plan.patch, affine: image.affine };
  // The middle of the image was cut out; cutting the image's size out of the middle of that undoes it.
  return { map: cropOrPad(window, image.size, { mode: "zero" }).data, score, image, grid };
}

async function ofImage(
  { images }: ExplainFiles,
  { plan, explainer, label }: Explainable,
): Promise<NetworkMap> {
  const channels = await readChannels(images);
  const image = preprocessImages(channels, plan);
  const map = new Float32Array(voxelCount(image.size));
  const plane = image.size[0] * image.size[1];
  let score = 0;
  const patch = voxelCount(plan.patch);
  await slideWindows(image, {
    plan: plainPass(plan),
    models: [
      async (window) => {
        const result = await explainer.explain({ image: Float32Array.from(window) });
        score += result.score;
        const classes = new Float32Array((plan.labels.length + 1) * patch);
        classes.set(result.map, label * patch);
        return classes;
      },
    ],
    onSlice: (k, slices) => map.set(slices.subarray(label * plane, (label + 1) * plane), k * plane),
  });
  const { size, affine } = channels[0];
  return { map, score, image, grid: { size, affine } };
}
