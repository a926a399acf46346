/** What the prediction of one window takes, counted in the graph that an exported model holds. */
import { topological } from "../autograd/onnx/compile.js";
import { portable } from "../autograd/portable/rewrite.js";
import { sizeOf, type Tensor } from "../autograd/tensor.js";
import { MarrowError } from "../base/errors.js";
import type { Plan } from "../study/types.js";
import { inferenceGraph } from "./graph.js";

export interface WindowCost {
  /** Results that are alive at the same time, at most, and the weights; in bytes. */
  readonly peakBytes: number;
  /** The largest single tensor: graphics cards limit it. */
  readonly largestBytes: number;
}

/** Of the plan's first network. */
export function windowCost(plan: Plan): WindowCost {
  const { probabilities } = portable({ probabilities: inferenceGraph(plan).probabilities });
  const order = topological([probabilities]);
  const lastUse = new Map(order.flatMap((node, at) => node.inputs.map((input) => [input, at] as const)));
  const isStored = (node: Tensor) => node.inputs.length === 0;
  const stored = order.filter(isStored).reduce((sum, node) => sum + bytesOf(node), 0);
  let [alive, peak] = [0, 0];
  for (const [at, node] of order.entries()) {
    if (!isStored(node)) alive += bytesOf(node);
    peak = Math.max(peak, alive);
    for (const input of new Set(node.inputs))
      if (!isStored(input) && lastUse.get(input) === at) alive -= bytesOf(input);
  }
  return { peakBytes: stored + peak, largestBytes: Math.max(...order.map(bytesOf)) };
}

const elementBytes = { float32: 4, float16: 2, int64: 8, uint8: 1, bool: 1 } as const;
const bytesOf = ({ shape, dtype }: Tensor) => sizeOf(shape) * elementBytes[dtype];

/** Node, the runtime and an image. */
const base = 0.3e9;
/** Every model has an arena of its own, which grows by powers of two, and is held twice while it is opened. */
const perModel = 2;

/** Bytes of a segmentation by this many models of the plan. */
export function segmentationBytes(plan: Plan, models: number): number {
  return base + perModel * models * windowCost(plan).peakBytes;
}

/**
 * The bytes that the models of one plan take; a classifier's are not counted. Throws MEMORY_LIMIT where they would not fit,
 * with the estimate and what does fit: the window's size is fixed in an exported model, the number of models is not.
 */
export function requireWindowMemory(plan: Plan, models: number, limit: number): number {
  if (plan.classification) return 0;
  const bytes = segmentationBytes(plan, models);
  if (bytes <= limit) return bytes;
  const fitting = Math.floor((models * (limit - base)) / (bytes - base));
  const gigabytes = (n: number) => `${(n / 1e9).toPrecision(2)} GB`;
  const { name } = plan.networks[0];
  throw new MarrowError("MEMORY_LIMIT", {
    expected: `at most ${gigabytes(limit)}`,
    found: `about ${gigabytes(bytes)}: ${models} × ${name}, patch ${plan.patch.join(" × ")}`,
    next:
      fitting >= 1
        ? `Give ${fitting === 1 ? "one model" : `${fitting} models`} instead of ${models}, or raise --memory.`
        : "Export a model that was trained with a smaller patch or fewer features, or raise --memory.",
  });
}
