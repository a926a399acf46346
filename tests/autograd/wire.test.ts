import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Message } from "../../src/autograd/onnx/schema.js";
import { decode, encode } from "../../src/autograd/onnx/wire.js";

/** Made with the onnx library, see fixtures/make-formats-reference.py. */
const url = new URL("./fixtures/formats-reference.json", import.meta.url);
const { onnx } = JSON.parse(readFileSync(url, "utf8")) as { onnx: { base64: string } };

const raw = (values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);

/** The model that the script writes. */
const outside: Message<"ModelProto"> = {
  irVersion: 9,
  producerName: "outside",
  opsetImport: [{ domain: "", version: 20 }],
  metadataProps: [
    { key: "key", value: "value" },
    { key: "empty", value: "" },
  ],
  graph: {
    name: "g",
    docString: "Grüße",
    initializer: [{ name: "w", dims: [2], dataType: 1, rawData: raw([0.5, -4]) }],
    input: [
      {
        name: "x",
        type: { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 1 }, { dimParam: "width" }] } } },
      },
    ],
    output: [
      {
        name: "p",
        type: { tensorType: { elemType: 2, shape: { dim: [{ dimValue: 1 }, { dimValue: 2 }] } } },
      },
    ],
    node: [
      {
        name: "first",
        opType: "LeakyRelu",
        input: ["x"],
        output: ["h"],
        attribute: [{ name: "alpha", f: 0.25, type: 1 }],
      },
      { opType: "Slice", input: ["h", "from", "to"], output: ["s"] },
      {
        opType: "MaxPool",
        input: ["s"],
        output: ["p", "places"],
        attribute: [
          { name: "auto_pad", s: "NOTSET", type: 3 },
          { name: "kernel_shape", ints: [1, 3], type: 7 },
          { name: "pads", ints: [0, -1, 0, 2], type: 7 },
        ],
      },
    ],
  },
};

describe("decode", () => {
  it("reads a model that the onnx library wrote", () => {
    expect(decode("ModelProto", new Uint8Array(Buffer.from(onnx.base64, "base64")))).toEqual(outside);
  });

  it("reads packed lists", () => {
    // Field 8 (ints) as one length-delimited run: 3, 300, −1; field 7 (floats): 1.5, −2.
    const minusOne = [...new Array<number>(9).fill(0xff), 0x01];
    const ints = [0x42, 13, 0x03, 0xac, 0x02, ...minusOne];
    const floats = [0x3a, 8, ...raw([1.5, -2])];
    expect(decode("AttributeProto", Uint8Array.from([...ints, ...floats]))).toEqual({
      ints: [3, 300, -1],
      floats: [1.5, -2],
    });
  });

  it("skips fields that the schema does not know, of every wire type", () => {
    const unknown = [
      0xa0, 0x06, 0x05, 0xa2, 0x06, 0x01, 0x07, 0xa5, 0x06, 1, 2, 3, 4, 0xa1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8,
    ];
    const known = encode("OperatorSetIdProto", { domain: "d", version: 3 });
    expect(decode("OperatorSetIdProto", Uint8Array.from([...unknown, ...known]))).toEqual({
      domain: "d",
      version: 3,
    });
  });

  it("throws at bytes that are no message", () => {
    expect(() => decode("ModelProto", Buffer.from("This is no ONNX model at all."))).toThrow();
  });
});

describe("encode", () => {
  it("gives back what decode read", () => {
    expect(decode("ModelProto", encode("ModelProto", outside))).toEqual(outside);
  });

  it("keeps large and negative integers and leaves out what is undefined", () => {
    const ints = [0, -1, 2 ** 31, -(2 ** 31), Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER];
    const bytes = encode("AttributeProto", { name: "n", ints, type: 7 });
    expect(decode("AttributeProto", bytes)).toEqual({ name: "n", ints, type: 7 });
  });

  it("writes long messages with their length", () => {
    const dims = Array.from({ length: 5000 }, (_, i) => i);
    const tensor = { name: "n".repeat(300), dims, dataType: 1, rawData: new Uint8Array(70_000).fill(9) };
    expect(decode("GraphProto", encode("GraphProto", { initializer: [tensor] }))).toEqual({
      initializer: [tensor],
    });
  });
});
