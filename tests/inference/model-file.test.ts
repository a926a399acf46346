import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../src/autograd/onnx/compile.js";
import { decode, encode } from "../../src/autograd/onnx/wire.js";
import { relu } from "../../src/autograd/operators/elementwise.js";
import { input } from "../../src/autograd/tensor.js";
import { Random } from "../../src/base/random.js";
import { inferenceGraph } from "../../src/inference/graph.js";
import { openModel, writeModel } from "../../src/inference/model-file.js";
import { TrainingPredictor } from "../../src/inference/window-model.js";
import { initialValues } from "../../src/networks/layers.js";
import { seenPatch } from "../../src/study/context-slices.js";
import { voxelCount } from "../../src/volume/volume.js";
import { makePlan } from "../training/data/plan.js";

const features = [2, 2, 4, 4, 4, 2];
const plans = {
  "unet-2d": makePlan({ patch: [32, 16, 1], networks: [network("unet-2d")] }),
  "unet-3d": makePlan({ patch: [16, 32, 16], channels: ["T1w", "STIR"], networks: [network("unet-3d")] }),
  "attention-unet-2.5d": makePlan({ patch: [16, 32, 4], networks: [network("attention-unet-2.5d")] }),
  "unet-2d with neighbouring slices": makePlan({
    patch: [32, 16, 1],
    channels: ["T1w", "STIR"],
    networks: [{ ...network("unet-2d"), contextSlices: 2 }],
  }),
};
const plan = plans["unet-3d"];

function network(name: string) {
  return { name, features, contextSlices: 0, dropout: 0.3, deepSupervision: true };
}

function weightsOf(of: typeof plan, seed = 1) {
  return initialValues(inferenceGraph(of).layers, (name) => new Random(seed, name));
}

const noise = (length: number) => {
  const random = new Random(6);
  return Float32Array.from({ length }, () => random.normal());
};

let folder: string;
let path: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "marrow-model-"));
  path = join(folder, "model.onnx");
  await writeModel(path, { plan, training: { fold: 3, note: "ä" } }, weightsOf(plan));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("an exported model", () => {
  it.each(Object.entries(plans))("predicts what the training's predictor does: %s", async (name, of) => {
    const file = join(folder, `${name}.onnx`);
    await writeModel(file, { plan: of, training: {} }, weightsOf(of));
    const [model, trained] = [await openModel(file), await TrainingPredictor.create(of, "cpu")];
    const voxels = of.patch[0] * of.patch[1] * of.patch[2];
    const window = noise(of.channels.length * voxelCount(seenPatch(of)));
    const [a, b] = [await model.predict(window), await trained.with(weightsOf(of))(window)];
    const other = await trained.with(weightsOf(of, 2))(window);
    expect(a.length).toBe(3 * voxels);
    a.forEach((v, i) => expect(Math.abs(v - b[i])).toBeLessThan(1e-5));
    expect(Math.max(...a.map((v, i) => Math.abs(v - other[i])))).toBeGreaterThan(1e-3);
    for (let p = 0; p < voxels; p += 97) expect(a[p] + a[voxels + p] + a[2 * voxels + p]).toBeCloseTo(1, 5);
    await Promise.all([model.close(), trained.close()]);
  });

  it("holds its plan and how it was trained, and says what it is for", async () => {
    const model = await openModel(path);
    expect(model.plan).toEqual(plan);
    expect(model.training).toEqual({ fold: 3, note: "ä" });
    await model.close();
    const { graph, docString, metadataProps } = decode("ModelProto", readFileSync(path));
    expect(docString).toContain("Research use only");
    const metadata = new Map(metadataProps?.map(({ key, value }) => [key, value]));
    expect(JSON.parse(metadata.get("marrow.labels") ?? "")).toEqual({ background: 0, one: 1, two: 2 });
    expect(graph?.input?.map((i) => i.name)).toEqual(["image"]);
    expect(graph?.output?.map((o) => o.name)).toEqual(["probabilities"]);
  });

  it("is written in one piece, or the fault is named", async () => {
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
    const nowhere = join(folder, "missing", "model.onnx");
    await expect(writeModel(nowhere, { plan, training: {} }, weightsOf(plan))).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
      details: { file: nowhere },
    });
  });
});

describe("openModel refuses", () => {
  const withPlan = (text: string) => {
    const model = decode("ModelProto", new Uint8Array(readFileSync(path)));
    const metadataProps = [{ key: "marrow.plan", value: text }];
    return encode("ModelProto", { ...model, metadataProps });
  };
  const cases: [string, () => Uint8Array][] = [
    ["an ONNX model of somebody else", () => compile({ y: relu(input("x", [2])) })],
    ["text", () => Buffer.from("This is no model but a text that somebody renamed.")],
    ["nothing", () => new Uint8Array()],
    ["a plan that is not JSON", () => withPlan("{broken")],
    ["a plan that is none", () => withPlan('{"task": 3}')],
    [
      "a graph without nodes",
      () => encode("ModelProto", { ...decode("ModelProto", withPlan(JSON.stringify(plan))), graph: {} }),
    ],
    ["half a file", () => readFileSync(path).subarray(0, 20_000)],
    ["a file without its end", () => readFileSync(path).subarray(0, -10)],
  ];

  it.each(cases)("%s", async (_, bytes) => {
    const file = join(folder, "bad.onnx");
    writeFileSync(file, bytes());
    await expect(openModel(file)).rejects.toMatchObject({ code: "MODEL_INVALID", details: { file } });
  });

  it("a file that does not exist", async () => {
    await expect(openModel(join(folder, "none.onnx"))).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  });
});
