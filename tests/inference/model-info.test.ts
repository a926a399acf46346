import {
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
  closeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile, opset } from "../../src/autograd/onnx/compile.js";
import type { Message } from "../../src/autograd/onnx/schema.js";
import { decode, encode } from "../../src/autograd/onnx/wire.js";
import { relu } from "../../src/autograd/operators/elementwise.js";
import { input } from "../../src/autograd/tensor.js";
import { Random } from "../../src/base/random.js";
import { inferenceGraph } from "../../src/inference/graph.js";
import { writeModel } from "../../src/inference/model-file.js";
import { modelInfo } from "../../src/inference/model-info.js";
import { initialValues } from "../../src/networks/layers.js";
import { makePlan } from "../training/data/plan.js";

const plan = makePlan({
  patch: [32, 16, 1],
  networks: [
    { name: "unet-2d", features: [2, 2, 4, 4, 4, 2], contextSlices: 0, dropout: 0, deepSupervision: false },
  ],
});
let folder: string;
let path: string;
let bytes: Uint8Array;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "marrow-info-"));
  path = join(folder, "model.onnx");
  const weights = initialValues(inferenceGraph(plan).layers, (name) => new Random(1, name));
  await writeModel(path, { plan, training: { fold: 3, seed: 1 } }, weights);
  bytes = new Uint8Array(readFileSync(path));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The model with something changed. */
function changed(change: (model: Message<"ModelProto">) => void): Uint8Array {
  const model = decode("ModelProto", bytes);
  change(model);
  return encode("ModelProto", model);
}

describe("modelInfo", () => {
  it("tells plan, training, shapes and counts", async () => {
    const info = await modelInfo(path);
    expect(info.plan).toEqual(plan);
    expect(info.training).toEqual({ fold: 3, seed: 1 });
    expect([info.opset, info.producer, info.bytes]).toEqual([opset, "marrow", bytes.length]);
    expect(info.inputs).toEqual([{ name: "image", shape: [1, plan.channels.length, 16, 32] }]);
    expect(info.outputs).toEqual([{ name: "probabilities", shape: [1, 3, 16, 32] }]);
    const { graph } = decode("ModelProto", bytes);
    const numbers = (dims: readonly number[] = []) => dims.reduce((a, b) => a * b, 1);
    expect(info.nodes).toBe(graph?.node?.length);
    expect(info.stored).toBe(graph?.initializer?.reduce((n, { dims }) => n + numbers(dims), 0));
  });

  it("does not read the weights: a tensor of 8 GB that is a hole in the file takes no memory", async () => {
    const file = join(folder, "huge.onnx");
    const size = 2 ** 33;
    const varint = (n: number) => {
      const out: number[] = [];
      for (; n >= 128; n = Math.floor(n / 128)) out.push((n % 128) + 128);
      return [...out, n];
    };
    // A graph of one node and one float32 tensor [size / 4]: dims, type, raw data.
    const tensorHead = [8, ...varint(size / 4), 16, 1, 74, ...varint(size)];
    const nodeBytes = [...encode("NodeProto", { opType: "Relu", input: ["a"], output: ["b"] })];
    const graphHead = [
      10,
      ...varint(nodeBytes.length),
      ...nodeBytes,
      42,
      ...varint(tensorHead.length + size),
    ];
    const rest = decode("ModelProto", bytes);
    delete rest.graph;
    const head = [...encode("ModelProto", rest), 58, ...varint(graphHead.length + tensorHead.length + size)];
    const start = Uint8Array.from([...head, ...graphHead, ...tensorHead]);
    const handle = openSync(file, "w");
    writeSync(handle, start);
    closeSync(handle);
    truncateSync(file, start.length + size);
    const before = process.memoryUsage().rss;
    const info = await modelInfo(file);
    expect(info.stored).toBe(size / 4);
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
    truncateSync(file, start.length + size - 1);
    await expect(modelInfo(file)).rejects.toMatchObject({ code: "MODEL_INVALID" });
    rmSync(file);
  });
});

describe("modelInfo refuses", () => {
  const cases: [string, RegExp, () => Uint8Array][] = [
    ["a file cut in half", /truncated|too early/, () => bytes.subarray(0, bytes.length / 2)],
    ["a file without its last byte", /truncated|too early/, () => bytes.subarray(0, bytes.length - 1)],
    ["nothing", /no graph/, () => new Uint8Array()],
    ["text", /no ONNX|too early/, () => Buffer.from("This is no model but a text that somebody renamed.")],
    ["an ONNX model of somebody else", /without a plan/, () => compile({ y: relu(input("x", [2])) })],
    [
      "a newer operator set",
      /operator set 99/,
      () => changed((model) => (model.opsetImport = [{ domain: "", version: 99 }])),
    ],
    [
      "operators of another library",
      /operators of evil/,
      () => changed((model) => model.opsetImport?.push({ domain: "evil", version: 1 })),
    ],
    [
      "a weight whose shape is larger than its data",
      /bytes for shape/,
      () => changed((model) => (model.graph!.initializer![0].dims = [2 ** 30])),
    ],
    [
      "a weight of no possible size",
      /shape \[/,
      () => changed((model) => (model.graph!.initializer![0].dims = [2 ** 40, 2 ** 10])),
    ],
    [
      "an image of no possible size",
      /shape \[/,
      () =>
        changed((model) => {
          model.graph!.input![0].type!.tensorType!.shape = { dim: [{ dimValue: 2 ** 45 }] };
        }),
    ],
    ["a graph without nodes", /without nodes/, () => changed((model) => (model.graph = {}))],
    [
      "a plan that is none",
      /plan/,
      () => changed((model) => (model.metadataProps = [{ key: "marrow.plan", value: "{broken" }])),
    ],
  ];

  it.each(cases)("%s", async (_, found, make) => {
    const file = join(folder, "bad.onnx");
    writeFileSync(file, make());
    await expect(modelInfo(file)).rejects.toMatchObject({
      code: "MODEL_INVALID",
      details: { file, found: expect.stringMatching(found) as string },
    });
  });

  it("weights in another file", async () => {
    const name = encode("StringStringEntryProto", { key: "location", value: "../../etc/passwd" });
    // TensorProto.external_data (13) and data_location (14) EXTERNAL, appended to the first tensor by hand.
    const model = decode("ModelProto", bytes);
    const tensor = encode("TensorProto", { ...model.graph!.initializer![0], rawData: undefined as never });
    const external = [...tensor, 106, name.length, ...name, 112, 1];
    const graph = encode("GraphProto", { ...model.graph, initializer: [] });
    const inner = [...graph, 42, external.length, ...external];
    const rest = { ...model };
    delete rest.graph;
    const length = [(inner.length & 127) | 128, ((inner.length >> 7) & 127) | 128, inner.length >> 14];
    const file = join(folder, "external.onnx");
    writeFileSync(file, Uint8Array.from([...encode("ModelProto", rest), 58, ...length, ...inner]));
    await expect(modelInfo(file)).rejects.toMatchObject({
      code: "MODEL_INVALID",
      details: { found: expect.stringContaining("outside the file") as string },
    });
  });

  it("a file that does not exist", async () => {
    await expect(modelInfo(join(folder, "none.onnx"))).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  });
});
