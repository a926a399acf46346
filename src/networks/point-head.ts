/**
 * PointRend's head (Kirillov et al. 2020): a small perceptron that predicts single points from fine features and the coarse
 * prediction, the choice of points it is trained on, and the rendering of a coarse map to full resolution.
 */
import { centresOf, samplePoints, uncertainty } from "../autograd/points.js";
import { add, relu } from "../autograd/operators/elementwise.js";
import { matmul } from "../autograd/operators/matmul.js";
import { gatherAt, replaceAt, topPlaces } from "../autograd/operators/points.js";
import { concat, detach, reshape } from "../autograd/operators/shape.js";
import { resize } from "../autograd/linear-map.js";
import { type Shape, sizeOf, type Tensor } from "../autograd/tensor.js";
import type { Layers } from "./layers.js";
import type { PointLogits } from "./network.js";

/** What a point is predicted from. */
export interface PointMaps {
  /** Coarse logits [N, classes, h, w]. */
  readonly coarse: Tensor;
  /** Fine features [N, C, H, W]. */
  readonly fine: Tensor;
}

const hiddenLayers = 3;
/** Candidates drawn for each point of training. */
export const oversampling = 3;
/** Share of training's points that are the most uncertain candidates; the rest lies anywhere. */
export const importance = 0.75;
/** Pixels for each point of training, and for each point of a step of rendering. */
const trainingShare = 16;
const renderingShare = 8;
/** Standard deviation of the last layer's start values. */
const predictorDeviation = 0.001;

/** One layer on points x [N, in, K]; weights have the shape of PyTorch's Conv1d. */
function dense(layers: Layers, name: string, x: Tensor, out: number, deviation?: number): Tensor {
  const into = x.shape[1] ?? 1;
  const bound = 1 / Math.sqrt(into);
  const initial = deviation === undefined ? { bound } : { deviation };
  const weight = layers.parameter(`${name}.weight`, [out, into, 1], initial);
  const bias = layers.parameter(`${name}.bias`, [out], deviation === undefined ? { bound } : { value: 0 });
  return add(matmul(reshape(weight, [out, into]), x), reshape(bias, [out, 1]));
}

/** Logits [N, classes, K] at points: every layer sees the coarse logits again. */
export function predictPoints(
  layers: Layers,
  { coarse, fine }: PointMaps,
  coordinates: Tensor,
  width: number,
): Tensor {
  const rough = samplePoints(coarse, coordinates);
  let x = samplePoints(fine, coordinates);
  for (let n = 1; n <= hiddenLayers; n++)
    x = relu(dense(layers, `point_head.fc${n}`, concat([x, rough], 1), width));
  return dense(
    layers,
    "point_head.predictor",
    concat([x, rough], 1),
    coarse.shape[1] ?? 1,
    predictorDeviation,
  );
}

/**
 * Points to train on, [N, 2, count]: the most uncertain of `oversampling` times as many random candidates [N, 2, …], then
 * the points of `anywhere`. No gradient flows through the choice.
 */
export function choosePoints(coarse: Tensor, candidates: Tensor, anywhere: Tensor, count: number): Tensor {
  const doubts = uncertainty(samplePoints(coarse, candidates));
  const places = topPlaces(doubts, count - (anywhere.shape[2] ?? 0));
  return detach(concat([gatherAt(candidates, places), anywhere], 2));
}

/** Predictions at the points of one training step. */
export function trainingPoints(layers: Layers, maps: PointMaps, width: number): PointLogits {
  const [n = 1, , ...size] = maps.fine.shape;
  const count = Math.max(1, Math.ceil(sizeOf(size) / trainingShare));
  const random = count - Math.floor(importance * count);
  const candidates = layers.uniform([n, 2, oversampling * count]);
  const coordinates = choosePoints(maps.coarse, candidates, layers.uniform([n, 2, random]), count);
  return { logits: predictPoints(layers, maps, coordinates, width), coordinates };
}

/** One step of rendering: the map at `size`, with `count` of its most uncertain points predicted anew. */
function subdivide(
  layers: Layers,
  maps: PointMaps,
  logits: Tensor,
  { size, count, width }: { size: Shape; count: number; width: number },
): Tensor {
  const grown = resize(logits, size, false);
  const [n = 1, classes = 1] = grown.shape;
  const flat = reshape(grown, [n, classes, sizeOf(size)]);
  const places = topPlaces(uncertainty(flat), Math.min(count, sizeOf(size)));
  const points = predictPoints(layers, maps, centresOf(places, size), width);
  return reshape(replaceAt(flat, points, places), grown.shape);
}

/** Coarse logits rendered to the extents of the last of `sizes`, each of which is one step. */
export function render(layers: Layers, maps: PointMaps, sizes: readonly Shape[], width: number): Tensor {
  const count = Math.max(1, Math.ceil(sizeOf(maps.fine.shape.slice(2)) / renderingShare));
  return sizes.reduce((logits, size) => subdivide(layers, maps, logits, { size, count, width }), maps.coarse);
}
