/**
 * Graphs that say which voxels a network's answer rests on. The answer is one number: a classifier's logit, or the sum of a
 * label's logits over a region (Vinogradova et al., AAAI 2020, for Grad-CAM of segmentation).
 */
import { gradients } from "../../autograd/gradient.js";
import { resize } from "../../autograd/linear-map.js";
import { cast, equal, mul, relu } from "../../autograd/operators/elementwise.js";
import { max, mean, sum } from "../../autograd/operators/reduction.js";
import { reshape, slice } from "../../autograd/operators/shape.js";
import { input, type Shape, type Tensor } from "../../autograd/tensor.js";
import { MarrowError } from "../../base/errors.js";
import { Layers } from "../../networks/layers.js";
import { networkOptions, tensorAxes } from "../../networks/plan-options.js";
import { networkNamed } from "../../networks/registry.js";
import { inputChannels } from "../../study/context-slices.js";
import type { Plan } from "../../study/types.js";
import { classifierGraph } from "../classifier-graph.js";

export interface ExplanationGraph {
  /** All that is fed, by name: what the network is fed, `scale` [1], and for segmentation `region` [1, 1, …patch]. */
  readonly inputs: ReadonlyMap<string, Shape>;
  readonly layers: Layers;
  /** What the network sees, before it is scaled: [1, C, …patch]. */
  readonly seen: Tensor;
  /** Of its voxels along its spatial axes, mm. */
  readonly spacing: Shape;
  /** The same times `scale`: where gradients are taken. */
  readonly scaled: Tensor;
  /** [1] */
  readonly score: Tensor;
  /** Of segmentation: 1 where the label is the most probable one, [1, 1, …patch]. */
  readonly found?: Tensor;
}

/** The graph of the plan's network; `label` is the class to explain (1 … n), which a classifier does not need. */
export function explanationGraph(plan: Plan, label = 1): ExplanationGraph {
  return plan.classification ? ofClassifier(plan) : ofSegmentation(plan, label);
}

function ofClassifier(plan: Plan): ExplanationGraph {
  const scale = input("scale", [1]);
  let unscaled: Tensor | undefined;
  const graph = classifierGraph(plan, (seen) => {
    unscaled = seen;
    return mul(seen, scale);
  });
  const inputs = new Map<string, Shape>([...graph.inputs, ["scale", [1]]]);
  const { layers, seen: scaled, logit } = graph;
  const spacing = tensorAxes(plan.spacing, 3);
  return { inputs, layers, seen: unscaled ?? scaled, spacing, scaled, score: reshape(logit, [1]) };
}

function ofSegmentation(plan: Plan, label: number): ExplanationGraph {
  const planned = plan.networks[0];
  const network = networkNamed(planned.name);
  const patch = tensorAxes(plan.patch, network.dimensions);
  const shapes: readonly (readonly [string, Shape])[] = [
    ["image", [1, inputChannels(plan), ...patch]],
    ["scale", [1]],
    ["region", [1, 1, ...patch]],
  ];
  const [seen, scale, region] = shapes.map(([name, shape]) => input(name, shape));
  const layers = new Layers(false);
  const scaled = mul(seen, scale);
  const { logits } = network.build(layers, scaled, networkOptions(planned, plan.labels.length + 1));
  const starts = logits.shape.map((_, axis) => (axis === 1 ? label : 0));
  const own = slice(logits, starts, [1, 1, ...patch]);
  return {
    inputs: new Map(shapes),
    layers,
    seen,
    spacing: tensorAxes(plan.spacing, network.dimensions),
    scaled,
    score: reshape(sum(mul(own, region)), [1]),
    found: cast(equal(own, max(logits, [1])), "float32"),
  };
}

/** Layers whose result is a map, in order; those that end before the last axes cannot be laid over the image. */
export function mapLayers({ layers, seen }: ExplanationGraph): Map<string, Tensor> {
  const maps = [...layers.results].filter(
    ([, t]) => t.shape.length === seen.shape.length && t.shape[0] === 1,
  );
  return new Map(maps);
}

/** Cells of the default layer are at most this wide, mm: SPARCC calls a lesion of a sacroiliac joint deep from 10 mm on. */
const widestCell = 20;

/**
 * Among layers whose cells are at most 20 mm wide within the slice (where there is none, the finest ones) those with the
 * coarsest cells; of these the one with the most channels, which leaves out gates and side branches, and of equals the last.
 * Selvaraju et al. 2017 take the last convolutional layer: the richest in meaning that still has places. Its cells are small beside
 * the objects of a photograph; those of a network for MRI are often wider than a lesion.
 */
export function defaultLayer(graph: ExplanationGraph): string {
  const maps = [...mapLayers(graph)].filter(([, { shape }]) => shape.slice(-2).some((n) => n > 1));
  const layers = maps.map(([name, t]) => ({ name, width: cellWidth(graph, t), channels: t.shape[1] }));
  const limit = Math.max(widestCell, Math.min(...layers.map(({ width }) => width)));
  const [{ name }] = layers
    .filter(({ width }) => width <= limit)
    .reverse()
    .sort((a, b) => b.width - a.width || b.channels - a.channels);
  return name;
}

/** The longer side of a layer's cell within the slice, mm. */
function cellWidth({ seen, spacing }: ExplanationGraph, { shape }: Tensor): number {
  const widths = spacing.map((mm, axis) => (mm * seen.shape[axis + 2]) / shape[axis + 2]);
  return Math.max(...widths.slice(-2));
}

/**
 * Grad-CAM of a layer [1, …patch]: its channels weighted by the mean gradient of the score, summed, cut off at 0, brought to
 * the patch's size by linear interpolation. Selvaraju et al., ICCV 2017, eqs. 1 and 2. Throws LAYER_UNKNOWN.
 */
export function gradCam(graph: ExplanationGraph, layer: string): Tensor {
  const maps = mapLayers(graph);
  const activation = maps.get(layer);
  if (!activation)
    throw new MarrowError("LAYER_UNKNOWN", { expected: [...maps.keys()].join(", "), found: layer });
  const [gradient] = gradients(graph.score, [activation]);
  const weights = mean(gradient, [...activation.shape.keys()].slice(2));
  const map = relu(sum(mul(activation, weights), [1]));
  return withoutChannel(resize(map, graph.seen.shape.slice(2), false));
}

/** What each voxel adds to the score in proportion to itself, all channels together: [1, …patch]. */
export function inputTimesGradient(graph: ExplanationGraph): Tensor {
  const [gradient] = gradients(graph.score, [graph.scaled]);
  return withoutChannel(sum(mul(gradient, graph.seen), [1]));
}

const withoutChannel = (map: Tensor) => reshape(map, [1, ...map.shape.slice(2)]);
