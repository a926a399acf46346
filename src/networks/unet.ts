/**
 * U-Net, 2-D and 3-D (Ronneberger et al. 2015, Çiçek et al. 2016), in the form paper 1 compared with (MONAI's BasicUNet):
 * instance norm, leaky ReLU 0.1, transposed convolutions, concatenation.
 *
 *     image ─ two convs ─────────────────────── concat ─ two convs ─ 1×1 conv ─ logits
 *                └ pool ─ two convs ─── concat ─ two convs ─ up ┘
 *                            └ pool ─ two convs ─ up ┘
 *
 * `features` holds the channels of each level; one number more is the width of the last decoder level, which is else
 * that of the first encoder level.
 */
import { leakyRelu } from "../autograd/operators/elementwise.js";
import { maxPool } from "../autograd/operators/pooling.js";
import { concat } from "../autograd/operators/shape.js";
import type { Shape, Tensor } from "../autograd/tensor.js";
import { divisorOf, geometryOf, pointwise } from "./geometry.js";
import type { Layers } from "./layers.js";
import type { Network, NetworkOptions, NetworkOutput } from "./network.js";

/** Poolings in BasicUNet, where no others are planned. */
export const standardDepth = 4;

/** Two convolutions, each with instance norm, dropout and leaky ReLU. */
export function twoConvs(
  layers: Layers,
  name: string,
  x: Tensor,
  out: number,
  kernel: Shape,
  dropout: number,
): Tensor {
  return [0, 1].reduce((h, i) => {
    const convolved = layers.conv(`${name}.conv_${i}.conv`, h, out, kernel, { beforeNorm: true });
    return leakyRelu(layers.instanceNorm(convolved, { name: `${name}.conv_${i}.adn.N`, dropout }), 0.1);
  }, x);
}

function unet(dimensions: 2 | 3): Network {
  const build = (layers: Layers, image: Tensor, options: NetworkOptions): NetworkOutput => {
    const { features, classes, dropout = 0 } = options;
    const { pooling, kernels } = geometryOf(dimensions, options, standardDepth);
    const depth = pooling.length;
    const point = pointwise(dimensions);
    const kernel = (level: number) => kernels[level];

    const encoder = [twoConvs(layers, "conv_0", image, features[0], kernel(0), dropout)];
    for (let level = 1; level <= depth; level++) {
      const pooled = maxPool(encoder[level - 1], pooling[level - 1]);
      encoder.push(twoConvs(layers, `down_${level}.convs`, pooled, features[level], kernel(level), dropout));
    }

    let x = encoder[depth];
    const supervision: Tensor[] = [];
    for (let level = depth; level >= 1; level--) {
      const skip = encoder[level - 1];
      const up = layers.upsample(`upcat_${level}.upsample.deconv`, x, skip.shape[1], pooling[level - 1]);
      const out = level > 1 ? features[level - 1] : (features[depth + 1] ?? features[0]);
      x = twoConvs(layers, `upcat_${level}.convs`, concat([skip, up], 1), out, kernel(level - 1), dropout);
      const supervised = options.deepSupervision && layers.training && level > 1 && level < depth;
      if (supervised) supervision.unshift(layers.conv(`supervision_${level}`, x, classes, point));
    }
    const logits = layers.conv("final_conv", x, classes, point);
    return supervision.length > 0 ? { logits, supervision } : { logits };
  };
  return {
    title: dimensions === 2 ? "2-D U-Net" : "3-D U-Net",
    dimensions,
    hasPlannedDepth: true,
    features: [32, 32, 64, 128, 256, 32],
    divisor: (options) => divisorOf(dimensions, geometryOf(dimensions, options, standardDepth)),
    build,
  };
}

export const unet2d = unet(2);
export const unet3d = unet(3);
