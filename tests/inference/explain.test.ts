import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import { classifierGraph } from "../../src/inference/classifier-graph.js";
import { openClassifier, writeClassifier } from "../../src/inference/classifier-model.js";
import { explainFiles, layersOf, openExplainable } from "../../src/inference/explain/explain.js";
import { defaultLayer, explanationGraph, mapLayers } from "../../src/inference/explain/graph.js";
import { type Method, methods, openExplainer } from "../../src/inference/explain/methods.js";
import { inferenceGraph } from "../../src/inference/graph.js";
import { writeModel } from "../../src/inference/model-file.js";
import { initialValues } from "../../src/networks/layers.js";
import { networks } from "../../src/networks/registry.js";
import type { Plan } from "../../src/study/types.js";
import { writeNifti } from "../../src/volume/nifti.js";
import { classifierPlan } from "../training/classified.js";
import { smallPlan } from "../training/generated.js";

const root = mkdtempSync(join(tmpdir(), "marrow-explain-"));
afterAll(() => rmSync(root, { recursive: true }));

interface Reference {
  readonly shape: [number, number, number];
  readonly image: number[];
  readonly roi: number[];
  readonly clinical: number[];
  readonly weights: Record<string, number[]>;
  readonly logit: number;
  readonly gradCam: number[];
  readonly integratedGradients: number[];
  readonly steps: number;
}

/** PyTorch's own maps of the same classifier (make-explanations.py). */
const reference = JSON.parse(readFileSync("tests/inference/fixtures/explanations.json", "utf8")) as Reference;
const [depth, height, width] = reference.shape;
const plan: Plan = {
  ...classifierPlan(),
  patch: [width, height, depth],
  networks: [
    {
      ...classifierPlan().networks[0],
      features: [3, 5],
      pooling: [[2, 2, 2]],
      kernels: [
        [3, 3, 1],
        [3, 3, 3],
      ],
    },
  ],
};
const weights = new Map(
  Object.entries(reference.weights).map(([name, list]) => [name, Float32Array.from(list)]),
);
const window = {
  image: Float32Array.from(reference.image),
  roi: Uint8Array.from(reference.roi),
  clinical: Float32Array.from(reference.clinical),
};

async function explained(method: Method, layer?: string) {
  const options = { method, steps: reference.steps, block: [1, 1, 1], ...(layer && { layer }) };
  const explainer = await openExplainer(explanationGraph(plan), weights, options, "cpu");
  const result = await explainer.explain(window);
  await explainer.close();
  return result;
}

const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((m, v) => Math.max(m, Math.abs(v)), 0);

function expectClose(got: ArrayLike<number>, expected: readonly number[]) {
  const differences = expected.map((v, n) => got[n] - v);
  expect(got.length).toBe(expected.length);
  expect(largest(differences) / largest(expected)).toBeLessThan(1e-4);
}

describe("explanations against PyTorch", () => {
  it("gives the same logit", async () => {
    expect((await explained("grad-cam")).score).toBeCloseTo(reference.logit, 5);
  });

  it("gives the same Grad-CAM of the last block, whose cells are small enough for the default layer", async () => {
    expect(defaultLayer(explanationGraph(plan))).toBe("level_1");
    expectClose((await explained("grad-cam")).map, reference.gradCam);
  });

  it("gives the same integrated gradients", async () => {
    expectClose((await explained("integrated-gradients")).map, reference.integratedGradients);
  });
});

describe("integrated gradients", () => {
  it("sum to the score less that of an empty image", async () => {
    const explainer = await openExplainer(
      explanationGraph(plan),
      weights,
      { method: "integrated-gradients", steps: 200 },
      "cpu",
    );
    const { map, score } = await explainer.explain(window);
    const zero = { ...window, image: new Float32Array(window.image.length) };
    const without = await explainer.explain(zero);
    await explainer.close();
    const sum = map.reduce((total, v) => total + v, 0);
    expect(Math.abs(sum - (score - without.score))).toBeLessThan(0.01 * largest(map) * Math.sqrt(map.length));
  });
});

describe("occlusion", () => {
  it("is how much the score falls without the voxel", async () => {
    const { map, score } = await explained("occlusion");
    const covered = { ...window, image: window.image.slice(), roi: window.roi.slice() };
    covered.image[17] = 0;
    covered.roi[17] = 0;
    const explainer = await openExplainer(explanationGraph(plan), weights, { method: "grad-cam" }, "cpu");
    expect(map[17]).toBeCloseTo(score - (await explainer.explain(covered)).score, 5);
    await explainer.close();
  });
});

