import type { Tensor } from "../autograd/tensor.js";
import type { Layers } from "./layers.js";

/** What a network is built for. Spatial quantities are in the tensor's order: depth, height, width. */
export interface NetworkOptions {
  /** Classes, background included. */
  readonly classes: number;
  /** Channels per level, in the network's own convention. */
  readonly features: readonly number[];
  /** Pooling factors between levels and kernels of the levels, for networks whose depth is planned. */
  readonly pooling?: readonly (readonly number[])[];
  readonly kernels?: readonly (readonly number[])[];
  /** Heads of attention, in transformers. */
  readonly heads?: number;
  readonly dropout?: number;
  readonly deepSupervision?: boolean;
}

/** Predictions at single points, for a loss of their own in training. */
export interface PointLogits {
  /** [N, classes, K] */
  readonly logits: Tensor;
  /** Where in the image, [N, 2, K] (see autograd/points.ts). */
  readonly coordinates: Tensor;
}

export interface NetworkOutput {
  /** [N, classes, …]; of a classifier [N, classes] */
  readonly logits: Tensor;
  /** Coarser logits from fine to coarse, in training with deep supervision. */
  readonly supervision?: readonly Tensor[];
  /** Attention maps [N, 1, …] for the attention loss. */
  readonly attention?: readonly Tensor[];
  readonly points?: PointLogits;
}

/** One architecture. */
export interface Network {
  readonly title: string;
  /** Spatial axes: 2 ([N, C, H, W]) or 3 ([N, C, D, H, W]). */
  readonly dimensions: 2 | 3;
  /** True where poolings, kernels and the number of levels follow from the data instead of the paper. */
  readonly hasPlannedDepth: boolean;
  /** Features at the paper's size. */
  readonly features: readonly number[];
  /** Extents of the patch must be multiples of these (D, H, W). */
  readonly divisor: (options: NetworkOptions) => readonly number[];
  /** `late` are numbers [N, V] that a classifier joins to what it saw in the image. */
  readonly build: (layers: Layers, image: Tensor, options: NetworkOptions, late?: Tensor) => NetworkOutput;
  /** Names under which published weights hold the same parameter a second time. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Names that published weights hold and the network, as it is built, may have no use for. */
  readonly optional?: RegExp;
}
