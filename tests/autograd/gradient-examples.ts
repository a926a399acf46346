/** Small examples of every operator and composite, for the finite-difference test. */
import { gelu, prelu, silu } from "../../src/autograd/activations.js";
import { adaptiveAveragePool, averagePool, resize } from "../../src/autograd/linear-map.js";
import * as losses from "../../src/autograd/losses.js";
import { batchNorm, groupNorm, instanceNorm, layerNorm } from "../../src/autograd/norms.js";
import { conv, type ConvOptions, convTranspose } from "../../src/autograd/operators/convolution.js";
import * as e from "../../src/autograd/operators/elementwise.js";
import { channelAffine } from "../../src/autograd/operators/normalise.js";
import { matmul, swapLast } from "../../src/autograd/operators/matmul.js";
import { gatherAt, replaceAt, scatterAt } from "../../src/autograd/operators/points.js";
import { maxPool } from "../../src/autograd/operators/pooling.js";
import { max, mean, sum, sumSquare } from "../../src/autograd/operators/reduction.js";
import * as blocks from "../../src/autograd/operators/blocks.js";
import * as s from "../../src/autograd/operators/shape.js";
import { logSoftmax, softmax } from "../../src/autograd/operators/softmax.js";
import { constant, scalar, type Shape, type Tensor } from "../../src/autograd/tensor.js";
import { samplePoints, uncertainty } from "../../src/autograd/points.js";
import { upsample } from "../../src/autograd/upsample.js";
import { someLabels } from "./evaluate.js";

/** Shape of an input and, where the operator asks for them, the bounds of its values. */
type InputSpec = Shape | { readonly shape: Shape; readonly from: number; readonly to: number };

export interface Example {
  readonly name: string;
  readonly inputs: readonly InputSpec[];
  readonly build: (...inputs: Tensor[]) => Tensor;
}

const example = (name: string, inputs: readonly InputSpec[], build: Example["build"]): Example => ({
  name,
  inputs,
  build,
});
const positive = (...shape: number[]): InputSpec => ({ shape, from: 0.5, to: 2 });
const share = (...shape: number[]): InputSpec => ({ shape, from: 0.1, to: 0.9 });

const unary = (build: (x: Tensor) => Tensor, input: InputSpec = [3, 4]) => [example("plain", [input], build)];

/** Equal shapes, and each kind of broadcasting. */
const binary = (
  build: (a: Tensor, b: Tensor) => Tensor,
  second: (...shape: number[]) => InputSpec = (...n) => n,
) => [
  example("equal shapes", [[2, 3, 2], second(2, 3, 2)], build),
  example("second is a vector", [[2, 3, 4], second(4)], build),
  example("second has extents of 1", [[2, 3, 2], second(1, 3, 1)], build),
  example("both grow", [[3, 1], second(2, 1, 4)], build),
];

const convolution = (name: string, x: Shape, w: Shape, options: ConvOptions = {}) =>
  example(name, [x, w, [w[0]]], (a, b, bias) => conv(a, b, bias, options));

const transposed = (name: string, x: Shape, w: Shape, options: Parameters<typeof convTranspose>[3] = {}) =>
  example(name, [x, w, [w[1]]], (a, b, bias) => convTranspose(a, b, bias, options));

const padding = (mode: s.PadMode) => [
  example(`${mode}, one axis`, [[2, 3, 5]], (x) => s.pad(x, [0, 0, 2], [0, 0, 1], mode)),
  example(`${mode}, two axes`, [[1, 2, 4, 5]], (x) => s.pad(x, [0, 0, 1, 3], [0, 0, 2, 0], mode)),
];

/** Places of two samples; a place may come twice. */
const places = (...indices: number[]) =>
  constant(BigInt64Array.from(indices, BigInt), [2, indices.length / 2]);

