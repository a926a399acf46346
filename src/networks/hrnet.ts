/**
 * HRNetV2 with its segmentation head (Sun et al. 2019, "High-resolution representations for labeling pixels and regions",
 * Figs. 1 and 3): branches of falling resolution side by side, each hearing all others after every module, joined at the end.
 *
 *     image ─ stem (¼) ─ bottlenecks ─┬─ ¼  ═╤═ ¼  ═╤═ ¼  ═╗
 *                                     └─ ⅛  ═╪═ ⅛  ═╪═ ⅛  ═╬═ concat ─ 1×1 ─ 1×1 ─ resize ─ logits
 *                                            └─ ¹⁄₁₆ ╪═ ¹⁄₁₆ ╣
 *                                                    └─ ¹⁄₃₂ ╝
 *                                       stage 2   stage 3   stage 4
 *
 * `features` are the stem's width and those of the four branches. Parameters are named as in the authors' code.
 */
import { resize } from "../autograd/linear-map.js";
import { add, relu } from "../autograd/operators/elementwise.js";
import { concat } from "../autograd/operators/shape.js";
import type { Shape, Tensor } from "../autograd/tensor.js";
import type { Layers } from "./layers.js";
import type { Network, NetworkOptions, NetworkOutput } from "./network.js";

/** Modules of each stage, and residual blocks in each branch of a module; the first stage is one row of bottlenecks. */
type Stages = readonly { readonly modules: number; readonly blocks: number }[];

const small: Stages = [
  { modules: 1, blocks: 2 },
  { modules: 1, blocks: 2 },
  { modules: 3, blocks: 2 },
  { modules: 2, blocks: 2 },
];
const full: Stages = [
  { modules: 1, blocks: 4 },
  { modules: 1, blocks: 4 },
  { modules: 4, blocks: 4 },
  { modules: 3, blocks: 4 },
];

const point: Shape = [1, 1];
const square: Shape = [3, 3];
const half: Shape = [2, 2];
/** A bottleneck's output is this many times as wide as its inside. */
const expansion = 4;
const standardStem = 64;

function convNorm(
  layers: Layers,
  [conv, norm]: readonly [string, string],
  x: Tensor,
  out: number,
  kernel: Shape,
  stride: Shape = point,
): Tensor {
  return layers.batchNorm(norm, layers.conv(conv, x, out, kernel, { stride, bias: false }));
}

/** Names of a convolution and its norm inside a block, and in a sequence. */
const numbered = (name: string, n: number) => [`${name}.conv${n}`, `${name}.bn${n}`] as const;
const sequence = (name: string) => [`${name}.0`, `${name}.1`] as const;

function bottleneck(layers: Layers, name: string, x: Tensor, width: number): Tensor {
  const out = width * expansion;
  const reduced = relu(convNorm(layers, numbered(name, 1), x, width, point));
  const inner = relu(convNorm(layers, numbered(name, 2), reduced, width, square));
  const path = convNorm(layers, numbered(name, 3), inner, out, point);
  const shortcut = x.shape[1] === out ? x : convNorm(layers, sequence(`${name}.downsample`), x, out, point);
  return relu(add(path, shortcut));
}

function basicBlock(layers: Layers, name: string, x: Tensor): Tensor {
  const width = x.shape[1];
  const inner = relu(convNorm(layers, numbered(name, 1), x, width, square));
  return relu(add(convNorm(layers, numbered(name, 2), inner, width, square), x));
}

/** Halves branch `from` until it has the resolution of branch `to`; only its last convolution changes the channels. */
function halve(layers: Layers, name: string, x: Tensor, steps: number, out: number): Tensor {
  let y = x;
  for (let step = 0; step < steps; step++) {
    const isLast = step === steps - 1;
    const halved = convNorm(layers, sequence(`${name}.${step}`), y, isLast ? out : x.shape[1], square, half);
    y = isLast ? halved : relu(halved);
  }
  return y;
}

/** Exchange: every branch becomes the sum of all, brought to its resolution and width. */
function exchange(layers: Layers, name: string, branches: readonly Tensor[]): Tensor[] {
  return branches.map((own, to) => {
    const heard = branches.map((other, from) => {
      const path = `${name}.${to}.${from}`;
      if (from === to) return other;
      if (from < to) return halve(layers, path, other, to - from, own.shape[1]);
      return resize(convNorm(layers, sequence(path), other, own.shape[1], point), own.shape.slice(2), false);
    });
    return relu(heard.reduce((sum, part) => add(sum, part)));
  });
}

function runModule(layers: Layers, name: string, branches: readonly Tensor[], blocks: number): Tensor[] {
  const deepened = branches.map((branch, b) =>
    Array.from({ length: blocks }).reduce<Tensor>(
      (x, _, n) => basicBlock(layers, `${name}.branches.${b}.${n}`, x),
      branch,
    ),
  );
  return exchange(layers, `${name}.fuse_layers`, deepened);
}

/** The branches of the next stage: those there are, brought to their widths, and one more of half the resolution. */
function transition(
  layers: Layers,
  name: string,
  branches: readonly Tensor[],
  widths: readonly number[],
): Tensor[] {
  return widths.map((width, b) => {
    const own = branches.at(b);
    if (!own) {
      const last = branches[branches.length - 1];
      return relu(convNorm(layers, sequence(`${name}.${b}.0`), last, width, square, half));
    }
    if (own.shape[1] === width) return own;
    return relu(convNorm(layers, sequence(`${name}.${b}`), own, width, square));
  });
}

/** All branches at the finest one's resolution, mixed and classified there. */
function head(layers: Layers, branches: readonly Tensor[], classes: number, dropout: number): Tensor {
  const finest = branches[0].shape.slice(2);
  const joined = concat(
    branches.map((branch) => resize(branch, finest, false)),
    1,
  );
  const mixed = layers.conv("last_layer.0", joined, joined.shape[1], point, { beforeNorm: true });
  const activated = layers.channelDropout(relu(layers.batchNorm("last_layer.1", mixed)), dropout);
  return layers.conv("last_layer.3", activated, classes, point);
}

function hrnet(title: string, stages: Stages, widths: readonly number[]): Network {
  const build = (layers: Layers, image: Tensor, options: NetworkOptions): NetworkOutput => {
    const { features, classes, dropout = 0 } = options;
    const [stem, ...branchWidths] = features;
    let x = image;
    for (const n of [1, 2]) x = relu(convNorm(layers, [`conv${n}`, `bn${n}`], x, stem, square, half));
    for (let n = 0; n < stages[0].blocks; n++) x = bottleneck(layers, `layer1.${n}`, x, stem);

    let branches = [x];
    for (let stage = 1; stage < stages.length; stage++) {
      const { modules, blocks } = stages[stage];
      branches = transition(layers, `transition${stage}`, branches, branchWidths.slice(0, stage + 1));
      for (let m = 0; m < modules; m++)
        branches = runModule(layers, `stage${stage + 1}.${m}`, branches, blocks);
    }
    const scores = head(layers, branches, classes, dropout);
    return { logits: resize(scores, image.shape.slice(2), false) };
  };
  return {
    title,
    dimensions: 2,
    hasPlannedDepth: false,
    features: [standardStem, ...widths],
    divisor: () => [32, 32],
    build,
  };
}

export const hrnetW18Small = hrnet("HRNet-W18-small", small, [18, 36, 72, 144]);
export const hrnetW32 = hrnet("HRNet-W32", full, [32, 64, 128, 256]);
