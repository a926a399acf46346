import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import type { ServedPage } from "../../src/cli/static-page.js";
import { writeDicom } from "../../src/dicom/write-dicom.js";
import { inferenceGraph } from "../../src/inference/graph.js";
import { openModel, writeModel } from "../../src/inference/model-file.js";
import { requireEnsemble, type Segmentation } from "../../src/inference/segment.js";
import { segmentFiles } from "../../src/inference/segment-files.js";
import { initialValues } from "../../src/networks/layers.js";
import { renderSubject } from "../../src/phantom/subject.js";
import type { Plan } from "../../src/study/types.js";
import { readMask, readNifti, writeNifti } from "../../src/volume/nifti.js";
import { spacingOf, type Mask, type Volume } from "../../src/volume/volume.js";
import { sliceOf } from "../dicom/make-dicom.js";
import { makePlan } from "../training/data/plan.js";
import {
  buildPage,
  hasBrowser,
  launch,
  openPage,
  savedMask,
  segment,
  servePage,
  withWebGpu,
} from "./page.js";

const folder = mkdtempSync(join(tmpdir(), "marrow-page-"));
const image = join(folder, "sub-01_T1w.nii.gz");
const slices = join(folder, "slices");
const features = [4, 4, 8, 8, 8, 4];
const network = (name: string) => ({ name, features, contextSlices: 0, dropout: 0, deepSupervision: false });

let phantom: Volume;
let server: ServedPage;

beforeAll(async () => {
  if (!hasBrowser) return;
  await buildPage(join(folder, "page"));
  server = await servePage(join(folder, "page"), 0);
}, 300_000);
afterAll(async () => {
  await (server as ServedPage | undefined)?.close();
  rmSync(folder, { recursive: true });
});
const plans: Record<string, Plan> = {};

/**
 * The last layer's weights of each class sum to 0: activations behind a ReLU are positive, and random weights would call
 * every voxel the same.
 */
function balanced(weights: Map<string, Float32Array>, plan: Plan): Map<string, Float32Array> {
  const { parameters } = inferenceGraph(plan).layers;
  for (const [name, { tensor }] of parameters) {
    const [classes, channels] = tensor.shape;
    const data = weights.get(name);
    if (!data || classes !== plan.labels.length + 1 || data.length !== classes * channels) continue;
    for (let c = 0; c < classes; c++) {
      const row = data.subarray(c * channels, (c + 1) * channels);
      const mean = row.reduce((a, b) => a + b, 0) / channels;
      row.forEach((value, n) => (row[n] = 20 * (value - mean)));
    }
  }
  return weights;
}

/** Two folds of random weights. */
async function writeFolds(name: string, plan: Plan): Promise<string[]> {
  const files = [0, 1].map((fold) => join(folder, `${name}-fold-${fold}.onnx`));
  for (const [fold, file] of files.entries()) {
    const weights = balanced(
      initialValues(inferenceGraph(plan).layers, (key) => new Random(fold + 3, key)),
      plan,
    );
    await writeModel(file, { plan, training: { fold } }, weights);
  }
  return files;
}

/** The middle slices of a phantom, small enough for a processor that is busy. */
function middleOf({ data, size: [ni, nj, nk], affine }: Volume): Volume {
  const [from, count] = [Math.floor(nk / 2) - 2, 4];
  const origin = [3, 7, 11].map((at) => affine[at] + from * affine[at - 1]);
  const moved = affine.map((value, n) => (n % 4 === 3 && n < 12 ? origin[(n - 3) / 4] : value));
  return { data: data.slice(from * ni * nj, (from + count) * ni * nj), size: [ni, nj, count], affine: moved };
}

/** The same image as a scanner would export it. */
function writeSlices({ data, size: [ni, nj, nk], affine }: Volume): string[] {
  mkdirSync(slices);
  const [di, dj] = spacingOf(affine);
  const column = (c: number, by: number) => [affine[c] / by, affine[4 + c] / by, affine[8 + c] / by];
  return Array.from({ length: nk }, (_, k) => {
    const position = [3, 7, 11].map((at) => affine[at] + k * affine[at - 1]);
    const file = sliceOf({
      instance: k + 1,
      rows: nj,
      columns: ni,
      spacing: [di, dj],
      position: position as [number, number, number],
      orientation: [...column(0, di), ...column(1, dj)],
      value: (i, j) => data[i + ni * (j + nj * k)],
    });
    const path = join(slices, `IM${k}`);
    writeFileSync(path, writeDicom(file));
    return path;
  });
}