/** By name of the operator's row. */
export const operatorExamples: Readonly<Record<string, readonly Example[]>> = {
  add: binary(e.add),
  sub: binary(e.sub),
  mul: [...binary(e.mul), example("with itself", [[5]], (x) => e.mul(x, x))],
  div: binary(e.div, positive),
  pow: [
    example("square", [[3, 4]], (x) => e.pow(x, scalar(2))),
    example("broken exponents", [positive(2, 3)], (x) => e.pow(x, constant(Float32Array.of(0.5, 1.7, -1)))),
  ],
  maximum: binary(e.maximum),
  minimum: binary(e.minimum),
  neg: unary(e.neg),
  abs: unary(e.abs),
  exp: unary(e.exp),
  log: unary(e.log, positive(3, 4)),
  sqrt: unary(e.sqrt, positive(3, 4)),
  reciprocal: unary(e.reciprocal, positive(3, 4)),
  tanh: unary(e.tanh),
  sigmoid: unary(e.sigmoid),
  erf: unary(e.erf),
  relu: unary(e.relu),
  leakyRelu: unary((x) => e.leakyRelu(x, 0.1)),
  where: [
    example("both branches", [[2, 4], [4]], (a, b) => {
      const odd = e.equal(constant(Float32Array.of(0, 1, 0, 1)), scalar(1));
      return e.where(odd, a, b);
    }),
  ],
  reshape: unary((x) => s.reshape(x, [2, 6])),
  transpose: [example("three axes", [[2, 3, 4]], (x) => s.transpose(x, [2, 0, 1]))],
  expand: [example("two axes", [[1, 3, 1]], (x) => s.expand(x, [2, 3, 4]))],
  slice: [
    example("window", [[4, 5]], (x) => s.slice(x, [1, 2], [2, 3])),
    example("strided, incomplete last step", [[7, 3]], (x) => s.slice(x, [1, 0], [3, 2], [2, 2])),
    example("strided, to the end", [[2, 7]], (x) => s.slice(x, [0, 0], [2, 3], [1, 3])),
    example("reversed", [[3, 4]], (x) => s.flip(x, [1])),
    example("reversed twice", [[2, 3, 4]], (x) => s.flip(x, [0, 2])),
    example("reversed, strided and cut", [[4, 6, 5]], (x) => s.slice(x, [3, 1, 1], [4, 3, 2], [-1, 2, 1])),
  ],
  pad: [...padding("zero"), ...padding("reflect"), ...padding("edge")],
  concat: [
    example(
      "two",
      [
        [2, 2, 3],
        [2, 1, 3],
      ],
      (a, b) => s.concat([a, b], 1),
    ),
    example(
      "one of them twice",
      [
        [2, 3],
        [1, 3],
      ],
      (a, b) => s.concat([a, b, a], 0),
    ),
  ],
  gather: [example("repeated and left out", [[2, 4, 2]], (x) => s.gather(x, 1, [3, 0, 3]))],
  depthToSpace: [
    example("factor 2", [[2, 8, 2, 3]], (x) => blocks.depthToSpace(x, 2)),
    example("factor 3", [[1, 9, 2, 1]], (x) => blocks.depthToSpace(x, 3)),
    example("in slices", [[2, 4, 3, 2, 1]], (x) => blocks.depthToSpace(x, 2)),
  ],
  channelsToSlices: [example("factor 2", [[2, 4, 2, 2, 1]], (x) => blocks.channelsToSlices(x, 2))],
  slicesToChannels: [example("factor 2", [[2, 2, 4, 2, 1]], (x) => blocks.slicesToChannels(x, 2))],
  spaceToDepth: [example("factor 2", [[2, 2, 4, 6]], (x) => blocks.spaceToDepth(x, 2))],
  scatterAdd: [example("onto one place", [[2, 3, 2]], (x) => s.scatterAdd(x, 1, [4, 0, 4], [2, 5, 2]))],
  sum: [example("one axis", [[2, 3, 4]], (x) => sum(x, [1])), example("all", [[2, 3, 4]], (x) => sum(x))],
  mean: [example("two axes", [[2, 3, 4]], (x) => mean(x, [0, 2])), example("all", [[3, 4]], (x) => mean(x))],
  sumSquare: [example("two axes", [[2, 3, 4]], (x) => sumSquare(x, [1, 2]))],
  max: [
    example("one axis", [[2, 3, 4]], (x) => max(x, [1])),
    example("two axes", [[2, 3, 4]], (x) => max(x, [0, 2])),
  ],
  matmul: [
    example(
      "plain",
      [
        [2, 3],
        [3, 4],
      ],
      matmul,
    ),
    example(
      "batches",
      [
        [2, 2, 3],
        [2, 3, 2],
      ],
      matmul,
    ),
    example(
      "broadcast batch",
      [
        [2, 3],
        [2, 3, 2],
      ],
      matmul,
    ),
    example(
      "transposed",
      [
        [4, 3],
        [2, 3],
      ],
      (a, b) => matmul(a, swapLast(b)),
    ),
  ],
  conv: [
    convolution("2-D, same padding", [1, 2, 4, 5], [3, 2, 3, 3], { padding: [1, 1] }),
    convolution("2-D, batch of 2", [2, 2, 4, 3], [2, 2, 3, 3], { padding: [1, 1] }),
    convolution("2-D, no padding, kernel 2×3", [1, 2, 4, 5], [2, 2, 2, 3]),
    convolution("2-D, stride 2", [2, 2, 5, 6], [2, 2, 3, 3], { stride: [2, 2], padding: [1, 1] }),
    convolution("2-D, stride that leaves a rest", [1, 1, 6, 8], [2, 1, 3, 2], { stride: [2, 3] }),
    convolution("2-D, dilation", [1, 2, 6, 5], [2, 2, 3, 2], { dilation: [2, 3], padding: [2, 1] }),
    convolution("2-D, groups", [2, 4, 3, 4], [6, 2, 3, 3], { groups: 2, padding: [1, 1] }),
    convolution("2-D, depthwise, stride 2", [1, 3, 5, 4], [3, 1, 3, 3], {
      groups: 3,
      stride: [2, 2],
      padding: [1, 1],
    }),
    convolution("2-D, 1×1", [2, 3, 3, 2], [4, 3, 1, 1]),
    convolution("2-D, 1×1, stride 2", [1, 2, 4, 5], [3, 2, 1, 1], { stride: [2, 2] }),
    convolution("2-D, more padding than reach", [1, 1, 3, 3], [2, 1, 2, 2], { padding: [2, 2] }),
    convolution("3-D, same padding", [1, 2, 3, 4, 3], [2, 2, 3, 3, 3], { padding: [1, 1, 1] }),
    convolution("3-D, batch of 2, within slices", [2, 2, 2, 3, 4], [2, 2, 1, 3, 3], { padding: [0, 1, 1] }),
    convolution("3-D, across slices", [2, 2, 4, 2, 3], [2, 2, 3, 1, 1], { padding: [1, 0, 0] }),
    convolution("3-D, stride", [1, 2, 4, 4, 5], [2, 2, 3, 3, 3], { stride: [1, 2, 2], padding: [1, 1, 1] }),
    convolution("3-D, 1×1×1", [2, 3, 2, 2, 3], [2, 3, 1, 1, 1]),
    convolution("3-D, groups, dilation", [1, 4, 3, 3, 4], [2, 2, 1, 2, 2], {
      groups: 2,
      dilation: [1, 2, 2],
      padding: [0, 1, 1],
    }),
  ],
  convTranspose: [
    transposed("2-D, stride is kernel", [2, 3, 2, 3], [3, 2, 2, 2], { stride: [2, 2] }),
    transposed("3-D, stride is kernel", [1, 3, 2, 2, 3], [3, 2, 1, 2, 2], { stride: [1, 2, 2] }),
    transposed("2-D, stride 2, kernel 3, output padding", [2, 2, 3, 2], [2, 3, 3, 3], {
      stride: [2, 2],
      padding: [1, 1],
      output: [6, 4],
    }),
    transposed("2-D, stride 1, kernel 3", [1, 2, 3, 4], [2, 2, 3, 3], { padding: [1, 1] }),
    transposed("2-D, dilation", [1, 2, 3, 3], [2, 1, 2, 2], { dilation: [2, 2] }),
  ],
  maxPool: [
    example("2-D", [[2, 2, 4, 6]], (x) => maxPool(x, [2, 2])),
    example("2-D, rest left out", [[1, 2, 5, 5]], (x) => maxPool(x, [2, 2])),
    example("2-D, overlapping", [[1, 2, 5, 6]], (x) => maxPool(x, [3, 3], [1, 2])),
    example("2-D, overlapping, padded", [[2, 1, 5, 6]], (x) => maxPool(x, [3, 3], [2, 2], [1, 1])),
    example("3-D", [[1, 2, 4, 4, 4]], (x) => maxPool(x, [2, 2, 2])),
    example("3-D, within slices, batch of 2", [[2, 2, 2, 2, 4]], (x) => maxPool(x, [1, 2, 2])),
    example("3-D, overlapping", [[1, 1, 4, 4, 5]], (x) => maxPool(x, [2, 3, 3], [1, 1, 1])),
    example("3-D, overlapping, batch of 2", [[2, 2, 3, 3, 3]], (x) => maxPool(x, [2, 2, 2], [1, 1, 1])),
  ],
  gatherAt: [
    example("a place twice, another never", [[2, 3, 4]], (x) => gatherAt(x, places(3, 0, 3, 1, 2, 1))),
  ],
  scatterAt: [example("two onto one place", [[2, 3, 3]], (x) => scatterAt(x, places(4, 0, 4, 1, 2, 0), 5))],
  replaceAt: [
    example(
      "two of four",
      [
        [2, 3, 4],
        [2, 3, 2],
      ],
      (x, values) => replaceAt(x, values, places(3, 0, 1, 2)),
    ),
  ],
  scaleShift: [
    example("vectors over channels", [[2, 3, 2, 2], [3], [3]], channelAffine),
    example(
      "vectors over samples",
      [
        [2, 2, 3],
        [2, 2, 1],
        [2, 2, 1],
      ],
      channelAffine,
    ),
  ],
  normalise: [
    example("plain", [[2, 2, 3, 4]], (x) => instanceNorm(x)),
    example("3-D, one sample", [[1, 2, 2, 3, 3]], (x) => instanceNorm(x)),
    example("scale and shift, batch of 2", [[2, 3, 2, 4], [3], [3]], (x, a, b) => instanceNorm(x, a, b)),
    example(
      "scale and shift of each sample",
      [
        [2, 2, 3, 3],
        [2, 2, 1, 1],
        [2, 2, 1, 1],
      ],
      (x, a, b) => instanceNorm(x, a, b),
    ),
    example("followed by a product with x", [[2, 2, 5]], (x) => e.mul(instanceNorm(x), x)),
  ],
  softmax: [
    example("channels", [[2, 3, 4]], (x) => softmax(x, 1)),
    example("last axis", [[2, 3, 4]], (x) => softmax(x, 2)),
  ],
  logSoftmax: [example("channels", [[2, 3, 4]], (x) => logSoftmax(x, 1))],
};

