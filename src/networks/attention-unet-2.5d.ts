/**
 * 2.5D-AttentionUNet (Li, Lin, Xie et al. 2024, Fig. 2b and the authors' published code): convolutions within the slice at
 * high resolution, across slices at low resolution, with attention in the decoder.
 *
 *     x0 = encode 1×3×3 (image)          ──────────────────────────── + attend ─ decode ─ 1×1×1 ─ logits
 *       x1 = pool 1×2×2, encode 1×3×3    ───────────────── + attend ─ decode ─ up ┘
 *         x2 = pool 1×2×2, encode 1×3×3  ────── + attend ─ decode ─ up ┘
 *           x3 = pool 1×2×2, encode 3×3×3 ─── + squeeze ─ decode ─ up ┘
 *             x4 = pool 2×2×2, encode 3×3×3 ─ context ─ squeeze ─ up ┘
 *
 * Axes are D, H, W here; the authors' H, W, D are turned by the importer (`layout: NCHWD`).
 */
import { adaptiveAveragePool, resize } from "../autograd/linear-map.js";
import { add, mul, relu, sigmoid } from "../autograd/operators/elementwise.js";
import { maxPool } from "../autograd/operators/pooling.js";
import { max } from "../autograd/operators/reduction.js";
import { concat } from "../autograd/operators/shape.js";
import type { Shape, Tensor } from "../autograd/tensor.js";
import type { Layers } from "./layers.js";
import type { Network, NetworkOptions, NetworkOutput } from "./network.js";

const point: Shape = [1, 1, 1];
const inSlice: Shape = [1, 3, 3];
const acrossSlices: Shape = [3, 1, 1];
const cube: Shape = [3, 3, 3];
const rowsKernel: Shape = [1, 3, 1];
const columnsKernel: Shape = [1, 1, 3];

/** Pooling from level n to n + 1, and the encoder's kernel at each level. */
const pools: readonly Shape[] = [
  [1, 2, 2],
  [1, 2, 2],
  [1, 2, 2],
  [2, 2, 2],
];
const encoderKernels: readonly Shape[] = [inSlice, inSlice, inSlice, cube, cube];
/** Dropout inside context and squeeze blocks, fixed in the authors' code. */
const blockDropout = 0.2;

const convNorm = (layers: Layers, name: string, x: Tensor, out: number, kernel: Shape, dropout = 0) =>
  layers.instanceNorm(layers.conv(`${name}.block.0`, x, out, kernel, { beforeNorm: true }), { dropout });

const convNormRelu = (layers: Layers, name: string, x: Tensor, out: number, kernel: Shape, dropout: number) =>
  relu(convNorm(layers, name, x, out, kernel, dropout));

/** Two residual pairs of convolutions; the first has a 1×1×1 shortcut. */
function encode(
  layers: Layers,
  name: string,
  x: Tensor,
  out: number,
  kernel: Shape,
  dropout: number,
): Tensor {
  const pair = (conv: string, h: Tensor) => {
    const inner = convNormRelu(layers, `${name}.${conv}.0`, h, out, kernel, dropout);
    return convNorm(layers, `${name}.${conv}.1`, inner, out, kernel);
  };
  const y = relu(add(pair("conv1", x), layers.conv(`${name}.conv3`, x, out, point)));
  return relu(add(pair("conv2", y), y));
}

/** One residual pair: within the slice, then across slices. */
function decode(layers: Layers, name: string, x: Tensor, out: number, dropout: number): Tensor {
  const inner = convNormRelu(layers, `${name}.conv1.0`, x, out, inSlice, dropout);
  const pair = convNorm(layers, `${name}.conv1.1`, inner, out, acrossSlices);
  return relu(add(pair, layers.conv(`${name}.conv2`, x, out, point)));
}

/** Spatial attention: two crossed line convolutions give one weight per voxel; x · weight + x. */
function spatialAttention(layers: Layers, name: string, x: Tensor): { attended: Tensor; weight: Tensor } {
  const path = (conv: string, first: Shape, second: Shape) => {
    const half = Math.floor(x.shape[1] / 2);
    const inner = relu(
      layers.instanceNorm(layers.conv(`${name}.${conv}.0`, x, half, first, { beforeNorm: true })),
    );
    return layers.instanceNorm(layers.conv(`${name}.${conv}.3`, inner, 1, second, { beforeNorm: true }));
  };
  const weight = sigmoid(
    add(path("conv1", rowsKernel, columnsKernel), path("conv2", columnsKernel, rowsKernel)),
  );
  return { attended: add(mul(weight, x), x), weight };
}

