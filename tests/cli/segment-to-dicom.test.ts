/**
 * The whole way of a new examination: DICOM images are imported, segmented by a model that Marrow trains here (small, on
 * another patient), and the mask goes back as DICOM segmentation and report. dcmqi, which shares no code with Marrow,
 * must find the same voxels in the same places.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareCases } from "../../src/training/prepare-cases.js";
import { trainFold } from "../../src/training/trainer.js";
import { multiplyAffine, invertAffine } from "../../src/volume/geometry.js";
import { readMask, readNifti } from "../../src/volume/nifti.js";
import type { Mask } from "../../src/volume/volume.js";
import { shared } from "../dicom/real-data.js";
import { readByDcmqi } from "../dicom/seg/dcmqi.js";
import { makePlan, nothing } from "../training/data/plan.js";
import { runMarrow } from "./run-marrow.js";

const data = join(shared, "pelvis-mri-bones");
const images = join(data, "dicom_pelvis_21");
const hasValidator = spawnSync("dciodvfy", ["-version"]).error === undefined;
const labels = ["femur", "ilium", "spine", "sacrum"].map((name, n) => ({ value: n + 1, name }));
const labelList = labels.map(({ value, name }) => `${value}=${name}`).join(",");

/** Coarse and shallow, so that it learns in seconds where bone is. */
const plan = makePlan(
  {
    ...{ labels, orientation: "LIP", spacing: [3.64, 3.64, 5.2], patch: [96, 96, 1], batch: 4 },
    networks: [
      {
        ...{ name: "unet-2d", features: [8, 16, 16], pooling: [[2, 2, 1], [2, 2, 1]] },
        ...{ kernels: [[3, 3, 1], [3, 3, 1], [3, 3, 1]], contextSlices: 0, dropout: 0, deepSupervision: false },
      },
    ],
    ...{ optimiser: { ...makePlan({}).optimiser, name: "adam", learningRate: 0.01 }, iterationsPerEpoch: 120 },
  },
  nothing,
); // prettier-ignore

/** Trains on pelvis_14 alone, and returns the model file. */
async function trainedModel(folder: string): Promise<string> {
  const file = (kind: string) => join(data, kind, "pelvis_14.nii.gz");
  const one = { id: "sub-14", subject: "sub-14", images: [file("imagesTr")], mask: file("labelsTr") };
  const splits = { folds: [{ train: [one.id], validation: [one.id] }], test: [], external: [] };
  const { ready } = await prepareCases({ dir: folder, cases: [one] }, plan, splits);
  const run = join(folder, "run");
  const fold = { folder: run, fold: 0, seed: 3, device: "cpu" as const, threads: 1 };
  await trainFold({ plan, train: ready, validation: ready, ...fold });
  return join(run, "model.onnx");
}

describe.skipIf(!existsSync(data))("a pelvis from the scanner, segmented and sent back", () => {
  const folder = mkdtempSync(join(tmpdir(), "marrow-way-"));
  const place = (...names: string[]) => join(folder, ...names);
  let mask: Mask;
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const marrow = async (...args: string[]) => {
    const outcome = await runMarrow(...args);
    expect(outcome).toMatchObject({ code: 0 });
    return outcome;
  };

  beforeAll(async () => {
    const model = await trainedModel(folder);
    await marrow("import", images, "--study", place("study"));
    const image = place("study", "sub-001", "anat", "sub-001_T1w.nii.gz");
    await marrow("segment", image, "--model", model, "--out", place("masks"));
    const file = place("masks", "sub-001_T1w.nii.gz");
    mask = await readMask(file);
    await marrow("dicom-results", file, "--dicom", images, "--out", place("results"), "--labels", labelList);
  }, 300_000);

  it("is segmented on the image's own grid, in several labels", async () => {
    const image = await readNifti(place("study", "sub-001", "anat", "sub-001_T1w.nii.gz"));
    expect([mask.size, mask.affine]).toEqual([image.size, image.affine]);
    const bone = mask.data.filter((value) => value > 0).length / mask.data.length;
    expect(bone).toBeGreaterThan(0.01);
    expect(new Set(mask.data).size).toBeGreaterThan(2);
  });

  it("is read again as the identical mask", async () => {
    const args = ["--dicom", images, "--labels", labelList, "--out", place("again")];
    const { stdout } = await marrow("dicom-masks", place("results", "segmentation.dcm"), ...args);
    expect(stdout).not.toMatch(/resampled|outside|claimed/);
    const again = await readMask(place("again", "segmentation.nii.gz"));
    expect(again.size).toEqual(mask.size);
    expect(Buffer.compare(again.data, mask.data)).toBe(0);
    for (const [n, value] of again.affine.entries()) expect(value).toBeCloseTo(mask.affine[n], 4);
  });

  it.skipIf(!hasValidator)("passes dciodvfy: segmentation, report and key images", () => {
    const names = readdirSync(place("results"));
    expect(names).toEqual(expect.arrayContaining(["report.dcm", "segmentation.dcm"]));
    for (const name of names) {
      const { stdout, stderr } = spawnSync("dciodvfy", [place("results", name)], { encoding: "utf8" });
      expect(`${stdout}${stderr}`.split("\n").filter((line) => line.startsWith("Error"))).toEqual([]);
    }
  });

  it.skipIf(readByDcmqi === undefined)("has the same voxels in the same places for dcmqi", async () => {
    const read = await readByDcmqi?.(place("results", "segmentation.dcm"));
    if (!read) throw new Error("dcmqi read nothing");
    expect(read.names).toEqual(labels.map(({ name }) => name));
    expect(differences(mask, read.mask, (value) => labels.findIndex(({ name }) => name === read.nameOf(value)) + 1)).toBe(0);
  }); // prettier-ignore
});

/** Voxels whose value differs from the one that the other mask has in the same place of the patient. */
function differences(a: Mask, b: Mask, valueOf: (value: number) => number): number {
  const map = multiplyAffine(invertAffine(b.affine), a.affine);
  for (const value of map) expect(Math.abs(value - Math.round(value))).toBeLessThan(1e-3);
  const [m, [ni, nj]] = [map.map(Math.round), a.size];
  let count = 0;
  for (let n = 0; n < a.data.length; n++) {
    const at = [n % ni, Math.floor(n / ni) % nj, Math.floor(n / ni / nj)];
    const [i, j, k] = [0, 4, 8].map((row) => m[row] * at[0] + m[row + 1] * at[1] + m[row + 2] * at[2] + m[row + 3]); // prettier-ignore
    const isInside = [i, j, k].every((index, axis) => index >= 0 && index < b.size[axis]);
    const there = isInside ? valueOf(b.data[i + b.size[0] * (j + b.size[1] * k)]) : 0;
    if (there !== a.data[n]) count++;
  }
  return count;
}
