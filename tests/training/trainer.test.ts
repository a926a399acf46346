import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSafetensors } from "../../src/autograd/safetensors.js";
import { Random } from "../../src/base/random.js";
import { openModel } from "../../src/inference/model-file.js";
import { loadCheckpoint, loadWeights } from "../../src/training/checkpoint.js";
import type { CachedCase } from "../../src/training/data/cache-file.js";
import { foldFiles } from "../../src/training/run-folder.js";
import type { TrainOptions } from "../../src/training/train-options.js";
import { trainFold } from "../../src/training/trainer.js";
import { smallPlan, trainOptions, writeCases } from "./generated.js";

let root: string;
let cases: CachedCase[];
let whole: string;
let count = 0;

const newFolder = () => join(root, `run-${count++}`);
const last = (folder: string) => join(folder, foldFiles.last);

/** Everything of a finished training that must not depend on when it was stopped: state, losses, scores. */
async function courseOf(folder: string) {
  const { tensors } = await readSafetensors(last(folder));
  const { progress } = await loadCheckpoint(last(folder), {});
  const history = progress.history.map((record) => ({ ...record, seconds: 0 }));
  const { iteration, bestScore, bestEpoch } = progress;
  return {
    tensors,
    history,
    iteration,
    bestScore,
    bestEpoch,
    best: (await readSafetensors(join(folder, foldFiles.best))).tensors,
  };
}

/** Options with which to train; stops after these many iterations. */
function stoppingAfter(iterations: number, options: TrainOptions): TrainOptions {
  const controller = new AbortController();
  const onStep = ({ iteration }: { iteration: number }) =>
    void (iteration >= iterations && controller.abort());
  return { ...options, signal: controller.signal, listener: { onStep } };
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "marrow-trainer-"));
  cases = writeCases(root, 4);
  whole = newFolder();
  await trainFold(trainOptions(whole, cases));
});
afterAll(() => rmSync(root, { recursive: true }));