/** Squeeze attention: weights per channel and coarse place, from a map of half the resolution; x · weight + x. */
function squeezeAttention(layers: Layers, name: string, x: Tensor): Tensor {
  const [, channels = 1, ...spatial] = x.shape;
  const pooled = adaptiveAveragePool(
    x,
    spatial.map((n) => Math.max(1, Math.floor(n / 2))),
  );
  const squeezed = convNormRelu(
    layers,
    `${name}.conv.0`,
    pooled,
    Math.floor(channels / 4),
    cube,
    blockDropout,
  );
  const weight = resize(convNorm(layers, `${name}.conv.1`, squeezed, channels, cube), spatial, true);
  return add(mul(weight, x), x);
}

/** Context at the bottom: neighbourhoods of three scales beside projections along the three axes. */
function context(layers: Layers, name: string, x: Tensor): Tensor {
  const [, channels = 1, ...spatial] = x.shape;
  const width = Math.floor(channels / 4);
  const cnr = (part: string, h: Tensor, kernel: Shape) =>
    convNormRelu(layers, `${name}.${part}`, h, width, kernel, blockDropout);
  const cn = (part: string, h: Tensor, kernel: Shape) =>
    convNorm(layers, `${name}.${part}`, h, width, kernel);

  const reduced = cnr("trans_layer", x, point);

  const near = cnr("conv1_1", reduced, point);
  const atScale = (part: string, factor: number) => {
    const pooled = maxPool(
      near,
      spatial.map((n) => Math.min(n, factor)),
    );
    return resize(cn(part, pooled, cube), spatial, true);
  };
  const scales = relu(add(add(cn("conv2_0", near, cube), atScale("conv2_1", 2)), atScale("conv2_2", 4)));
  const scaleBranch = cnr("conv2_6", scales, cube);

  const far = cnr("conv1_2", reduced, point);
  const alongRows = cn("conv2_3", max(far, [3]), [3, 1, 3]);
  const alongColumns = cn("conv2_4", max(far, [4]), [3, 3, 1]);
  const alongSlices = cn("conv2_5", max(far, [2]), [1, 3, 3]);
  const axisBranch = cnr("conv2_7", relu(add(add(alongRows, alongColumns), alongSlices)), cube);

  const merged = relu(add(reduced, cn("conv3", concat([scaleBranch, axisBranch], 1), point)));
  const scored = cnr("score_layer.0", merged, cube);
  return layers.conv(`${name}.score_layer.1`, scored, channels, point, { bias: false });
}

function build(
  layers: Layers,
  image: Tensor,
  { features, classes, dropout = 0 }: NetworkOptions,
): NetworkOutput {
  const width = (level: number) => features[level];
  const kernel = (level: number) => encoderKernels[level];

  const encoder = [encode(layers, "conv_0", image, width(0), kernel(0), dropout)];
  for (let level = 1; level <= 4; level++) {
    const pooled = maxPool(encoder[level - 1], pools[level - 1]);
    encoder.push(encode(layers, `down_${level}.down.1`, pooled, width(level), kernel(level), dropout));
  }

  let x = squeezeAttention(layers, "attention_4", context(layers, "context_block_1", encoder[4]));
  const attention: Tensor[] = [];
  for (let level = 4; level >= 1; level--) {
    const skip = encoder[level - 1];
    const up = layers.upsample(`up_${level}.up`, x, width(level - 1), pools[level - 1]);
    x = add(up, skip);
    if (level === 4) {
      x = squeezeAttention(layers, "attention_3", x);
    } else {
      const { attended, weight } = spatialAttention(layers, `attention_${level - 1}`, x);
      attention.unshift(weight);
      x = attended;
    }
    const out = level > 1 ? width(level - 1) : width(5);
    x = decode(layers, `up_${level}.convs`, x, out, dropout);
  }
  return { logits: layers.conv("final_conv", x, classes, point), attention };
}

export const attentionUnet25d: Network = {
  title: "2.5D-AttentionUNet",
  dimensions: 3,
  hasPlannedDepth: false,
  features: [32, 32, 64, 128, 256, 32],
  divisor: () => [2, 16, 16],
  build,
  aliases: {
    "up_1.attention": "attention_0",
    "up_2.attention": "attention_1",
    "up_3.attention": "attention_2",
    "up_4.attention": "attention_3",
  },
};
