/**
 * UNETR (Hatamizadeh et al. 2022, Fig. 1), as in MONAI: a vision transformer reads the volume as a sequence of 16³ blocks;
 * its hidden states after 3, 6, 9 and 12 layers become the skip connections of a convolutional decoder.
 *
 *     image ───────────────── residual ─────────────────────────── concat ─ residual ─ 1×1×1 ─ logits
 *       └ blocks, embedding
 *           └ 3 layers ─ up, 2 × (up, residual) ───── concat ─ residual ─ up ┘
 *              └ 3 layers ─ up, up, residual ── concat ─ residual ─ up ┘
 *                 └ 3 layers ─ up ──────── concat ─ residual ─ up ┘
 *                    └ 3 layers, norm ─── up ┘
 *
 * `features` are the decoder's first width, the transformer's width and that of its perceptrons.
 */
import { gelu } from "../autograd/activations.js";
import { add, leakyRelu, mul } from "../autograd/operators/elementwise.js";
import { matmul, swapLast } from "../autograd/operators/matmul.js";
import { concat, reshape, slice, transpose } from "../autograd/operators/shape.js";
import { softmax } from "../autograd/operators/softmax.js";
import { scalar, type Shape, sizeOf, type Tensor } from "../autograd/tensor.js";
import { MarrowError } from "../base/errors.js";
import type { Layers } from "./layers.js";
import type { Network, NetworkOptions, NetworkOutput } from "./network.js";

const transformerLayers = 12;
/** Four halvings in the decoder. */
const block = 16;
const standardHeads = 12;
/** Standard deviation of the position embedding's start values. */
const positionDeviation = 0.02;

const point: Shape = [1, 1, 1];
const cube: Shape = [3, 3, 3];
const twice: Shape = [2, 2, 2];

/** x [N, C, D, H, W] → [N, blocks, C·16³], the values of each block in the order of a 16³ kernel. */
function blocksOf(x: Tensor): Tensor {
  const [n = 1, c = 1, d = 1, h = 1, w = 1] = x.shape;
  const [gd, gh, gw] = [d / block, h / block, w / block];
  const columns = transpose(reshape(x, [n * c * d, gh, block, gw, block]), [0, 1, 3, 2, 4]);
  const rows = reshape(columns, [n, c, gd, block, gh * gw * block * block]);
  const planes = reshape(transpose(rows, [0, 2, 1, 3, 4]), [n * gd, c * block, gh * gw, block * block]);
  return reshape(transpose(planes, [0, 2, 1, 3]), [n, gd * gh * gw, c * block ** 3]);
}

function embed(layers: Layers, name: string, image: Tensor, width: number): Tensor {
  const blocks = blocksOf(image);
  const [, count = 1, length = 1] = blocks.shape;
  const bound = 1 / Math.sqrt(length);
  const kernel = [width, image.shape[1] ?? 1, block, block, block];
  const weight = layers.parameter(`${name}.patch_embeddings.weight`, kernel, { bound });
  const bias = layers.parameter(`${name}.patch_embeddings.bias`, [width], { bound });
  const positions = layers.parameter(`${name}.position_embeddings`, [1, count, width], {
    deviation: positionDeviation,
  });
  return add(add(matmul(blocks, swapLast(reshape(weight, [width, length]))), bias), positions);
}

/** Every block looks at all others, in `heads` ways at once (Vaswani et al. 2017). */
function selfAttention(layers: Layers, name: string, x: Tensor, heads: number, dropout: number): Tensor {
  const [n = 1, count = 1, width = 1] = x.shape;
  if (width % heads !== 0)
    throw new MarrowError("GRAPH_SHAPE", {
      expected: `a transformer's width divisible by its ${heads} heads`,
      found: `${width}`,
    });
  const size = width / heads;
  const projected = reshape(layers.linear(`${name}.qkv`, x, 3 * width, { bias: false }), [
    n * count,
    3,
    heads,
    size,
  ]);
  const part = (index: number) => {
    const chosen = slice(projected, [0, index, 0, 0], [n * count, 1, heads, size]);
    return transpose(reshape(chosen, [n, count, heads, size]), [0, 2, 1, 3]);
  };
  const [query, key, value] = [0, 1, 2].map(part);
  const scores = softmax(mul(matmul(query, swapLast(key)), scalar(1 / Math.sqrt(size))), 3);
  const mixed = transpose(matmul(layers.dropout(scores, dropout), value), [0, 2, 1, 3]);
  return layers.dropout(layers.linear(`${name}.out_proj`, reshape(mixed, x.shape), width), dropout);
}