/** What `marrow segment` gives in Node. */
async function inNode(files: readonly string[], path: string): Promise<Segmentation> {
  const models = [];
  for (const file of files) models.push(await openModel(file));
  const result = await segmentFiles([path], models, {
    plan: requireEnsemble(models, files),
    probabilities: true,
  });
  for (const model of models) await model.close();
  return result;
}

/** Voxels that differ, and the largest difference of the two best probabilities among them. */
function difference(mask: Mask, { mask: expected, probabilities }: Segmentation) {
  const labels = [...(probabilities ?? new Map<string, Volume>()).values()];
  let [count, margin] = [0, 0];
  for (let n = 0; n < mask.data.length; n++) {
    if (mask.data[n] === expected.data[n]) continue;
    const shares = labels.map(({ data }) => data[n]);
    const [best, second] = [...shares, 1 - shares.reduce((a, b) => a + b, 0)].sort((a, b) => b - a);
    count++;
    margin = Math.max(margin, best - second);
  }
  return { count, margin };
}

describe.skipIf(!hasBrowser)("segmentation in the browser", { timeout: 300_000 }, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launch();
    phantom = middleOf(renderSubject("sij-t1", { seed: 3, subject: 1, size: "small" }).image);
    await writeNifti(image, phantom);
    const [di, dj, dk] = spacingOf(phantom.affine);
    const inference = { overlap: 0.5, mirror: [true, false, false], noisyPasses: 1, noiseSd: 0.01 };
    // A grid 1.3 times as coarse, so that image and mask are resampled; largest component and smallest volume apply.
    const common = {
      orientation: "LPS",
      spacing: [1.3 * di, 1.3 * dj, dk] as [number, number, number],
      inference,
      postprocessing: { largestComponent: [2], minimumVolume: 20 },
    };
    plans["unet-2d"] = makePlan({ ...common, patch: [64, 64, 1], networks: [network("unet-2d")] });
    plans["attention-unet-2.5d"] = makePlan({
      ...common,
      patch: [64, 64, 4],
      networks: [network("attention-unet-2.5d")],
    });
  });
  afterAll(() => browser.close());

  it.each(["unet-2d", "attention-unet-2.5d"])(
    "gives what Node gives, from a NIfTI file, folds averaged: %s",
    async (name) => {
      const files = await writeFolds(name, plans[name]);
      const expected = await inNode(files, image);
      expect(new Set(expected.mask.data).size).toBeGreaterThan(1);
      const { page, origins, errors } = await openPage(browser, server);
      await page.setInputFiles("#model-files", files);
      await page.setInputFiles("#image-files", image);
      const said = await segment(page);
      expect(said).toContain("Not on the graphics card");
      expect(said).toContain("Done in");
      expect(said).toContain("processor, several threads");
      const path = await savedMask(page, folder);
      expect(basename(path)).toBe("sub-01_T1w_mask.nii.gz");
      const mask = await readMask(path);
      expect([mask.size, mask.affine]).toEqual([expected.mask.size, (await readNifti(image)).affine]);
      const { count, margin } = difference(mask, expected);
      console.log(
        `${name}: ${count} of ${mask.data.length} voxels differ, margin ${margin.toExponential(1)}`,
      );
      expect(margin).toBeLessThan(1e-3);
      expect(count).toBeLessThan(1e-3 * mask.data.length);
      const [first] = await page.locator("#volumes tbody tr").allInnerTexts();
      const voxels = mask.data.filter((v) => v === 1).length;
      expect(first.split(/\s+/)).toContain(String(voxels));
      expect([[...origins], errors]).toEqual([[server.url], []]);
      await page.context().close();
    },
  );

  it("reads a folder of DICOM slices as the same image", async () => {
    // Places in DICOM files are rounded otherwise than in NIfTI: no resampling, and no island whose size one voxel decides.
    const plan = {
      ...plans["unet-2d"],
      spacing: [...spacingOf(phantom.affine)] as [number, number, number],
      postprocessing: { largestComponent: [], minimumVolume: 0 },
    };
    const files = await writeFolds("slices", plan);
    writeSlices(phantom);
    const { page, origins } = await openPage(browser, server);
    await page.setInputFiles("#model-files", [files[0]]);
    await page.setInputFiles("#image-folder", slices);
    await page.waitForFunction(() => !(document.querySelector("#segment") as HTMLButtonElement).disabled);
    expect(await segment(page, "single")).toContain("processor, one thread");
    const mask = await readMask(await savedMask(page, folder));
    const expected = await inNode([files[0]], image);
    mask.affine.forEach((value, n) => expect(value).toBeCloseTo(expected.mask.affine[n], 3));
    const { count, margin } = difference(mask, expected);
    console.log(`DICOM: ${count} of ${mask.data.length} voxels differ, margin ${margin.toExponential(1)}`);
    expect(margin).toBeLessThan(1e-3);
    expect(new Set(mask.data).size).toBeGreaterThan(1);
    expect([...origins]).toEqual([server.url]);
    await page.context().close();
  });

  it("says in plain words which ways of computing are not there", async () => {
    const bare = await servePage(join(folder, "page"), 0, {});
    const files = await writeFolds("bare", plans["unet-2d"]);
    const { page } = await openPage(browser, bare);
    await page.setInputFiles("#model-files", [files[0]]);
    await page.setInputFiles("#image-files", image);
    await page.check("#fast");
    const said = await segment(page);
    expect(said).toContain("headers that threads need");
    expect(said).toMatch(/Done in .* processor, one thread/);
    await page.context().close();
    await bare.close();
  });

  it("refuses what it cannot use, and says why", async () => {
    const text = join(folder, "text.onnx");
    writeFileSync(text, "This is no model.");
    const { page } = await openPage(browser, server);
    await page.setInputFiles("#model-files", text);
    await page.getByText("MODEL_INVALID").waitFor();
    await page.setInputFiles("#image-files", {
      name: "a.nii",
      mimeType: "",
      buffer: Buffer.from("no image"),
    });
    await page.getByText("NIFTI_TRUNCATED").or(page.getByText("NIFTI_NOT_NIFTI")).waitFor();
    await page.setInputFiles("#image-files", {
      name: "scan.nrrd",
      mimeType: "",
      buffer: Buffer.from("NRRD"),
    });
    await page.getByText("IMAGE_FORMAT").waitFor();
    expect(await page.isDisabled("#segment")).toBe(true);
    await page.context().close();
  });
});

