/**
 * Paper 2's network (its Figure 2A): its U-Net with a coarse prediction that PointRend (Kirillov et al. 2020) renders to
 * full resolution in three steps. The paper names the method and the number of steps; the coarse map is therefore
 * predicted three poolings below the image, and every step undoes one of them.
 *
 *     image ─ two convs ─────────────────────────── concat ─ two convs ─── fine features ──┐
 *                └ pool ─ … ─────────────── … ─ two convs ─ up ┘                           │ at points
 *                    └ pool ─ two convs ─ concat ─ two convs ─ up ┘                        │
 *                                                    └ 1×1 conv ─ coarse logits ─ ×2 ─ points ─ ×2 ─ points ─ ×2 ─ points ─ logits
 *
 * In training the coarse logits, enlarged, have the plan's loss, and predictions at random and uncertain points a
 * cross-entropy of their own.
 */
import { resize } from "../autograd/linear-map.js";
import type { Tensor } from "../autograd/tensor.js";
import { geometryOf, pointwise } from "./geometry.js";
import type { Layers } from "./layers.js";
import type { Network, NetworkOptions, NetworkOutput } from "./network.js";
import { type PointMaps, render, trainingPoints } from "./point-head.js";
import { decoderMaps, unetBatchNorm } from "./unet-batch-norm.js";

const dimensions = 2;
/** Steps of rendering, where there are as many poolings. */
const standardSteps = 3;
/** Width of the perceptron, in widths of the fine features: 256 at the paper's size, as in PointRend. */
const widening = 4;

/** What the network renders from, and the decoder's map at each step, from the finest. */
export function mapsOf(
  layers: Layers,
  image: Tensor,
  options: NetworkOptions,
): { maps: PointMaps; finer: readonly Tensor[] } {
  const steps = Math.min(standardSteps, geometryOf(dimensions, options).pooling.length);
  const decoder = decoderMaps(layers, image, options);
  const coarse = layers.conv("coarse.conv", decoder[steps], options.classes, pointwise(dimensions));
  return { maps: { coarse, fine: decoder[0] }, finer: decoder.slice(0, steps) };
}

function build(layers: Layers, image: Tensor, options: NetworkOptions): NetworkOutput {
  const { maps, finer } = mapsOf(layers, image, options);
  const width = widening * (options.features[0] ?? 1);
  if (!layers.training) {
    const sizes = finer.map((map) => map.shape.slice(2)).reverse();
    return { logits: render(layers, maps, sizes, width) };
  }
  const logits = resize(maps.coarse, image.shape.slice(2), false);
  return { logits, points: trainingPoints(layers, maps, width) };
}

export const unetPointRend: Network = { ...unetBatchNorm, title: "U-Net with PointRend", build };