describe("trainFold", () => {
  it("leaves log, plan, checkpoints, model and record, and no unfinished files", async () => {
    const names = readdirSync(whole);
    const { last: a, best, log, plan, run, model } = foldFiles;
    expect(names).toEqual(expect.arrayContaining([a, best, log, plan, run, model]));
    expect(names.filter((name) => name.endsWith(".part"))).toEqual([]);
    const lines = readFileSync(join(whole, log), "utf8").trim().split("\n");
    expect(lines.length).toBe(1 + 3);
    expect(lines[0].split("\t")).toContain("validationDice");
    const record = JSON.parse(readFileSync(join(whole, run), "utf8")) as Record<string, unknown>;
    expect(record).toMatchObject({
      finished: true,
      iterations: 15,
      seed: 17,
      fold: 0,
      validation: [{ id: "case-0" }],
    });
    const opened = await openModel(join(whole, model));
    expect(opened.plan).toEqual(smallPlan());
    expect(opened.training).toMatchObject({ iterations: 15, epochs: 3 });
    await opened.close();
  });

  it("learns, and validates on whole images", async () => {
    const folder = newFolder();
    const plan = smallPlan({ epochs: 4, iterationsPerEpoch: 12 });
    const { history, bestScore } = await trainFold(trainOptions(folder, cases, plan));
    expect(history[3].trainLoss).toBeLessThan(0.8 * history[0].trainLoss);
    expect(bestScore).toBe(Math.max(...history.map((record) => record.validationScore ?? 0)));
    expect(bestScore).toBeGreaterThan(0.4);
  });

  it("gives the same weights from the same seed, whatever the number of workers, and others from another", async () => {
    const [again, other] = [newFolder(), newFolder()];
    await trainFold({ ...trainOptions(again, cases), workers: 2 });
    expect(await courseOf(again)).toEqual(await courseOf(whole));
    await trainFold({ ...trainOptions(other, cases), seed: 18 });
    expect((await courseOf(other)).tensors).not.toEqual((await courseOf(whole)).tensors);
  });

  it.each([1, 5, 7, 14])(
    "stopped after iteration %i and resumed it ends as if it had never stopped",
    async (iterations) => {
      const folder = newFolder();
      const options = trainOptions(folder, cases);
      const stopped = await trainFold(stoppingAfter(iterations, options));
      expect([stopped.finished, stopped.iterations]).toEqual([false, iterations]);
      expect(existsSync(join(folder, foldFiles.model))).toBe(false);
      const resumed = await trainFold(options);
      expect([resumed.finished, resumed.iterations]).toEqual([true, 15]);
      expect(await courseOf(folder)).toEqual(await courseOf(whole));
    },
  );

  it("resumes within a batch that is accumulated, with Adam", async () => {
    const plan = smallPlan(
      { epochs: 2, iterationsPerEpoch: 6 },
      { name: "adam", learningRate: 0.003, accumulate: 3 },
    );
    const [straight, folder] = [newFolder(), newFolder()];
    await trainFold(trainOptions(straight, cases, plan));
    for (const iterations of [2, 4, 9])
      await trainFold(stoppingAfter(iterations, trainOptions(folder, cases, plan)));
    await trainFold(trainOptions(folder, cases, plan));
    expect(await courseOf(folder)).toEqual(await courseOf(straight));
  });

  it("does not train a finished fold again", async () => {
    const before = await courseOf(whole);
    const steps: number[] = [];
    const listener = { onStep: ({ iteration }: { iteration: number }) => void steps.push(iteration) };
    const result = await trainFold({ ...trainOptions(whole, cases), listener });
    expect([result.finished, result.iterations, steps]).toEqual([true, 15, []]);
    expect(await courseOf(whole)).toEqual(before);
  });

  it.each<[string, (options: TrainOptions) => Partial<TrainOptions>]>([
    ["plan", ({ plan }) => ({ plan: { ...plan, epochs: 9 } })],
    ["seed", () => ({ seed: 3 })],
    ["fold", () => ({ fold: 1 })],
    ["train", ({ train }) => ({ train: train.slice(1) })],
  ])("refuses the checkpoint of another %s and leaves it", async (what, change) => {
    const before = readFileSync(last(whole));
    const options = trainOptions(whole, cases);
    await expect(trainFold({ ...options, ...change(options) })).rejects.toMatchObject({
      code: "CHECKPOINT_MISMATCH",
      details: { file: last(whole), expected: expect.stringMatching(`^${what} `) as string },
    });
    expect(readFileSync(last(whole))).toEqual(before);
  });

  it("refuses a damaged checkpoint", async () => {
    const folder = newFolder();
    await trainFold(stoppingAfter(2, trainOptions(folder, cases)));
    writeFileSync(last(folder), readFileSync(last(folder)).subarray(0, 5000));
    await expect(trainFold(trainOptions(folder, cases))).rejects.toMatchObject({
      code: "SAFETENSORS_INVALID",
    });
  });

  it("stops early when the validation no longer improves", async () => {
    const plan = smallPlan(
      { epochs: 30, iterationsPerEpoch: 1, patience: 2 },
      { learningRate: 1e-12, averaging: 0 },
    );
    const { finished, iterations, history } = await trainFold(trainOptions(newFolder(), cases, plan));
    expect([finished, iterations, history.length]).toEqual([true, 3, 3]);
  });

  it("validates as often as told, and always at the end", async () => {
    const plan = smallPlan({ epochs: 5, iterationsPerEpoch: 1, validateEvery: 2 });
    const { history } = await trainFold(trainOptions(newFolder(), cases, plan));
    expect(history.map((record) => record.validationScore !== undefined)).toEqual([
      false,
      true,
      false,
      true,
      true,
    ]);
  });

  it("starts from given weights", async () => {
    const weights = join(whole, foldFiles.best);
    const plan = smallPlan({ epochs: 1, iterationsPerEpoch: 1 }, { learningRate: 1e-12, averaging: 0 });
    const folder = newFolder();
    await trainFold({ ...trainOptions(folder, cases, plan), fineTune: weights });
    const [got, expected] = [await loadWeights(last(folder)), await loadWeights(weights)];
    expect([...got.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [name, data] of got)
      data.forEach((v, i) => expect(v).toBeCloseTo(expected.get(name)?.[i] ?? NaN, 6));
  });

  it("says when the loss is no number any more", async () => {
    const plan = smallPlan({ epochs: 2 }, { learningRate: 1e30, clipNorm: 0 });
    await expect(trainFold(trainOptions(newFolder(), cases, plan))).rejects.toMatchObject({
      code: "TRAINING_DIVERGED",
    });
  });

  it("ends within its time budget, its schedule at the end", async () => {
    const plan = smallPlan({ iterationsPerEpoch: 2 });
    const { finished, iterations } = await trainFold({
      ...trainOptions(newFolder(), cases, plan),
      minutes: 0.01,
    });
    expect(finished).toBe(true);
    expect(iterations).toBeGreaterThan(0);
  });
});

const script = fileURLToPath(new URL("./fixtures/train-child.mjs", import.meta.url));

/** Trains in a process of its own; killed by SIGKILL right after this iteration where one is given. */
function trainInChild(
  options: TrainOptions,
  killAfter = Infinity,
): Promise<{ signal: string | null; output: string }> {
  const file = `${options.folder}.json`;
  writeFileSync(file, JSON.stringify(options));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, file], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(`step ${killAfter}\n`)) child.kill("SIGKILL");
    });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code, signal) => (code ? reject(new Error(errors)) : resolve({ signal, output })));
  });
}

describe("a training process killed by SIGKILL", () => {
  it("at random iterations and resumed has bit-identical weights", async () => {
    const plan = smallPlan({ epochs: 6, iterationsPerEpoch: 10 });
    const [straight, folder] = [newFolder(), newFolder()];
    const end = await trainInChild(trainOptions(straight, cases, plan));
    expect(end.output).toContain("finished 60");
    const random = new Random(Date.now());
    const kills = [1 + random.integer(20), 22 + random.integer(17)];
    for (const iteration of kills) {
      const { signal } = await trainInChild(trainOptions(folder, cases, plan), iteration);
      expect(signal, `killed at ${iteration}`).toBe("SIGKILL");
    }
    const resumed = await trainInChild(trainOptions(folder, cases, plan));
    expect(resumed.output).toContain("finished 60");
    expect(await courseOf(folder), `killed at ${kills.join(" and ")}`).toEqual(await courseOf(straight));
    expect(readFileSync(join(folder, foldFiles.model))).not.toEqual(Buffer.alloc(0));
  });
});
