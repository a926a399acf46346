/**
 * Normalisation of channels to mean 0 and variance 1, then scaled and shifted: of every sample on its own (instance norm,
 * Ulyanov et al. 2016), or of all samples together (batch norm, Ioffe & Szegedy 2015). Scale and shift may differ
 * between samples, so channel dropout is a scale and costs nothing.
 */
import { constant, node, type Operator, type Shape, sizeOf, type Tensor, scalar } from "../tensor.js";
import { add, maximum, mul, neg, reciprocal, sqrt, sub } from "./elementwise.js";
import { mean, sumSquare } from "./reduction.js";
import { expand, reshape } from "./shape.js";

const spatialAxes = (x: Tensor) => [...x.shape.keys()].slice(2);
const rowsOf = (shape: Shape) => (shape[0] ?? 1) * (shape[1] ?? 1);

export const rows: Record<"scaleShift" | "normalise", Operator> = {
  /**
   * x · scale + shift with one number per sample and channel (vectors of N·C), in one pass over x. ONNX calls this
   * BatchNormalization with given statistics.
   */
  scaleShift: {
    name: "scaleShift",
    shape: (inputs) => inputs[0].shape,
    emit: (emitter, t, [x, scale, shift]) => {
      const channels = rowsOf(t.shape);
      const [flat] = emitter.node("Reshape", [x, emitter.ints([1, channels, sizeOf(t.shape) / channels])]);
      const [zeros, ones] = [emitter.filled(0, channels), emitter.filled(1, channels)];
      const [y] = emitter.node("BatchNormalization", [flat, scale, shift, zeros, ones], {
        epsilon: { float: 0 },
      });
      return emitter.node("Reshape", [y, emitter.ints(t.shape)]);
    },
    gradient: ({ dy, inputs: [x, scale] }) => [
      () => scaleShift(dy, scale, mul(scale, scalar(0))),
      () => rowSums(mul(dy, x)),
      () => rowSums(dy),
    ],
  },
  /**
   * Inputs x, its means and inverse deviations, scale and shift (vectors of N·C). The rule for x knows that the
   * statistics are x's own, so none flows through them; with `pooled` they are those of all samples together.
   */
  normalise: {
    name: "normalise",
    shape: (inputs) => inputs[0].shape,
    emit: (emitter, t, inputs) => {
      const [x, average, inverse, scale, shift] = inputs as [string, string, string, string, string];
      const [factor] = emitter.node("Mul", [inverse, scale]);
      const [offset] = emitter.node("Mul", [average, factor]);
      const [rest] = emitter.node("Sub", [shift, offset]);
      return rows.scaleShift.emit(emitter, t, [x, factor, rest]);
    },
    gradient: ({ dy, y, inputs }) => {
      const [x, average, inverse, scale] = inputs as [Tensor, Tensor, Tensor, Tensor];
      const count = scalar(sizeOf(x.shape) / rowsOf(x.shape));
      const direct = rowMeans(dy);
      // Mean of dy · x̂, from the mean of dy · x.
      const along = mul(inverse, sub(rowMeans(mul(dy, x)), mul(average, direct)));
      const shared = (t: Tensor) =>
        y.attributes["pooled"] ? overSamples(mul(scale, t), x.shape) : mul(scale, t);
      return [
        () => inputGradient(dy, x, { average, inverse, scale, direct: shared(direct), along: shared(along) }),
        undefined,
        undefined,
        () => mul(along, count),
        () => mul(direct, count),
      ];
    },
  },
};

/**
 * dx = (scale · dy − direct − x̂ · along) / σ as a linear function of dy and x, where direct and along are the means of
 * scale · dy and scale · dy · x̂.
 */
function inputGradient(
  dy: Tensor,
  x: Tensor,
  t: Record<"average" | "inverse" | "scale" | "direct" | "along", Tensor>,
): Tensor {
  const perX = neg(mul(mul(t.inverse, t.inverse), t.along));
  const rest = neg(add(mul(t.inverse, t.direct), mul(perX, t.average)));
  return add(scaleShift(dy, mul(t.scale, t.inverse), rest), mul(x, reshape(perX, columnShape(x))));
}

const scaleShift = (x: Tensor, scale: Tensor, shift: Tensor): Tensor =>
  node(rows.scaleShift, [x, scale, shift]);

