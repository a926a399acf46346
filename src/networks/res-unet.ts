/**
 * Residual U-Net (Zhang et al. 2018, Kerfoot et al. 2018), in the form paper 1 compared with (MONAI's UNet with residual
 * units): strided convolutions instead of pooling, instance norm, PReLU, transposed convolutions, concatenation.
 *
 *     image ─ residual, stride 2 ─────────────────────────── concat ─ up ─ residual ─ logits
 *                └ residual, stride 2 ─────────── concat ─ up ─ residual ┘
 *                     └ residual, stride 2 ─ concat ─ up ─ residual ┘
 *                          └─── residual ──┘
 *
 * `features` holds the channels of each level; the first level already lies at half the resolution of the image.
 */
import { add } from "../autograd/operators/elementwise.js";
import { concat } from "../autograd/operators/shape.js";
import type { Shape, Tensor } from "../autograd/tensor.js";
import { divisorOf, geometryOf, pointwise } from "./geometry.js";
import type { Layers } from "./layers.js";
import type { Network, NetworkOptions, NetworkOutput } from "./network.js";

/** Instance norm, dropout, PReLU. */
function activate(layers: Layers, name: string, x: Tensor, dropout: number): Tensor {
  return layers.prelu(`${name}.adn.A`, layers.instanceNorm(x, { dropout }));
}

interface UnitOptions {
  readonly kernel: Shape;
  readonly dropout: number;
}

/** Two convolutions beside a shortcut; a stride is the first one's, and the shortcut's own convolution has it too. */
function encodeUnit(
  layers: Layers,
  name: string,
  x: Tensor,
  out: number,
  stride: Shape,
  { kernel, dropout }: UnitOptions,
): Tensor {
  const isStrided = stride.some((s) => s > 1);
  const first = layers.conv(`${name}.conv.unit0.conv`, x, out, kernel, { stride, beforeNorm: true });
  const inner = activate(layers, `${name}.conv.unit0`, first, dropout);
  const second = layers.conv(`${name}.conv.unit1.conv`, inner, out, kernel, { beforeNorm: true });
  const path = activate(layers, `${name}.conv.unit1`, second, dropout);
  if (!isStrided && x.shape[1] === out) return add(path, x);
  const shortcutKernel = isStrided ? kernel : kernel.map(() => 1);
  return add(path, layers.conv(`${name}.residual`, x, out, shortcutKernel, { stride }));
}

/** Up by a transposed convolution, then one convolution beside a shortcut; the last one gives the logits. */
function decodeUnit(
  layers: Layers,
  name: string,
  x: Tensor,
  out: number,
  stride: Shape,
  { kernel, dropout, isLast }: UnitOptions & { isLast: boolean },
): Tensor {
  const grown = layers.convTranspose(`${name}.0.conv`, x, out, kernel, stride);
  const up = activate(layers, `${name}.0`, grown, dropout);
  const unit = `${name}.1.conv.unit0`;
  const convolved = layers.conv(`${unit}.conv`, up, out, kernel, { beforeNorm: !isLast });
  return add(isLast ? convolved : activate(layers, unit, convolved, dropout), up);
}

function build(layers: Layers, image: Tensor, options: NetworkOptions): NetworkOutput {
  const { features, classes, dropout = 0 } = options;
  const { pooling, kernels } = geometryOf(3, options);
  const bottom = pooling.length;

  const level = (name: string, x: Tensor, n: number): Tensor => {
    const unit = { kernel: kernels[n], dropout };
    if (n === bottom) return encodeUnit(layers, name, x, features[n], pointwise(3), unit);
    const down = encodeUnit(layers, `${name}.0`, x, features[n], pooling[n], unit);
    const joined = concat([down, level(`${name}.1.submodule`, down, n + 1)], 1);
    const out = n > 0 ? features[n - 1] : classes;
    return decodeUnit(layers, `${name}.2`, joined, out, pooling[n], { ...unit, isLast: n === 0 });
  };
  return { logits: level("model", image, 0) };
}

export const resUnet: Network = {
  title: "Residual U-Net",
  dimensions: 3,
  hasPlannedDepth: true,
  features: [16, 32, 64, 128, 256],
  divisor: (options) => divisorOf(3, geometryOf(3, options)),
  build,
};