function perceptron(layers: Layers, name: string, x: Tensor, hidden: number, dropout: number): Tensor {
  const inner = layers.dropout(gelu(layers.linear(`${name}.linear1`, x, hidden)), dropout);
  return layers.dropout(layers.linear(`${name}.linear2`, inner, x.shape[2]), dropout);
}

/** The sequence after every layer, and after the last one's norm. */
function transformer(
  layers: Layers,
  image: Tensor,
  options: NetworkOptions,
): { hidden: Tensor[]; last: Tensor } {
  const { features, heads = standardHeads, dropout = 0 } = options;
  let x = layers.dropout(embed(layers, "vit.patch_embedding", image, features[1]), dropout);
  const hidden: Tensor[] = [];
  for (let i = 0; i < transformerLayers; i++) {
    const name = `vit.blocks.${i}`;
    x = add(x, selfAttention(layers, `${name}.attn`, layers.layerNorm(`${name}.norm1`, x), heads, dropout));
    x = add(x, perceptron(layers, `${name}.mlp`, layers.layerNorm(`${name}.norm2`, x), features[2], dropout));
    hidden.push(x);
  }
  return { hidden, last: layers.layerNorm("vit.norm", x) };
}

/** Two convolutions beside a shortcut, which has a convolution where the channels change; instance norm, leaky ReLU. */
function residual(layers: Layers, name: string, x: Tensor, out: number): Tensor {
  const convNorm = (conv: string, h: Tensor, kernel: Shape) =>
    layers.instanceNorm(layers.conv(`${name}.${conv}.conv`, h, out, kernel, { bias: false }));
  const path = convNorm("conv2", leakyRelu(convNorm("conv1", x, cube)), cube);
  return leakyRelu(add(path, x.shape[1] === out ? x : convNorm("conv3", x, point)));
}

const up = (layers: Layers, name: string, x: Tensor, out: number) =>
  layers.upsample(`${name}.conv`, x, out, twice, { bias: false });

/** A hidden state as a skip connection: up once, then `steps` times up with a residual block. */
function project(layers: Layers, name: string, x: Tensor, out: number, steps: number): Tensor {
  let y = up(layers, `${name}.transp_conv_init`, x, out);
  for (let step = 0; step < steps; step++) {
    const grown = up(layers, `${name}.blocks.${step}.0`, y, out);
    y = residual(layers, `${name}.blocks.${step}.1`, grown, out);
  }
  return y;
}

function decode(layers: Layers, name: string, x: Tensor, skip: Tensor): Tensor {
  const out = skip.shape[1];
  const joined = concat([up(layers, `${name}.transp_conv`, x, out), skip], 1);
  return residual(layers, `${name}.conv_block`, joined, out);
}

function build(layers: Layers, image: Tensor, options: NetworkOptions): NetworkOutput {
  const width = options.features[0];
  const { hidden, last } = transformer(layers, image, options);
  const grid = image.shape.slice(2).map((n) => n / block);
  const volume = (sequence: Tensor) =>
    reshape(swapLast(sequence), [image.shape[0], sizeOf(sequence.shape.slice(2)), ...grid]);

  const skip1 = residual(layers, "encoder1.layer", image, width);
  const skip2 = project(layers, "encoder2", volume(hidden[3]), 2 * width, 2);
  const skip3 = project(layers, "encoder3", volume(hidden[6]), 4 * width, 1);
  const skip4 = project(layers, "encoder4", volume(hidden[9]), 8 * width, 0);
  let x = decode(layers, "decoder5", volume(last), skip4);
  x = decode(layers, "decoder4", x, skip3);
  x = decode(layers, "decoder3", x, skip2);
  x = decode(layers, "decoder2", x, skip1);
  return { logits: layers.conv("out.conv.conv", x, options.classes, point) };
}

export const unetr: Network = {
  title: "UNETR",
  dimensions: 3,
  hasPlannedDepth: false,
  features: [16, 768, 3072],
  divisor: () => [block, block, block],
  build,
  // MONAI's transformer blocks hold weights of cross-attention, which UNETR never uses.
  optional: /^vit\.blocks\.\d+\.(cross_attn|norm_cross_attn)\./,
};
