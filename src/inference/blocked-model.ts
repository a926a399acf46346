/**
 * An exported model for this machine: the same network on channel-blocked tensors. The file itself stays plain, since it must
 * run anywhere; where its graph is the one that this version builds from its plan, that graph is rewritten and the file's
 * weights are put into it.
 */
import { foldWeights } from "../autograd/fold-weights.js";
import { forProcessor } from "../autograd/for-device.js";
import { compile } from "../autograd/onnx/compile.js";
import type { Message } from "../autograd/onnx/schema.js";
import { decode } from "../autograd/onnx/wire.js";
import type { Plan } from "../study/types.js";
import { inferenceGraph } from "./graph.js";

/** A model and, apart from it, its weights by name. */
export interface SplitModel {
  readonly bytes: Uint8Array;
  readonly weights: ReadonlyMap<string, Float32Array>;
}

/** The model with blocks of `block` channels; undefined where there are none or the file's graph is another. */
export async function blockedModel(
  model: Message<"ModelProto">,
  plan: Plan,
  block: number,
): Promise<SplitModel | undefined> {
  if (block === 1) return undefined;
  const { probabilities } = inferenceGraph(plan);
  const weights = weightsOf(model);
  const empty = new Map([...weights.keys()].map((name) => [name, new Float32Array()]));
  if (!sameNodes(decode("ModelProto", compile({ probabilities }, { stored: empty })), model))
    return undefined;
  const { outputs, stored } = await foldWeights(forProcessor({ probabilities }, block), weights);
  return { bytes: compile(outputs, { stored, apart: true }), weights: stored };
}

const float32 = 1;

/** The file's float32 initialisers by name. */
export function weightsOf(model: Message<"ModelProto">): Map<string, Float32Array<ArrayBuffer>> {
  const floats = (model.graph?.initializer ?? []).filter((t) => t.dataType === float32);
  return new Map(
    floats.map(({ name = "", rawData = new Uint8Array() }) => [
      name,
      new Float32Array(new Uint8Array(rawData).buffer),
    ]),
  );
}

function sameNodes(a: Message<"ModelProto">, b: Message<"ModelProto">): boolean {
  const nodes = (model: Message<"ModelProto">) => JSON.stringify(model.graph?.node);
  return nodes(a) === nodes(b);
}
