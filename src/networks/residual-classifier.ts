/**
 * Residual network that classifies a whole image (He et al. 2016, basic blocks), for paper 1's second task. The paper
 * names its input, image and ROI map concatenated, and not its architecture; this is the plain one.
 *
 *     image ⊕ ROI map ─ conv ─ block ─ block/2 ─ … ─ block/2 ─ mean over space ─┬─ linear ─ logit
 *                                                            clinical variables ─┘
 *
 * `features` holds the channels of each level, `pooling` the strides between levels and `kernels` the kernels of the
 * levels: with kernels of 1 along the slice axis in the first levels, as planned for thick slices, it is 2.5-D. Batch
 * norm keeps how much of something there is, which instance norm would take out before the mean.
 */
import { add, relu } from "../autograd/operators/elementwise.js";
import { mean } from "../autograd/operators/reduction.js";
import { concat, reshape } from "../autograd/operators/shape.js";
import type { Shape, Tensor } from "../autograd/tensor.js";
import { divisorOf, geometryOf, pointwise } from "./geometry.js";
import type { Layers } from "./layers.js";
import type { Network, NetworkOptions, NetworkOutput } from "./network.js";

interface Block {
  readonly out: number;
  readonly kernel: Shape;
  readonly stride: Shape;
}

function convNorm(layers: Layers, name: string, x: Tensor, { out, kernel, stride }: Block): Tensor {
  return layers.batchNorm(
    `${name}.norm`,
    layers.conv(`${name}.conv`, x, out, kernel, { stride, bias: false }),
  );
}

/** Two convolutions beside a shortcut, which is a 1×1 convolution where the shape changes. */
function basicBlock(layers: Layers, name: string, x: Tensor, block: Block): Tensor {
  const point = pointwise(3);
  const inner = relu(convNorm(layers, `${name}.1`, x, block));
  const path = convNorm(layers, `${name}.2`, inner, { ...block, stride: point });
  const isSame = x.shape[1] === block.out && block.stride.every((step) => step === 1);
  const shortcut = isSame ? x : convNorm(layers, `${name}.shortcut`, x, { ...block, kernel: point });
  return layers.named(name, relu(add(path, shortcut)));
}

function build(layers: Layers, image: Tensor, options: NetworkOptions, late?: Tensor): NetworkOutput {
  const { features, classes, dropout = 0 } = options;
  const { pooling, kernels } = geometryOf(3, options);
  const point = pointwise(3);
  let x = relu(convNorm(layers, "stem", image, { out: features[0], kernel: kernels[0], stride: point }));
  for (const [level, out] of features.slice(0, kernels.length).entries()) {
    const stride = level === 0 ? point : pooling[level - 1];
    x = basicBlock(layers, `level_${level}`, x, { out, kernel: kernels[level], stride });
  }
  const seen = layers.dropout(reshape(mean(x, [2, 3, 4]), x.shape.slice(0, 2)), dropout);
  return { logits: layers.linear("head", late ? concat([seen, late], 1) : seen, classes) };
}

export const residualClassifier: Network = {
  title: "Residual classifier",
  dimensions: 3,
  hasPlannedDepth: true,
  features: [16, 32, 64, 128, 128],
  divisor: (options) => divisorOf(3, geometryOf(3, options)),
  build,
};
