/** What a network costs, counted in its graph: operations, memory, parameters. */
import { topological } from "../autograd/onnx/compile.js";
import { input, type Shape, sizeOf, type Tensor } from "../autograd/tensor.js";
import { Layers } from "./layers.js";
import type { Network, NetworkOptions } from "./network.js";

export interface NetworkCost {
  /** Floating-point operations of one forward pass: two for each product in convolutions and matrix products. */
  readonly operations: number;
  /**
   * What all results of one forward pass take, in bytes: about the peak of a training step, which keeps most of them for
   * the backward pass (measured: 0.85 to 1.02 of it, docs/reference/performance.md).
   */
  readonly activationBytes: number;
  /** Trained numbers. */
  readonly parameters: number;
}

/** Products that one element of the result (of a transposed convolution: of x) is made of. */
const products: Readonly<Record<string, (node: Tensor) => number>> = {
  conv: ({ shape, inputs: [, w] }) => sizeOf(shape) * (sizeOf(w.shape) / w.shape[0]),
  convTranspose: ({ inputs: [x, w] }) => sizeOf(x.shape) * (sizeOf(w.shape) / w.shape[0]),
  matmul: ({ shape, inputs: [a] }) => sizeOf(shape) * (a.shape.at(-1) ?? 1),
};

/** Results that are another tensor's memory, or tiny. */
const views: ReadonlySet<string> = new Set(["reshape", "detach", "expand", "slice"]);

/** Of a batch of images [N, C, …], in training. */
export function networkCost(network: Network, options: NetworkOptions, image: Shape): NetworkCost {
  const layers = new Layers(true);
  const { logits, supervision = [], points } = network.build(layers, input("image", image), options);
  const results = [logits, ...supervision, ...(points ? [points.logits] : [])];
  const nodes = topological(results).filter((node) => node.inputs.length > 0);
  const total = (count: (node: Tensor) => number) => nodes.reduce((sum, node) => sum + count(node), 0);
  return {
    operations: total((node) => 2 * (products[node.operator.name]?.(node) ?? 0)),
    activationBytes: total((node) => (views.has(node.operator.name) ? 0 : 4 * sizeOf(node.shape))),
    parameters: [...layers.parameters.values()].reduce((sum, { tensor }) => sum + sizeOf(tensor.shape), 0),
  };
}
