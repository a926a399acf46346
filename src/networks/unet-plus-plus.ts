/**
 * UNet++ (Zhou et al. 2018), in the form the papers compared with (MONAI's BasicUNetPlusPlus, 2-D): between encoder and
 * decoder every level has nodes X(level, step) that see all earlier ones of their level and the one below.
 *
 *     X00 ─ X01 ─ X02 ─ X03 ─ X04 ─ logits        X(i, j) = two convs of [X(i, 0) … X(i, j − 1), up X(i + 1, j − 1)]
 *       └ X10 ┴ X11 ┴ X12 ┴ X13 ┘
 *           └ X20 ┴ X21 ┴ X22 ┘                    With deep supervision X01, X02 and X03 have heads of their own
 *               └ X30 ┴ X31 ┘                      in training, at full resolution; the logits are always those
 *                   └ X40 ┘                        of the deepest.
 *
 * `features` holds the channels of each level; one number more is the width of the last node.
 */
import { maxPool } from "../autograd/operators/pooling.js";
import { concat } from "../autograd/operators/shape.js";
import type { Tensor } from "../autograd/tensor.js";
import { divisorOf, geometryOf, pointwise } from "./geometry.js";
import type { Layers } from "./layers.js";
import type { Network, NetworkOptions, NetworkOutput } from "./network.js";
import { standardDepth, twoConvs } from "./unet.js";

const dimensions = 2;

function build(layers: Layers, image: Tensor, options: NetworkOptions): NetworkOutput {
  const { features, classes, dropout = 0, deepSupervision = false } = options;
  const { pooling, kernels } = geometryOf(dimensions, options, standardDepth);
  const depth = pooling.length;
  const convs = (name: string, x: Tensor, level: number, out = features[level]) =>
    twoConvs(layers, name, x, out, kernels[level], dropout);
  const head = (step: number, x: Tensor) =>
    layers.conv(`final_conv_0_${step}`, x, classes, pointwise(dimensions));

  const nodes: Tensor[][] = [[convs("conv_0_0", image, 0)]];
  for (let level = 1; level <= depth; level++) {
    const pooled = maxPool(nodes[level - 1][0], pooling[level - 1]);
    nodes.push([convs(`conv_${level}_0.convs`, pooled, level)]);
  }
  for (let step = 1; step <= depth; step++) {
    for (let level = 0; level <= depth - step; level++) {
      const name = `upcat_${level}_${step}`;
      const below = nodes[level + 1][step - 1];
      const up = layers.upsample(`${name}.upsample.deconv`, below, features[level], pooling[level]);
      const isLast = step === depth;
      const out = isLast ? (features[depth + 1] ?? features[0]) : features[level];
      nodes[level].push(convs(`${name}.convs`, concat([...nodes[level], up], 1), level, out));
    }
  }
  const logits = head(depth, nodes[0][depth]);
  if (!deepSupervision || !layers.training) return { logits };
  const steps = Array.from({ length: depth - 1 }, (_, i) => depth - 1 - i);
  return { logits, supervision: steps.map((step) => head(step, nodes[0][step])) };
}

export const unetPlusPlus: Network = {
  title: "UNet++",
  dimensions,
  hasPlannedDepth: true,
  features: [32, 32, 64, 128, 256, 32],
  divisor: (options) => divisorOf(dimensions, geometryOf(dimensions, options, standardDepth)),
  build,
  optional: /^final_conv_0_\d+\./,
};
