/**
 * Paper 2's U-Net (Ronneberger et al. 2015 with batch norm; Figure 2A there): two 3×3 convolutions with batch norm and ReLU
 * a level, max-pooling 2×2, transposed convolutions, concatenation. Parameters are named as in the widespread PyTorch
 * implementation of this network, since the paper's own was not published.
 *
 *     image ─ two convs ─────────────────────── concat ─ two convs ─ 1×1 conv ─ logits
 *                └ pool ─ two convs ─── concat ─ two convs ─ up ┘
 *                            └ pool ─ two convs ─ up ┘
 */
import { relu } from "../autograd/operators/elementwise.js";
import { maxPool } from "../autograd/operators/pooling.js";
import { concat } from "../autograd/operators/shape.js";
import type { Shape, Tensor } from "../autograd/tensor.js";
import { divisorOf, geometryOf, pointwise } from "./geometry.js";
import type { Layers } from "./layers.js";
import type { Network, NetworkOptions, NetworkOutput } from "./network.js";

const dimensions = 2;

function twoConvs(
  layers: Layers,
  name: string,
  x: Tensor,
  out: number,
  kernel: Shape,
  dropout: number,
): Tensor {
  return [0, 3].reduce((h, i) => {
    const convolved = layers.conv(`${name}.double_conv.${i}`, h, out, kernel, { bias: false });
    const normalised = layers.batchNorm(`${name}.double_conv.${i + 1}`, convolved);
    return relu(layers.channelDropout(normalised, dropout));
  }, x);
}

/** The decoder's map at every level, from full resolution to the bottom. */
export function decoderMaps(layers: Layers, image: Tensor, options: NetworkOptions): Tensor[] {
  const { features, dropout = 0 } = options;
  const { pooling, kernels } = geometryOf(dimensions, options);
  const depth = pooling.length;

  const encoder = [twoConvs(layers, "inc", image, features[0], kernels[0], dropout)];
  for (let level = 1; level <= depth; level++) {
    const pooled = maxPool(encoder[level - 1], pooling[level - 1]);
    const name = `down${level}.maxpool_conv.1`;
    encoder.push(twoConvs(layers, name, pooled, features[level], kernels[level], dropout));
  }
  const decoder = [encoder[depth]];
  for (let level = depth - 1; level >= 0; level--) {
    const name = `up${depth - level}`;
    const up = layers.upsample(`${name}.up`, decoder[0], features[level], pooling[level]);
    const joined = concat([encoder[level], up], 1);
    decoder.unshift(twoConvs(layers, `${name}.conv`, joined, features[level], kernels[level], dropout));
  }
  return decoder;
}

function build(layers: Layers, image: Tensor, options: NetworkOptions): NetworkOutput {
  const [finest] = decoderMaps(layers, image, options);
  return { logits: layers.conv("outc.conv", finest, options.classes, pointwise(dimensions)) };
}

export const unetBatchNorm: Network = {
  title: "U-Net with batch norm",
  dimensions,
  hasPlannedDepth: true,
  features: [64, 128, 256, 512, 1024],
  divisor: (options) => divisorOf(dimensions, geometryOf(dimensions, options)),
  build,
};
