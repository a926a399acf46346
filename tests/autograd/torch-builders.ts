/** How the cases of fixtures/make-torch-reference.py are written with our operators, by name. */
import { gelu, prelu, silu } from "../../src/autograd/activations.js";
import { adaptiveAveragePool, averagePool, resize } from "../../src/autograd/linear-map.js";
import * as losses from "../../src/autograd/losses.js";
import { groupNorm, instanceNorm, layerNorm } from "../../src/autograd/norms.js";
import { conv, convTranspose } from "../../src/autograd/operators/convolution.js";
import { leakyRelu } from "../../src/autograd/operators/elementwise.js";
import { matmul } from "../../src/autograd/operators/matmul.js";
import { maxPool } from "../../src/autograd/operators/pooling.js";
import { gather, pad } from "../../src/autograd/operators/shape.js";
import { logSoftmax, softmax } from "../../src/autograd/operators/softmax.js";
import type { Tensor } from "../../src/autograd/tensor.js";

type Build = (inputs: Record<string, Tensor>) => Tensor;

export const builders: Readonly<Record<string, Build>> = {
  "conv2d stride 2 padding 1 dilation 2": ({ x, w, b }) =>
    conv(x, w, b, { stride: [2, 2], padding: [1, 1], dilation: [2, 2] }),
  "conv2d groups 2 padding 1": ({ x, w, b }) => conv(x, w, b, { padding: [1, 1], groups: 2 }),
  "conv3d kernel 1 3 3 padding 0 1 1": ({ x, w, b }) => conv(x, w, b, { padding: [0, 1, 1] }),
  "conv3d stride 1 2 2 padding 1": ({ x, w, b }) => conv(x, w, b, { stride: [1, 2, 2], padding: [1, 1, 1] }),
  "conv2d pointwise": ({ x, w, b }) => conv(x, w, b),
  "conv_transpose2d stride 2 kernel 3 padding 1 output padding 1 0": ({ x, w, b }) =>
    convTranspose(x, w, b, { stride: [2, 2], padding: [1, 1], output: [6, 3] }),
  "conv_transpose3d stride 1 2 2": ({ x, w, b }) => convTranspose(x, w, b, { stride: [1, 2, 2] }),
  "max_pool2d kernel 2": ({ x }) => maxPool(x, [2, 2]),
  "max_pool2d kernel 3 stride 2 padding 1": ({ x }) => maxPool(x, [3, 3], [2, 2], [1, 1]),
  "max_pool3d kernel 2 stride 1": ({ x }) => maxPool(x, [2, 2, 2], [1, 1, 1]),
  "avg_pool2d kernel 3 stride 2 padding 1": ({ x }) => averagePool(x, [3, 3], [2, 2], [1, 1]),
  adaptive_avg_pool2d: ({ x }) => adaptiveAveragePool(x, [3, 2]),
  adaptive_avg_pool3d: ({ x }) => adaptiveAveragePool(x, [1, 2, 3]),
  "interpolate bilinear aligned": ({ x }) => resize(x, [5, 7], true),
  "interpolate bilinear": ({ x }) => resize(x, [6, 3], false),
  "interpolate trilinear aligned": ({ x }) => resize(x, [4, 1, 6], true),
  "interpolate trilinear": ({ x }) => resize(x, [4, 3, 6], false),
  instance_norm: ({ x, w, b }) => instanceNorm(x, w, b),
  "instance_norm 3-D plain": ({ x }) => instanceNorm(x),
  group_norm: ({ x, w, b }) => groupNorm(x, 2, w, b),
  layer_norm: ({ x, w, b }) => layerNorm(x, w, b),
  "pad reflect": ({ x }) => pad(x, [0, 0, 0, 2], [0, 0, 2, 1], "reflect"),
  "pad replicate": ({ x }) => pad(x, [0, 0, 3, 2], [0, 0, 0, 1], "edge"),
  gelu: ({ x }) => gelu(x),
  silu: ({ x }) => silu(x),
  "leaky_relu 0.1": ({ x }) => leakyRelu(x, 0.1),
  "prelu per channel": ({ x, slope }) => prelu(x, slope),
  "prelu one slope": ({ x, slope }) => prelu(x, slope),
  "softmax channels": ({ x }) => softmax(x, 1),
  "log_softmax last": ({ x }) => logSoftmax(x, 2),
  "matmul batched": ({ a, b }) => matmul(a, b),
  index_select: ({ x }) => gather(x, 1, [3, 0, 3]),
  cross_entropy: ({ x, t }) => losses.crossEntropy(x, t),
  "cross_entropy 3-D": ({ x, t }) => losses.crossEntropy(x, t),
  dice: ({ x, t }) => losses.softDice(x, t),
  "dice foreground": ({ x, t }) => losses.softDice(x, t, { background: false }),
  "dice foreground batch": ({ x, t }) => losses.softDice(x, t, { background: false, batch: true }),
  "dice label absent": ({ x, t }) => losses.softDice(x, t),
  tversky: ({ x, t }) => losses.tversky(x, t, 0.3, 0.7),
  focal: ({ x, t }) => losses.focal(x, t, 2),
  attention: ({ a, t }) => losses.attentionLoss(a, t),
  "deep supervision": ({ a, b, c, t }) => losses.deepSupervision([a, b, c], t, losses.crossEntropy),
};
