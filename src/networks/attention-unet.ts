/**
 * Attention U-Net, 2-D and 3-D (Oktay et al. 2018), in the form paper 1 compared with (MONAI's AttentionUnet): strided
 * convolutions, batch norm, and a gate on every skip connection that the coarser level opens.
 *
 *     image ─ two convs ───────────────────────── gate ─ concat ─ conv ─ 1×1 conv ─ logits
 *                └ two convs, stride 2 ─ gate ─ concat ─ conv ─ up ┘
 *                     └ two convs, stride 2 ────── up ┘
 */
import { add, mul, relu, sigmoid } from "../autograd/operators/elementwise.js";
import { concat } from "../autograd/operators/shape.js";
import type { Shape, Tensor } from "../autograd/tensor.js";
import { divisorOf, geometryOf, pointwise } from "./geometry.js";
import type { Layers } from "./layers.js";
import type { Network, NetworkOptions, NetworkOutput } from "./network.js";

/** Two convolutions with batch norm, dropout and ReLU; the first has the stride. */
function twoConvs(
  layers: Layers,
  name: string,
  x: Tensor,
  out: number,
  { kernel, stride, dropout }: { kernel: Shape; stride: Shape; dropout: number },
): Tensor {
  return [stride, stride.map(() => 1)].reduce((h, step, i) => {
    const layer = `${name}.conv.${i}`;
    const convolved = layers.conv(`${layer}.conv`, h, out, kernel, { stride: step, beforeNorm: true });
    return relu(layers.channelDropout(layers.batchNorm(`${layer}.adn.N`, convolved), dropout));
  }, x);
}

/** Weights each place of the skip connection by how well it agrees with the gating signal from below. */
function gate(layers: Layers, name: string, skip: Tensor, signal: Tensor): Tensor {
  const point = skip.shape.slice(2).map(() => 1);
  const project = (part: string, x: Tensor, out: number) =>
    layers.batchNorm(
      `${name}.${part}.1`,
      layers.conv(`${name}.${part}.0.conv`, x, out, point, { beforeNorm: true }),
    );
  const half = Math.max(1, Math.floor(skip.shape[1] / 2));
  const agreement = relu(add(project("W_g", signal, half), project("W_x", skip, half)));
  return mul(skip, sigmoid(project("psi", agreement, 1)));
}

function up(layers: Layers, name: string, x: Tensor, out: number, kernel: Shape, stride: Shape): Tensor {
  return relu(
    layers.batchNorm(`${name}.adn.N`, layers.convTranspose(`${name}.conv`, x, out, kernel, stride)),
  );
}

/** The two paths made one again. */
function merge(layers: Layers, name: string, x: Tensor, out: number, kernel: Shape, dropout: number): Tensor {
  const convolved = layers.conv(`${name}.conv`, x, out, kernel, { beforeNorm: true });
  return layers.prelu(`${name}.adn.A`, layers.instanceNorm(convolved, { dropout }));
}

function attentionUnet(dimensions: 2 | 3): Network {
  const build = (layers: Layers, image: Tensor, options: NetworkOptions): NetworkOutput => {
    const { features, classes, dropout = 0 } = options;
    const { pooling, kernels } = geometryOf(dimensions, options);
    const point = pointwise(dimensions);
    const encode = (name: string, x: Tensor, n: number, stride: Shape) =>
      twoConvs(layers, name, x, features[n], { kernel: kernels[n], stride, dropout });

    /** Everything below the skip connection x of level n, and its way back up to it. */
    const below = (name: string, x: Tensor, n: number): Tensor => {
      const isBottom = n + 1 === pooling.length;
      const inner = `${name}.submodule`;
      const encoded = encode(isBottom ? inner : `${inner}.0`, x, n + 1, pooling[n]);
      const deeper = isBottom ? encoded : below(`${inner}.1`, encoded, n + 1);
      const signal = up(layers, `${name}.upconv.up`, deeper, features[n], kernels[n], pooling[n]);
      const gated = gate(layers, `${name}.attention`, x, signal);
      return merge(layers, `${name}.merge`, concat([gated, signal], 1), features[n], kernels[n], dropout);
    };

    const first = encode("model.0", image, 0, point);
    const decoded = pooling.length > 0 ? below("model.1", first, 0) : first;
    return { logits: layers.conv("model.2.conv", decoded, classes, point) };
  };
  return {
    title: dimensions === 2 ? "2-D Attention U-Net" : "3-D Attention U-Net",
    dimensions,
    hasPlannedDepth: true,
    features: [32, 64, 128, 256, 512],
    divisor: (options) => divisorOf(dimensions, geometryOf(dimensions, options)),
    build,
  };
}

export const attentionUnet2d = attentionUnet(2);
export const attentionUnet3d = attentionUnet(3);
