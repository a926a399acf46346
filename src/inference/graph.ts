/** The inference graph of a planned network: one window of the image in, class probabilities out. */
import { softmax } from "../autograd/operators/softmax.js";
import { input, type Shape, type Tensor } from "../autograd/tensor.js";
import { Layers } from "../networks/layers.js";
import { networkOptions, tensorAxes } from "../networks/plan-options.js";
import { networkNamed } from "../networks/registry.js";
import { inputChannels } from "../study/context-slices.js";
import type { Plan } from "../study/types.js";

export interface InferenceGraph {
  readonly layers: Layers;
  /** [1, classes, …patch] */
  readonly probabilities: Tensor;
  /** [1, channels, …patch]; a 2-D network that sees neighbouring slices has channels × slices */
  readonly imageShape: Shape;
}

/** The graph of the plan's first network. The input is called `image`. */
export function inferenceGraph(plan: Plan): InferenceGraph {
  const planned = plan.networks[0];
  const network = networkNamed(planned.name);
  const classes = plan.labels.length + 1;
  const layers = new Layers(false);
  const imageShape = [1, inputChannels(plan), ...tensorAxes(plan.patch, network.dimensions)];
  const { logits } = network.build(layers, input("image", imageShape), networkOptions(planned, classes));
  return { layers, probabilities: softmax(logits, 1), imageShape };
}