describe("layers", () => {
  it("can be named, and an unknown one is refused with the names there are", async () => {
    const { map } = await explained("grad-cam", "level_0");
    expect(map.every((v) => v >= 0)).toBe(true);
    expect(map).not.toEqual((await explained("grad-cam")).map);
    await expect(explained("grad-cam", "level_9")).rejects.toMatchObject({ code: "LAYER_UNKNOWN" });
    await expect(explained("grad-cam", "level_9")).rejects.toThrow("level_1");
  });

  it.each([
    ["whose cells are below 20 mm, not the last one, whose are not", 2.2, "level_3"],
    ["of the end, where its cells are small enough", 1.2, "level_4"],
    ["of the beginning, where even the voxels are too wide", 25, "level_0"],
  ])("are chosen by their cells: the one %s", (_, mm, expected) => {
    const network: Plan["networks"][number] = {
      ...classifierPlan().networks[0],
      features: [2, 2, 3, 3, 4],
      pooling: [1, 1, 2, 1].map((depth) => [2, 2, depth]),
      kernels: [1, 1, 3, 3, 3].map((depth) => [3, 3, depth]),
    };
    const sizes: Partial<Plan> = { patch: [96, 96, 12], spacing: [mm, mm, 8] };
    const graph = explanationGraph(classifierPlan({ ...sizes, networks: [network] }));
    expect(defaultLayer(graph)).toBe(expected);
  });

  it.each([
    ["end of the context block at the bottom", 1.1, "context_block_1.score_layer.1"],
    ["decoder's last block below 20 mm", 2.2, "up_4.convs.conv2"],
  ])("chosen are no gates, projections and side branches: the %s", (_, mm, expected) => {
    const network = {
      ...smallPlan().networks[0],
      name: "attention-unet-2.5d",
      features: [4, 4, 8, 8, 16, 4],
    };
    const sizes: Partial<Plan> = { patch: [96, 96, 16], spacing: [mm, mm, 4] };
    const graph = explanationGraph(smallPlan({ ...sizes, networks: [network] }));
    expect(defaultLayer(graph)).toBe(expected);
  });

  it.each(Object.keys(networks).filter((name) => !/hrnet|unetr|pointrend/.test(name)))(
    "of %s include maps",
    (name) => {
      const is2d = networks[name].dimensions === 2;
      const planned = {
        ...smallPlan().networks[0],
        name,
        features: [2, 2, 4, 4, 8, 2].slice(0, networks[name].features.length),
      };
      const network = { ...planned, pooling: undefined, kernels: undefined };
      const patch: Plan["patch"] = is2d ? [32, 32, 1] : [32, 32, 16];
      const graph = explanationGraph({ ...smallPlan(), patch, networks: [network] });
      expect(mapLayers(graph).size).toBeGreaterThan(5);
      expect([...mapLayers(graph).keys()]).toContain(defaultLayer(graph));
    },
  );
});

const affine = [-1, 0, 0, 20, 0, 1, 0, -3, 0, 0, 1, 5, 0, 0, 0, 1];
const size = [20, 18, 10] as const;
const voxels = 20 * 18 * 10;

async function writeCase() {
  const random = new Random(3);
  const image = join(root, "image.nii.gz");
  const mask = join(root, "mask.nii.gz");
  const empty = join(root, "empty.nii.gz");
  const data = Float32Array.from({ length: voxels }, () => random.normal());
  await writeNifti(image, { data, size, affine });
  await writeNifti(mask, { data: Uint8Array.from(data, (v) => Number(v > 1.5)), size, affine });
  await writeNifti(empty, { data: new Uint8Array(voxels), size, affine });
  return { image, mask, empty };
}

const drawn = (layers: Parameters<typeof initialValues>[0]) =>
  initialValues(layers, (name) => new Random(9, name));

describe("explainFiles", () => {
  it.each(methods)("lays a classifier's %s on the image's own grid, for an empty ROI too", async (method) => {
    const { image, mask, empty } = await writeCase();
    const own = classifierPlan();
    const file = join(root, "classifier.onnx");
    const decision = { temperature: 2, priorLogit: 0.5, threshold: 0.4, cases: 4 };
    await writeClassifier(file, { plan: own, training: {} }, decision, drawn(classifierGraph(own).layers));
    const model = await openExplainable(file, { method, steps: 4, block: [4, 8, 10] });
    for (const roi of [mask, empty]) {
      const { map, scale, score } = await explainFiles({ images: [image], mask: roi }, model);
      expect(map.size).toEqual(size);
      map.affine.forEach((v, n) => expect(v).toBeCloseTo(affine[n], 5));
      expect(Number.isFinite(score)).toBe(true);
      expect(largest(map.data)).toBeCloseTo(scale > 0 ? 1 : 0, 5);
    }
    await expect(explainFiles({ images: [image] }, model)).rejects.toMatchObject({
      code: "CLASSIFY_NO_MASK",
    });
    await model.explainer.close();
    const opened = await openClassifier(file);
    expect(opened.decision).toEqual(decision);
    await opened.close();
    expect((await layersOf(file)).map(({ name }) => name)).toContain("level_1");
  });

  it.each(methods)("explains a segmentation by %s, window by window", async (method) => {
    const { image } = await writeCase();
    const own = smallPlan();
    const file = join(root, "segmentation.onnx");
    await writeModel(file, { plan: own, training: {} }, drawn(inferenceGraph(own).layers));
    const model = await openExplainable(file, {
      method,
      steps: 2,
      block: [8, 6, 6],
      label: own.labels[1].name,
    });
    const { map } = await explainFiles({ images: [image] }, model);
    expect(map.size).toEqual(size);
    expect(map.data.every(Number.isFinite)).toBe(true);
    expect(largest(map.data)).toBeCloseTo(1, 5);
    await model.explainer.close();
    await expect(openExplainable(file, { method, label: "none" })).rejects.toMatchObject({
      code: "BAD_ARGUMENT",
    });
  });
});