const labels = (shape: Shape, classes: number) => constant(someLabels(shape, classes), shape);
const onLabels = (build: (logits: Tensor, labels: Tensor) => Tensor, shape: Shape = [2, 3, 3, 4]) => {
  const [batch, classes, ...spatial] = shape;
  return (logits: Tensor) => build(logits, labels([batch, ...spatial], classes));
};
const image: Shape = [2, 3, 3, 4];

const normState = (scale: Tensor, shift: Tensor) => ({
  scale,
  shift,
  runningMean: constant(Float32Array.of(0.2, -0.3, 0.1)),
  runningVariance: constant(Float32Array.of(0.5, 1.5, 0.8)),
});

/** Inside, at the centre of a pixel, and beyond the centres of the outermost pixels of a map of 3 × 4. */
const someCoordinates = constant(Float32Array.of(0.31, 0.5, 0.02, 0.97, 0.43, 0.375, 0.01, 0.99), [1, 2, 4]);

/** What is written with the operators. */
export const compositeExamples: readonly Example[] = [
  example("gelu", [[3, 4]], gelu),
  example("silu", [[3, 4]], silu),
  example("prelu, one slope", [[2, 3, 4], [1]], prelu),
  example("prelu, a slope per channel", [[2, 3, 4], [3]], prelu),
  example("group norm", [[2, 4, 2, 3], [4], [4]], (x, a, b) => groupNorm(x, 2, a, b)),
  example("layer norm", [[2, 3, 6], [6], [6]], (x, a, b) => layerNorm(x, a, b)),
  example("batch norm, training", [image, [3], [3]], (x, a, b) => batchNorm(x, normState(a, b), true).y),
  example("batch norm, evaluation", [image, [3], [3]], (x, a, b) => batchNorm(x, normState(a, b), false).y),
  example("upsample 2-D", [[2, 3, 2, 3], [3, 2, 2, 2], [2]], upsample),
  example("upsample 3-D in the slice", [[1, 2, 2, 3, 2], [2, 3, 1, 2, 2], [3]], upsample),
  example("upsample 3-D", [[1, 2, 2, 1, 2], [2, 2, 2, 2, 2], [2]], upsample),
  example("upsample along one axis", [[1, 2, 2, 1, 3], [2, 2, 1, 1, 2], [2]], upsample),
  example("resize 2-D, corners aligned", [[1, 2, 3, 4]], (x) => resize(x, [5, 6], true)),
  example("resize 2-D, centres aligned", [[2, 1, 3, 4]], (x) => resize(x, [6, 3], false)),
  example("resize 3-D", [[1, 2, 2, 3, 2]], (x) => resize(x, [4, 5, 2], true)),
  example("average pool, padded", [[1, 2, 5, 6]], (x) => averagePool(x, [3, 3], [2, 2], [1, 1])),
  example("adaptive average pool", [[2, 2, 5, 7]], (x) => adaptiveAveragePool(x, [3, 2])),
  example("adaptive average pool 3-D", [[1, 2, 3, 4, 5]], (x) => adaptiveAveragePool(x, [1, 2, 3])),
  example("points of a map", [[1, 2, 3, 4]], (x) => samplePoints(x, someCoordinates)),
  example("uncertainty of two classes", [[2, 2, 5]], uncertainty),
  example("uncertainty of four classes", [[1, 4, 6]], uncertainty),
  example("loss at points", [[1, 3, 4]], (x) => losses.pointLoss(x, someCoordinates, labels([1, 5, 6], 3))),
  example("cross-entropy", [image], onLabels(losses.crossEntropy)),
  example("Dice", [image], onLabels(losses.softDice)),
  example(
    "Dice without background",
    [image],
    onLabels((x, y) => losses.softDice(x, y, { background: false })),
  ),
  example(
    "Dice over the batch",
    [image],
    onLabels((x, y) => losses.softDice(x, y, { batch: true, smoothing: 0.1 })),
  ),
  example("focal", [image], onLabels(losses.focal)),
  example(
    "focal, other exponent",
    [image],
    onLabels((x, y) => losses.focal(x, y, 1.5)),
  ),
  example("Tversky", [image], onLabels(losses.tversky)),
  example(
    "Tversky without background",
    [image],
    onLabels((x, y) => losses.tversky(x, y, 0.4, 0.6, { background: false })),
  ),
  example("attention", [share(2, 1, 2, 3)], (x) => losses.attentionLoss(x, labels([2, 4, 6], 3))),
  example(
    "deep supervision",
    [
      [1, 3, 4, 4],
      [1, 3, 2, 4],
      [1, 3, 2, 2],
    ],
    (a, b, c) => losses.deepSupervision([a, b, c], labels([1, 4, 4], 3), losses.crossEntropy),
  ),
];
