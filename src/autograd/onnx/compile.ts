/** Turns the graph behind named outputs into the bytes of an ONNX model. */
import type { Tensor } from "../tensor.js";
import { GraphEmitter, valueInfo } from "./emitter.js";
import { encode } from "./wire.js";

/** Operator set and file format version written; onnxruntime 1.17 or later reads them. */
export const opset = 20;
const irVersion = 9;

export interface CompileOptions {
  /** Parameters to store in the file, by name; all others become inputs. */
  stored?: ReadonlyMap<string, Float32Array>;
  /** Large ones stay outside: the file names them only, and a session is given them (`SessionOptions.weights`). */
  apart?: boolean;
  metadata?: Readonly<Record<string, string>>;
  description?: string;
}

/** Nodes in an order in which every node follows its inputs, or whatever `inputsOf` says it needs. */
export function topological(
  outputs: readonly Tensor[],
  inputsOf: (t: Tensor) => readonly Tensor[] = (t) => t.inputs,
): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  const stack: { tensor: Tensor; expanded: boolean }[] = [...outputs]
    .reverse()
    .map((tensor) => ({ tensor, expanded: false }));
  for (let top = stack.pop(); top; top = stack.pop()) {
    if (top.expanded) {
      order.push(top.tensor);
    } else if (!seen.has(top.tensor)) {
      seen.add(top.tensor);
      stack.push({ tensor: top.tensor, expanded: true });
      for (const tensor of [...inputsOf(top.tensor)].reverse())
        if (!seen.has(tensor)) stack.push({ tensor, expanded: false });
    }
  }
  return order;
}

/**
 * The model that computes `outputs`. Nodes that compute the same thing are emitted once; what no output needs is not
 * emitted at all.
 */
export function compile(
  outputs: Readonly<Record<string, Tensor>>,
  options: CompileOptions = {},
): Uint8Array<ArrayBuffer> {
  const emitter = new GraphEmitter(options.stored, options.apart);
  const emitted = new Map<Tensor, readonly string[]>();
  const known = new Map<string, readonly string[]>();
  for (const tensor of topological(Object.values(outputs))) {
    const inputs = tensor.inputs.map((t) => emitted.get(t)?.[0] ?? "");
    const key = keyOf(tensor, inputs);
    const names = known.get(key) ?? tensor.operator.emit(emitter, tensor, inputs);
    known.set(key, names);
    emitted.set(tensor, names);
  }
  const output = Object.entries(outputs).map(([name, tensor]) => {
    emitter.output(name, emitted.get(tensor)?.[0] ?? "");
    return valueInfo(name, tensor);
  });
  emitter.dropUnusedOutputs();
  emitter.nameOutputs();
  return encode("ModelProto", {
    irVersion,
    producerName: "marrow",
    ...(options.description === undefined ? {} : { docString: options.description }),
    opsetImport: [
      { domain: "", version: opset },
      ...emitter.domains().map((domain) => ({ domain, version: 1 })),
    ],
    metadataProps: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
    graph: {
      name: "marrow",
      node: emitter.nodes,
      initializer: emitter.initializers,
      input: emitter.inputs,
      output,
    },
  });
}

/** Nodes with equal keys compute the same value. Leaves are compared by identity, by their name where they have one. */
function keyOf(tensor: Tensor, inputs: readonly string[]): string {
  if (tensor.data) return `constant:${tensor.id}`;
  const attributes = Object.entries(tensor.attributes).map(([k, v]) => `${k}=${String(v)}`);
  return [tensor.operator.name, tensor.name ?? "", tensor.dtype, ...inputs, ...attributes].join("|");
}
