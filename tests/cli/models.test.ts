import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSafetensors, type SafeTensor, writeSafetensors } from "../../src/autograd/safetensors.js";
import { input } from "../../src/autograd/tensor.js";
import { Random } from "../../src/base/random.js";
import { inferenceGraph } from "../../src/inference/graph.js";
import { modelInfo } from "../../src/inference/model-info.js";
import { writeModel } from "../../src/inference/model-file.js";
import { initialValues, Layers } from "../../src/networks/layers.js";
import { networkNamed } from "../../src/networks/registry.js";
import { makePlan } from "../training/data/plan.js";
import { runMarrow } from "./run-marrow.js";

const features = [2, 2, 4, 4, 4, 2];
const plan = makePlan({
  patch: [32, 16, 1],
  networks: [{ name: "unet-2d", features, contextSlices: 0, dropout: 0, deepSupervision: false }],
});
const folder = mkdtempSync(join(tmpdir(), "marrow-models-"));
const runFolder = join(folder, "study", "derivatives", "marrow", "runs", "first");
const postprocessing = { largestComponent: [1], minimumVolume: 0 };
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  const weights = initialValues(inferenceGraph(plan).layers, (name) => new Random(1, name));
  for (const fold of [0, 1]) {
    const dir = join(runFolder, `fold-${fold}`);
    mkdirSync(dir, { recursive: true });
    await writeModel(join(dir, "model.onnx"), { plan, training: { fold } }, weights);
    const hashed = (id: string) => ({ id, sha256: id.padEnd(64, "0") });
    const record = {
      fold,
      seed: 1,
      iterations: 30,
      train: [hashed(`sub-0${fold}`)],
      validation: [hashed(`sub-1${fold}`)],
    };
    writeFileSync(join(dir, "run.json"), JSON.stringify(record));
  }
  writeFileSync(join(runFolder, "postprocessing.json"), JSON.stringify({ postprocessing, trials: [] }));
});

describe("marrow info", () => {
  it("prints what a model is", async () => {
    const { code, stdout } = await runMarrow("info", join(runFolder, "fold-1", "model.onnx"));
    expect(code).toBe(0);
    for (const text of ["unet-2d", "1 one, 2 two", "[1, 1, 16, 32]", "Research use only", "fold"])
      expect(stdout).toContain(text);
  });

  it("says what is wrong with another file", async () => {
    const file = join(folder, "text.onnx");
    writeFileSync(file, "no model");
    const { code, stderr } = await runMarrow("info", file);
    expect([code, stderr.includes("MODEL_INVALID")]).toEqual([1, true]);
  });
});

describe("marrow export --model", () => {
  it("writes each fold's model with the chosen post-processing, and a card with its hashes", async () => {
    const out = join(folder, "exported");
    const { code } = await runMarrow("export", join(folder, "study"), "--run", "first", "--model", out);
    expect(code).toBe(0);
    const info = await modelInfo(join(out, "first-fold-1.onnx"));
    expect(info.plan.postprocessing).toEqual(postprocessing);
    expect(info.training).toEqual({ fold: 1 });
    const card = readFileSync(join(out, "model-card.md"), "utf8");
    for (const text of [
      "Intended use",
      "Limits",
      "first-fold-0.onnx",
      "`sub-11` sub-11",
      "Not a medical device",
    ])
      expect(card).toContain(text);
    expect(card).toMatch(/[0-9a-f]{64}/);
  });

  it("asks for what is missing", async () => {
    const { code, stderr } = await runMarrow("export", join(folder, "study"), "--model", folder);
    expect([code, stderr.includes("--run NAME")]).toEqual([1, true]);
  });
});

describe("marrow import-weights", () => {
  const network = networkNamed("unet-3d");
  const layers = new Layers(false);
  network.build(layers, input("image", [1, 1, 32, 32, 32]), { classes: 2, features });
  const values = initialValues(layers, (name) => new Random(1, name));
  const source = join(folder, "foreign.safetensors");
  const args = ["--network", "unet-3d", "--features", features.join(",")];

  beforeAll(async () => {
    // The slices last, as MONAI has them: a kernel of 3 × 3 × 3 is stored with its axes turned.
    const tensors = [...layers.parameters].map(([name, { tensor }]): [string, SafeTensor] => {
      const shape = [...tensor.shape];
      const data = (values.get(name) ?? new Float32Array()).slice();
      if (shape.length !== 5) return [`module.${name}`, { shape, data }];
      const [o, i, d, h, w] = shape;
      const turned = data.map((_, at) => {
        const [x, y, z] = [at % d, Math.floor(at / d) % w, Math.floor(at / (d * w)) % h];
        return data[((Math.floor(at / (d * w * h)) * d + x) * h + z) * w + y];
      });
      return [`module.${name}`, { shape: [o, i, h, w, d], data: turned }];
    });
    await writeSafetensors(source, { tensors: new Map(tensors), metadata: {} });
  });

  it("takes weights over by name, turns their axes and says where they come from", async () => {
    const out = join(folder, "ours.safetensors");
    const { code, stdout } = await runMarrow(
      "import-weights",
      source,
      ...args,
      "--layout",
      "NCHWD",
      "--out",
      out,
    );
    expect([code, stdout.includes(`${values.size} tensors`)]).toEqual([0, true]);
    const { tensors, metadata } = await readSafetensors(out);
    expect(metadata["importedFrom"]).toBe("foreign.safetensors");
    for (const [name, data] of values) expect(tensors.get(name)?.data, name).toEqual(data);
  });

  it("refuses weights of another size, and a .onnx without a plan", async () => {
    const other = [
      "--network",
      "unet-3d",
      "--features",
      "4,4,4,4,4,4",
      "--out",
      join(folder, "x.safetensors"),
    ];
    const wrong = await runMarrow("import-weights", source, ...other);
    expect([wrong.code, wrong.stderr.includes("WEIGHTS_MISMATCH")]).toEqual([1, true]);
    const bare = await runMarrow(
      "import-weights",
      source,
      ...args,
      "--layout",
      "NCHWD",
      "--out",
      join(folder, "x.onnx"),
    );
    expect([bare.code, bare.stderr.includes("--study")]).toEqual([1, true]);
    expect(existsSync(join(folder, "x.onnx"))).toBe(false);
  });
});
