/** Collects the nodes of one ONNX graph. Operators call `node` and `ints`; the compiler makes the rest. */
import type { Data, Emitter, OnnxAttributes, Tensor } from "../tensor.js";
import { attributeTypes, elementTypes, type Message } from "./schema.js";

/** Numbers of an initialiser from which it pays to keep it outside the file. */
const largeWeights = 1024;

export class GraphEmitter implements Emitter {
  readonly nodes: Message<"NodeProto">[] = [];
  readonly initializers: Message<"TensorProto">[] = [];
  readonly inputs: Message<"ValueInfoProto">[] = [];
  private readonly names = new Map<string, string>();
  private readonly results: { name: string; value: string }[] = [];
  private count = 0;

  /** `stored` holds the values of parameters that are written into the file instead of being fed; `apart`: beside it. */
  constructor(
    private readonly stored: ReadonlyMap<string, Float32Array> = new Map(),
    private readonly apart = false,
  ) {}

  /** Adds a node and returns the names of its outputs; `opType` may be "domain::type". */
  node(type: string, input: readonly string[], attributes: OnnxAttributes = {}, outputs = 1): string[] {
    const index = this.count++;
    const [opType = "", domain] = type.split("::").reverse();
    const output = Array.from({ length: outputs }, (_, i) => (outputs > 1 ? `t${index}_${i}` : `t${index}`));
    const attribute = Object.entries(attributes).map(([name, value]) => attributeProto(name, value));
    const name = `${opType}_${index}`;
    this.nodes.push({ opType, name, input: [...input], output, attribute, ...(domain ? { domain } : {}) });
    return output;
  }

  /** The name of another output of the node whose first output is `name`. */
  sibling(name: string, index: number): string {
    return name.replace(/_0$/, `_${index}`);
  }

  /** Makes the value called `value` a result of the model called `name`. */
  output(name: string, value: string): void {
    this.results.push({ name, value });
  }

  /** Gives values the names of the results they are; a result that is an input, or a second time a result, is copied. */
  nameOutputs(): void {
    const produced = new Set(this.nodes.flatMap((n) => n.output ?? []));
    const renamed = new Map<string, string>();
    const copies: Message<"NodeProto">[] = [];
    for (const { name, value } of this.results) {
      if (produced.has(value) && !renamed.has(value)) renamed.set(value, name);
      else copies.push({ opType: "Identity", name: `copy_${name}`, input: [value], output: [name] });
    }
    for (const n of [...this.nodes, ...copies]) {
      n.input = n.input?.map((v) => renamed.get(v) ?? v) ?? [];
      n.output = n.output?.map((v) => renamed.get(v) ?? v) ?? [];
    }
    this.nodes.push(...copies);
  }

  /** Shortens each node's outputs to those that are read; a kernel may then do less (MaxPool without places). */
  dropUnusedOutputs(): void {
    const read = new Set(this.nodes.flatMap((n) => n.input ?? []));
    for (const { output = [] } of this.nodes)
      while (output.length > 1 && !read.has(output.at(-1) ?? "")) output.pop();
  }

  /** The name of an int64 constant, e.g. the axes of a reduction; equal ones are shared. */
  ints(values: readonly number[]): string {
    return this.shared(`ints:${values.join()}`, BigInt64Array.from(values, BigInt), [values.length]);
  }

  /** The name of a float32 scalar. */
  float(value: number): string {
    return this.shared(`float:${value}`, Float32Array.of(value), []);
  }

  /** The name of a float32 vector of one repeated value. */
  filled(value: number, length: number): string {
    return this.shared(`filled:${value}:${length}`, new Float32Array(length).fill(value), [length]);
  }

  private shared(key: string, data: Data, shape: readonly number[]): string {
    const known = this.names.get(key);
    if (known !== undefined) return known;
    const name = this.initializer(`c${this.names.size}`, data, shape);
    this.names.set(key, name);
    return name;
  }

  /** Operator domains in use beside ONNX's own. */
  domains(): string[] {
    return [...new Set(this.nodes.flatMap((n) => (n.domain ? [n.domain] : [])))];
  }

  private initializer(name: string, data: Data, shape: readonly number[]): string {
    const dataType = data instanceof Float32Array ? 1 : data instanceof Uint8Array ? 2 : 7;
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.initializers.push({ name, dims: [...shape], dataType, rawData });
    return name;
  }

  /** An initialiser whose numbers lie in a place of its own name. */
  private outside(name: string, { byteLength }: Float32Array, shape: readonly number[]): string {
    const place = { location: name, offset: "0", length: String(byteLength) };
    const externalData = Object.entries(place).map(([key, value]) => ({ key, value }));
    this.initializers.push({
      name,
      dims: [...shape],
      dataType: elementTypes.float32,
      externalData,
      dataLocation: 1,
    });
    return name;
  }

  /** The name of an input, parameter or constant. */
  leaf(tensor: Tensor): string {
    if (tensor.data) return this.initializer(`k${this.initializers.length}`, tensor.data, tensor.shape);
    const name = tensor.name ?? `input${tensor.id}`;
    const value = this.stored.get(name);
    if (value && this.apart && value.length >= largeWeights) return this.outside(name, value, tensor.shape);
    if (value) return this.initializer(name, value, tensor.shape);
    this.inputs.push(valueInfo(name, tensor));
    return name;
  }
}

export function valueInfo(name: string, tensor: Tensor): Message<"ValueInfoProto"> {
  const dim = tensor.shape.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: elementTypes[tensor.dtype], shape: { dim } } } };
}

function attributeProto(name: string, value: OnnxAttributes[string]): Message<"AttributeProto"> {
  if (typeof value === "string") return { name, s: value, type: attributeTypes.string };
  if (typeof value === "number") return { name, i: value, type: attributeTypes.int };
  if (typeof value === "boolean") return { name, i: Number(value), type: attributeTypes.int };
  if ("float" in value) return { name, f: value.float, type: attributeTypes.float };
  if ("floats" in value) return { name, floats: [...value.floats], type: attributeTypes.floats };
  return { name, ints: [...value], type: attributeTypes.ints };
}
