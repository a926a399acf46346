/**
 * Losses on logits [N, C, …] and labels [N, …] (uint8, class of each voxel). Each returns a scalar of shape [1, …, 1]
 * that is a mean over the batch; weighting and summing is the caller's.
 */
import { adaptiveAveragePool } from "./linear-map.js";
import { abs, add, cast, div, equal, exp, log, mul, neg, pow, relu, sub } from "./operators/elementwise.js";
import { mean, sum } from "./operators/reduction.js";
import { reshape, slice } from "./operators/shape.js";
import { logSoftmax, softmax } from "./operators/softmax.js";
import { labelsAt } from "./points.js";
import { constant, scalar, type Shape, type Tensor } from "./tensor.js";

const spatialAxes = (t: Tensor) => [...t.shape.keys()].slice(2);

/** Labels [N, …] as 0/1 channels [N, C, …] of float32. */
export function oneHot(labels: Tensor, classes: number): Tensor {
  const [batch = 1, ...spatial] = labels.shape;
  const values = constant(
    Float32Array.from({ length: classes }, (_, c) => c),
    [1, classes, ...spatial.map(() => 1)],
  );
  return cast(equal(cast(reshape(labels, [batch, 1, ...spatial]), "float32"), values), "float32");
}

/** Mean over voxels of −log p(true class). */
export function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  const classes = logits.shape[1] ?? 1;
  const perVoxel = neg(sum(mul(oneHot(labels, classes), logSoftmax(logits, 1)), [1]));
  return mean(perVoxel);
}

/**
 * Weighted mean of −log p(truth) of one logit a case, where p = sigmoid: logits, truth (0 or 1) and weights [N, 1]. Written
 * as max(z, 0) − z·y + log(1 + exp(−|z|)), which no logit overflows.
 */
export function binaryCrossEntropy(logits: Tensor, truth: Tensor, weights: Tensor): Tensor {
  const softplus = add(relu(logits), log(add(exp(neg(abs(logits))), scalar(1))));
  return mean(mul(weights, sub(softplus, mul(logits, truth))));
}

export interface DiceOptions {
  /** Count the background class. */
  background?: boolean;
  /** Sum over the batch before dividing, instead of one Dice per sample. */
  batch?: boolean;
  smoothing?: number;
}

/** 1 − (2 Σpg + s) / (Σp + Σg + s), averaged over samples and classes (Milletari et al. 2016). */
export function softDice(logits: Tensor, labels: Tensor, options: DiceOptions = {}): Tensor {
  return overlapLoss(
    softmax(logits, 1),
    oneHot(labels, logits.shape[1] ?? 1),
    options,
    (p, g) => add(p, g),
    2,
  );
}

/**
 * 1 − (Σpg + s) / (Σpg + α Σp(1−g) + β Σ(1−p)g + s) (Salehi et al. 2017). With α < β missing lesions costs more than
 * false alarms.
 */
export function tversky(
  logits: Tensor,
  labels: Tensor,
  alpha = 0.3,
  beta = 0.7,
  options: DiceOptions = {},
): Tensor {
  const [p, g] = [softmax(logits, 1), oneHot(labels, logits.shape[1] ?? 1)];
  const size = (sums: Tensor, truths: Tensor, both: Tensor) =>
    add(mul(both, scalar(1 - alpha - beta)), add(mul(sums, scalar(alpha)), mul(truths, scalar(beta))));
  return overlapLoss(p, g, options, size, 1);
}

function overlapLoss(
  p: Tensor,
  g: Tensor,
  { background = true, batch = false, smoothing = 1e-5 }: DiceOptions,
  size: (p: Tensor, g: Tensor, both: Tensor) => Tensor,
  weight: number,
): Tensor {
  const axes = batch ? [0, ...spatialAxes(p)] : spatialAxes(p);
  const [sp, sg, both] = [sum(p, axes), sum(g, axes), sum(mul(p, g), axes)].map((t) =>
    background ? t : withoutFirst(t),
  ) as [Tensor, Tensor, Tensor];
  const s = scalar(smoothing);
  const score = div(add(mul(both, scalar(weight)), s), add(size(sp, sg, both), s));
  return mean(sub(scalar(1), score));
}

function withoutFirst(t: Tensor): Tensor {
  const starts = t.shape.map((_, axis) => (axis === 1 ? 1 : 0));
  return slice(
    t,
    starts,
    t.shape.map((n, axis) => (axis === 1 ? n - 1 : n)),
  );
}

/** Cross-entropy with each voxel weighted by (1 − p)^γ, p of its true class (Lin et al. 2017). */
export function focal(logits: Tensor, labels: Tensor, gamma = 2): Tensor {
  const logP = sum(mul(oneHot(labels, logits.shape[1] ?? 1), logSoftmax(logits, 1)), [1]);
  return mean(neg(mul(pow(sub(scalar(1 + 1e-7), exp(logP)), scalar(gamma)), logP)));
}

/**
 * Soft Dice loss of an attention map [N, 1, …] against the share of labelled voxels under each of its elements
 * (paper 1's attention loss; labels of any class count as 1).
 */
export function attentionLoss(attention: Tensor, labels: Tensor, smoothing = 1e-5): Tensor {
  const [batch = 1, ...spatial] = labels.shape;
  const truth = sub(scalar(1), cast(equal(cast(labels, "float32"), scalar(0)), "float32"));
  const pooled = adaptiveAveragePool(reshape(truth, [batch, 1, ...spatial]), attention.shape.slice(2));
  return overlapLoss(attention, pooled, { smoothing }, (p, g) => add(p, g), 2);
}

/** Cross-entropy of logits [N, C, K] at points (coordinates [N, 2, K]) against the labels [N, H, W] there. */
export function pointLoss(logits: Tensor, coordinates: Tensor, labels: Tensor): Tensor {
  return crossEntropy(logits, labelsAt(labels, coordinates));
}

/** Labels at the grid of a coarser output: every k-th voxel along each axis (deep supervision). */
export function downsampleLabels(labels: Tensor, spatial: Shape): Tensor {
  const steps = [1, ...spatial.map((n, axis) => (labels.shape[axis + 1] ?? n) / n)];
  return slice(
    labels,
    labels.shape.map(() => 0),
    [labels.shape[0] ?? 1, ...spatial],
    steps,
  );
}

/**
 * Σ wᵢ·lossᵢ over outputs from fine to coarse, weights 1, ½, ¼ … by resolution, normalised to sum 1 (nnU-Net's deep
 * supervision); outputs of one resolution count alike (UNet++).
 */
export function deepSupervision(
  outputs: readonly Tensor[],
  labels: Tensor,
  loss: (logits: Tensor, labels: Tensor) => Tensor,
): Tensor {
  const resolutions = [...new Set(outputs.map((logits) => logits.shape.join()))];
  const weights = outputs.map((logits) => 0.5 ** resolutions.indexOf(logits.shape.join()));
  const total = weights.reduce((a, b) => a + b, 0);
  const parts = outputs.map((logits, i) => {
    const part = reshape(loss(logits, downsampleLabels(labels, logits.shape.slice(2))), [1]);
    return mul(part, scalar(weights[i] / total));
  });
  return parts.reduce((a, b) => add(a, b));
}
