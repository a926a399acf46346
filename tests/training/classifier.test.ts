import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSafetensors } from "../../src/autograd/safetensors.js";
import { openClassifier } from "../../src/inference/classifier-model.js";
import { classifierInput } from "../../src/inference/classify.js";
import { openModel, readModelFile } from "../../src/inference/model-file.js";
import { fitDecision } from "../../src/statistics/diagnostic/cross-validated.js";
import { balancedWeights } from "../../src/training/classification-loss.js";
import { loadPrepared } from "../../src/training/data/cache-file.js";
import { foldFiles } from "../../src/training/run-folder.js";
import { trainFold } from "../../src/training/trainer.js";
import { classifierOptions, classifierPlan, writeClassified } from "./classified.js";

let root: string;
let data: ReturnType<typeof writeClassified>;
let whole: string;
let count = 0;
const newFolder = () => join(root, `run-${count++}`);
const last = async (folder: string) => (await readSafetensors(join(folder, foldFiles.last))).tensors;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "marrow-classifier-"));
  data = writeClassified(root, 12);
  whole = newFolder();
  await trainFold(classifierOptions(whole, data));
});
afterAll(() => rmSync(root, { recursive: true }));

describe("training a classifier", () => {
  it("learns a class that the ROI's size tells", async () => {
    const plan = classifierPlan({ epochs: 12 });
    const { history, bestScore } = await trainFold(classifierOptions(newFolder(), data, plan));
    expect(bestScore).toBe(1);
    expect(history[history.length - 1].trainLoss).toBeLessThan(history[0].trainLoss);
  });

  it("ends, stopped and resumed, with the bits of a run that never stopped", async () => {
    const folder = newFolder();
    const controller = new AbortController();
    const onStep = ({ iteration }: { iteration: number }) => void (iteration >= 8 && controller.abort());
    const options = classifierOptions(folder, data);
    const stopped = await trainFold({ ...options, signal: controller.signal, listener: { onStep } });
    expect(stopped.finished).toBe(false);
    await trainFold(options);
    expect(await last(folder)).toEqual(await last(whole));
  });

  it("gives the same bits for the same seed, and others for another", async () => {
    const [again, other] = [newFolder(), newFolder()];
    await trainFold(classifierOptions(again, data));
    await trainFold({ ...classifierOptions(other, data), seed: 18 });
    expect(await last(again)).toEqual(await last(whole));
    expect(await last(other)).not.toEqual(await last(whole));
  });

  it("does not resume where a case's class was changed", async () => {
    const targets = new Map(data.targets);
    const known = targets.get("case-5");
    if (known) targets.set("case-5", { ...known, positive: !known.positive });
    await expect(trainFold({ ...classifierOptions(whole, data), targets })).rejects.toMatchObject({
      code: "CHECKPOINT_MISMATCH",
    });
  });

  it.each([
    ["training", (id: string) => Number(id.slice(5)) >= 4],
    ["validation", (id: string) => Number(id.slice(5)) < 4],
  ])("refuses a fold whose %s cases are of one class", async (side, isHere) => {
    const targets = new Map(
      [...data.targets].map(([id, t]) => [id, isHere(id) ? { ...t, positive: true } : t]),
    );
    const refused = trainFold({ ...classifierOptions(newFolder(), data), targets });
    await expect(refused).rejects.toMatchObject({ code: "CLASSIFY_ONE_CLASS" });
    await expect(refused).rejects.toThrow(side);
  });

  it("refuses a case whose class is not given", async () => {
    const refused = trainFold({ ...classifierOptions(newFolder(), data), targets: new Map() });
    await expect(refused).rejects.toMatchObject({ code: "CLASSIFY_COLUMN" });
  });
});

describe("the exported classifier", () => {
  it("holds temperature and operating point of the validation cases, and of no others", async () => {
    const model = await openClassifier(join(whole, foldFiles.model));
    const { plan } = model;
    const scored = [];
    for (const one of data.cases.slice(0, 4)) {
      const { channels, mask, size, affine } = loadPrepared(one);
      const target = data.targets.get(one.id);
      const roi = { data: mask as Uint8Array<ArrayBuffer>, size, affine };
      const image = { channels: channels as Float32Array<ArrayBuffer>, size, affine };
      const input = classifierInput(image, roi, plan, target?.clinical ?? new Float32Array());
      const logit = await model.predict(input);
      scored.push({ id: one.id, fold: 0, positive: target?.positive ?? false, logit, priorLogit: 0 });
    }
    const expected = fitDecision(scored, { kind: "youden" }, 0);
    expect(model.decision.cases).toBe(4);
    expect(model.decision.priorLogit).toBe(0);
    expect(model.decision.temperature).toBeCloseTo(expected.temperature, 3);
    expect(model.decision.threshold).toBeCloseTo(expected.threshold, 3);
    await model.close();
  });

  it("does not change with cases that are in neither side", async () => {
    const folder = newFolder();
    const more = writeClassified(root, 20);
    await trainFold({ ...classifierOptions(folder, data), targets: more.targets });
    const [a, b] = [
      await readModelFile(join(folder, foldFiles.model)),
      await readModelFile(join(whole, foldFiles.model)),
    ];
    expect(a.metadata.get("marrow.decision")).toBe(b.metadata.get("marrow.decision"));
  });

  it("accepts an empty ROI and missing clinical values", async () => {
    const model = await openClassifier(join(whole, foldFiles.model));
    const { channels, size, affine } = loadPrepared(data.cases[0]);
    const image = { channels: channels as Float32Array<ArrayBuffer>, size, affine };
    const roi = { data: new Uint8Array(20 * 18 * 10), size, affine };
    expect(await model.predict(classifierInput(image, roi, model.plan, new Float32Array(2)))).toEqual(
      expect.any(Number),
    );
    await model.close();
  });

  it("is refused as a segmentation model", async () => {
    await expect(openModel(join(whole, foldFiles.model))).rejects.toMatchObject({ code: "MODEL_INVALID" });
  });
});

describe("balancedWeights", () => {
  it("makes both classes count half", () => {
    const target = (positive: boolean) => ({ positive, clinical: new Float32Array() });
    const weights = balancedWeights([true, true, true, false].map(target));
    expect(weights).toEqual({ positive: 2 / 3, negative: 2 });
  });
});
