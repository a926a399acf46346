/**
 * A node of a differentiable graph with a static shape. Nodes are immutable and know their inputs, so a graph is just
 * what can be reached from its outputs: unused nodes cost nothing, and a gradient is more nodes of the same kind.
 */
import { MarrowError } from "../base/errors.js";

export type DType = "float32" | "float16" | "uint8" | "int64" | "bool";
export type Shape = readonly number[];
export type AttributeValue = number | string | boolean | readonly number[];
export type Attributes = Readonly<Record<string, AttributeValue>>;
export type Data = Float32Array | Uint8Array | BigInt64Array;

export interface Tensor {
  readonly id: number;
  readonly operator: Operator;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Of inputs, parameters and results: the name in the ONNX model. */
  readonly name?: string;
  /** Of constants. */
  readonly data?: Data;
}

/** What an operator may add to the ONNX graph under construction; values are known by their names. */
export interface Emitter {
  /** Adds a node and returns the names of its outputs; the type is ONNX's, or "domain::type". */
  node(type: string, inputs: readonly string[], attributes?: OnnxAttributes, outputs?: number): string[];
  /** The name of another output of the node whose first output is `name`. */
  sibling(name: string, index: number): string;
  /** The name of an int64 constant, e.g. the axes of a reduction. */
  ints(values: readonly number[]): string;
  /** The name of a float32 scalar. */
  float(value: number): string;
  /** The name of a float32 vector of one repeated value. */
  filled(value: number, length: number): string;
  /** The name of an input, parameter or constant. */
  leaf(tensor: Tensor): string;
}

/** Plain numbers are int attributes; `{ float }` and `{ floats }` mark the others. */
export type OnnxAttributes = Readonly<
  Record<string, AttributeValue | { readonly float: number } | { readonly floats: readonly number[] }>
>;

/** What a gradient rule is given: the gradient dy of the result y, and the operation's inputs. */
export interface Backward {
  readonly dy: Tensor;
  readonly y: Tensor;
  readonly inputs: readonly Tensor[];
}

/** One row of the operator table. */
export interface Operator {
  readonly name: string;
  readonly shape: (inputs: readonly Tensor[], attributes: Attributes) => Shape;
  /** Default: the first input's. */
  readonly dtype?: (inputs: readonly Tensor[], attributes: Attributes) => DType;
  /** Adds the ONNX nodes and returns the name of each output; the first is the tensor itself. */
  readonly emit: (emitter: Emitter, node: Tensor, inputs: readonly string[]) => readonly string[];
  /**
   * One lazy gradient per input, or undefined where none flows. A rule ignores broadcasting: the walker sums every
   * gradient back to its input's shape.
   */
  readonly gradient?: (backward: Backward) => readonly ((() => Tensor) | undefined)[];
}

let nextId = 0;

/** Makes a node. Shapes are checked here, once, by the operator's shape rule. */
export function node(
  operator: Operator,
  inputs: readonly Tensor[],
  attributes: Attributes = {},
  leaf: { name?: string; data?: Data; dtype?: DType } = {},
): Tensor {
  const dtype = leaf.dtype ?? operator.dtype?.(inputs, attributes) ?? inputs[0]?.dtype ?? "float32";
  const shape = operator.shape(inputs, attributes);
  return { id: nextId++, operator, inputs, attributes, shape, dtype, ...leaf };
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, n) => product * n, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/** A programming error in a graph: which operator, and what does not fit. */
export function shapeError(operator: string, expected: string, ...inputs: readonly Tensor[]): MarrowError {
  const found = inputs.map((t) => `[${t.shape.join(", ")}]`).join(" and ");
  return new MarrowError("GRAPH_SHAPE", { expected: `${operator}: ${expected}`, found });
}

/** The shape two operands broadcast to (ONNX and NumPy rule). */
export function broadcastShape(name: string, a: Tensor, b: Tensor): Shape {
  const rank = Math.max(a.shape.length, b.shape.length);
  const extent = (t: Tensor, axis: number) => t.shape[axis - rank + t.shape.length] ?? 1;
  return Array.from({ length: rank }, (_, axis) => {
    const [p, q] = [extent(a, axis), extent(b, axis)];
    if (p !== q && p !== 1 && q !== 1) throw shapeError(name, "shapes that broadcast", a, b);
    return Math.max(p, q);
  });
}

const leafOperator = (name: string): Operator => ({
  name,
  shape: (_, attributes) => attributes["shape"] as Shape,
  emit: (emitter, leaf) => [emitter.leaf(leaf)],
});
const inputOperator = leafOperator("input");
const parameterOperator = leafOperator("parameter");
const constantOperator = leafOperator("constant");

/** A tensor fed at every run. */
export function input(name: string, shape: Shape, dtype: DType = "float32"): Tensor {
  return node(inputOperator, [], { shape }, { name, dtype });
}

/** A trainable tensor: fed while training, stored in the file on export. */
export function parameter(name: string, shape: Shape): Tensor {
  return node(parameterOperator, [], { shape }, { name });
}

export function constant(data: Data, shape: Shape = [data.length]): Tensor {
  const dtype = data instanceof Float32Array ? "float32" : data instanceof Uint8Array ? "uint8" : "int64";
  return node(constantOperator, [], { shape }, { data, dtype });
}

/** A float32 number of rank 0, which broadcasts with everything. */
export function scalar(value: number): Tensor {
  return constant(Float32Array.of(value), []);
}

export const isConstant = (t: Tensor) => t.operator === constantOperator;
export const isParameter = (t: Tensor) => t.operator === parameterOperator;
export const isInput = (t: Tensor) => t.operator === inputOperator;