describe.skipIf(!hasBrowser)("on the graphics card", { timeout: 300_000 }, () => {
  it("gives what Node gives (WebGPU on a software driver)", async () => {
    const here = mkdtempSync(join(folder, "gpu-"));
    const browser = await launch(...withWebGpu);
    const plan = makePlan({ patch: [32, 32, 1], networks: [network("unet-2d")] });
    const model = join(here, "model.onnx");
    const file = join(here, "image.nii.gz");
    const random = new Random(5);
    const data = Float32Array.from({ length: 48 * 40 * 2 }, () => random.normal());
    await writeNifti(file, {
      data,
      size: [48, 40, 2],
      affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    });
    await writeModel(
      model,
      { plan, training: {} },
      initialValues(inferenceGraph(plan).layers, (key) => new Random(7, key)),
    );
    const open = await openPage(browser, server);
    await open.page.setInputFiles("#model-files", model);
    await open.page.setInputFiles("#image-files", file);
    const said = await segment(open.page, "webgpu");
    expect(said).toMatch(/Done in .* graphics card/);
    const mask = await readMask(await savedMask(open.page, here));
    const { count, margin } = difference(mask, await inNode([model], file));
    console.log(`WebGPU: ${count} of ${mask.data.length} voxels differ, margin ${margin.toExponential(1)}`);
    expect(margin).toBeLessThan(1e-3);
    await browser.close();
  });
});
