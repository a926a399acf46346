/**
 * The part of ONNX's protobuf schema that Marrow reads and writes (onnx.proto, IR version 10), as a table: message →
 * field → [number, type]. A type is a scalar or the name of another message; `[]` marks a repeated field.
 */
export const messages = {
  ModelProto: {
    irVersion: [1, "int64"],
    producerName: [2, "string"],
    producerVersion: [3, "string"],
    docString: [6, "string"],
    graph: [7, "GraphProto"],
    opsetImport: [8, "OperatorSetIdProto[]"],
    metadataProps: [14, "StringStringEntryProto[]"],
  },
  OperatorSetIdProto: { domain: [1, "string"], version: [2, "int64"] },
  StringStringEntryProto: { key: [1, "string"], value: [2, "string"] },
  GraphProto: {
    node: [1, "NodeProto[]"],
    name: [2, "string"],
    initializer: [5, "TensorProto[]"],
    docString: [10, "string"],
    input: [11, "ValueInfoProto[]"],
    output: [12, "ValueInfoProto[]"],
  },
  NodeProto: {
    input: [1, "string[]"],
    output: [2, "string[]"],
    name: [3, "string"],
    opType: [4, "string"],
    attribute: [5, "AttributeProto[]"],
    domain: [7, "string"],
  },
  AttributeProto: {
    name: [1, "string"],
    f: [2, "float"],
    i: [3, "int64"],
    s: [4, "string"],
    floats: [7, "float[]"],
    ints: [8, "int64[]"],
    type: [20, "int64"],
  },
  TensorProto: {
    dims: [1, "int64[]"],
    dataType: [2, "int64"],
    name: [8, "string"],
    rawData: [9, "bytes"],
    externalData: [13, "StringStringEntryProto[]"],
    dataLocation: [14, "int64"],
  },
  ValueInfoProto: { name: [1, "string"], type: [2, "TypeProto"] },
  TypeProto: { tensorType: [1, "TensorTypeProto"] },
  TensorTypeProto: { elemType: [1, "int64"], shape: [2, "TensorShapeProto"] },
  TensorShapeProto: { dim: [1, "DimensionProto[]"] },
  DimensionProto: { dimValue: [1, "int64"], dimParam: [2, "string"] },
} as const satisfies Record<string, Record<string, readonly [number, string]>>;

export type MessageName = keyof typeof messages;

type ScalarOf<T> = T extends "string" ? string : T extends "bytes" ? Uint8Array : number;
type ValueOf<T> = T extends `${infer Inner}[]`
  ? ValueOf<Inner>[]
  : T extends MessageName
    ? Message<T>
    : ScalarOf<T>;

/** A message as a plain object; absent fields are unset. */
export type Message<M extends MessageName> = {
  -readonly [F in keyof (typeof messages)[M]]?: (typeof messages)[M][F] extends readonly [number, infer T]
    ? ValueOf<T>
    : never;
};

/** TensorProto.DataType of each of our element types. */
export const elementTypes = { float32: 1, float16: 10, uint8: 2, int64: 7, bool: 9 } as const;

/** AttributeProto.AttributeType. */
export const attributeTypes = { float: 1, int: 2, string: 3, floats: 6, ints: 7 } as const;