/** Means over the spatial axes, one per sample and channel. */
function rowMeans(x: Tensor): Tensor {
  return reshape(mean(x, spatialAxes(x)), [rowsOf(x.shape)]);
}

function rowSums(x: Tensor): Tensor {
  return mul(rowMeans(x), scalar(sizeOf(x.shape) / rowsOf(x.shape)));
}

/** Means of vectors of N·C over the samples, again for each: [N·C]. */
function overSamples(vector: Tensor, [n = 1, c = 1]: Shape): Tensor {
  if (n === 1) return vector;
  return reshape(expand(mean(reshape(vector, [n, c]), [0]), [n, c]), [n * c]);
}

/**
 * Up to this many voxels the variance is taken from the centred values; above, as E[x²] − mean², which loses digits in
 * nearly constant channels but saves a pass where a pass is dear.
 */
const centredUpTo = 65_536;

function varianceOf(x: Tensor, average: Tensor, pooled: boolean): Tensor {
  const channels = rowsOf(x.shape);
  const share = scalar(channels / sizeOf(x.shape));
  const spread = (t: Tensor) => {
    const squares = reshape(mul(sumSquare(t, spatialAxes(t)), share), [channels]);
    return pooled ? overSamples(squares, x.shape) : squares;
  };
  const isSmall = sizeOf(x.shape) / channels <= centredUpTo;
  if (isSmall) return spread(sub(x, reshape(average, columnShape(x))));
  return maximum(sub(spread(x), mul(average, average)), scalar(0));
}

export interface Statistics {
  /** Vectors of N·C. */
  readonly average: Tensor;
  readonly variance: Tensor;
}

/** Mean and biased variance of each channel: of every sample, or with `pooled` of all samples together. */
export function statisticsOf(x: Tensor, pooled: boolean): Statistics {
  const means = rowMeans(x);
  const average = pooled ? overSamples(means, x.shape) : means;
  return { average, variance: varianceOf(x, average, pooled) };
}

/** [N, C, 1, …] */
function columnShape(x: Tensor): Shape {
  return x.shape.map((n, axis) => (axis < 2 ? n : 1));
}

/** A vector of C or a map of [N, C, 1, …] as a vector of N·C. */
function perSample(values: Tensor, shape: Shape): Tensor {
  const [n = 1, c = 1] = shape;
  if (sizeOf(values.shape) === n * c) return reshape(values, [n * c]);
  return reshape(expand(reshape(values, [1, c]), [n, c]), [n * c]);
}

/**
 * x [N, C, …] normalised by its own statistics, times `scale` plus `shift`: vectors of C, or [N, C, 1, …]. With `pooled`
 * they are the statistics of all samples together.
 */
export function normalise(
  x: Tensor,
  { average, variance }: Statistics,
  affine: { scale?: Tensor | undefined; shift?: Tensor | undefined; epsilon?: number; pooled?: boolean } = {},
): Tensor {
  const { scale, shift, epsilon = 1e-5, pooled = false } = affine;
  const channels = rowsOf(x.shape);
  const inverse = reciprocal(sqrt(add(variance, scalar(epsilon))));
  const factor = scale ? perSample(scale, x.shape) : constant(new Float32Array(channels).fill(1));
  const offset = shift ? perSample(shift, x.shape) : constant(new Float32Array(channels));
  return node(rows.normalise, [x, average, inverse, factor, offset], { pooled });
}

/** Instance norm: each channel of each sample over its spatial axes. */
export function instanceNorm(x: Tensor, scale?: Tensor, shift?: Tensor, epsilon = 1e-5): Tensor {
  return normalise(x, statisticsOf(x, false), { scale, shift, epsilon });
}

/** x · scale + shift with vectors of C, in one pass. */
export function channelAffine(x: Tensor, scale: Tensor, shift: Tensor): Tensor {
  return scaleShift(x, perSample(scale, x.shape), perSample(shift, x.shape));
}

/** A vector over channels as a tensor that broadcasts: [C] → [1, C, 1, …]. */
export function perChannel(vector: Tensor, rank: number): Tensor {
  return reshape(vector, [1, vector.shape[0] ?? 1, ...Array.from({ length: rank - 2 }, () => 1)]);
}
