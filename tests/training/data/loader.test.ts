import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { emptyOrder, fillBatch } from "../../../src/training/data/batch.js";
import { pack, type CachedCase } from "../../../src/training/data/cache-file.js";
import { caseSource } from "../../../src/training/data/case-source.js";
import { BatchLoader, type LoaderOptions } from "../../../src/training/data/loader.js";
import { makePlan } from "./plan.js";
import { noisyBalls } from "./prepared.js";

const plan = makePlan({ patch: [12, 10, 6] }, { affine: 0.5, elastic: 0.5 });
const prepared = [noisyBalls([20, 18, 12], 1), noisyBalls([9, 25, 6], 2), noisyBalls([15, 15, 15], 3)];
const numbers = { seed: 11, fold: 2 };
let folder: string;
let cases: CachedCase[];
const open: BatchLoader[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "marrow-loader-"));
  cases = prepared.map((one, n) => {
    const { bytes, description } = pack(one);
    const file = join(folder, `${n}.bin`);
    writeFileSync(file, bytes);
    return { id: one.id, file, description };
  });
});
afterEach(() => Promise.all(open.splice(0).map((loader) => loader.close())));
afterAll(() => rmSync(folder, { recursive: true }));

function start(options: Partial<LoaderOptions> = {}): BatchLoader {
  const loader = new BatchLoader({ cases, plan, ...numbers, ...options });
  open.push(loader);
  return loader;
}

async function take(loader: BatchLoader, count: number) {
  const batches = [];
  for (let n = 0; n < count; n++) {
    const batch = await loader.next();
    batches.push({ iteration: batch.iteration, images: [...batch.images], masks: [...batch.masks] });
    loader.recycle(batch);
  }
  return batches;
}

/** The same batches without any worker. */
function direct(first: number, count: number) {
  return Array.from({ length: count }, (_, n) => {
    const order = emptyOrder(plan, first + n);
    fillBatch(order, { plan, ...numbers }, caseSource(prepared));
    return { iteration: first + n, images: [...order.images], masks: [...order.masks] };
  });
}

describe("BatchLoader", () => {
  it.each([
    ["one worker", { workers: 1 }],
    ["three workers", { workers: 3, ahead: 5 }],
    ["volumes read from disk", { workers: 2, memory: 0 }],
    ["nothing ahead but one", { workers: 2, ahead: 1 }],
  ])("delivers the same batches in order: %s", async (_, options) => {
    expect(await take(start(options), 8)).toEqual(direct(0, 8));
  });

  it("goes on from any iteration as if it had never stopped", async () => {
    expect(await take(start({ start: 5, workers: 2 }), 3)).toEqual(direct(5, 3));
  });

  it("leaves a batch alone until it is recycled, and works when none ever is", async () => {
    const loader = start();
    const batches = [];
    for (let n = 0; n < 9; n++) batches.push(await loader.next());
    const expected = direct(0, 9);
    batches.forEach(({ images }, n) => expect([...images]).toEqual(expected[n].images));
  });

  it("serves several that wait at once, each its own batch", async () => {
    const loader = start({ ahead: 1 });
    const batches = await Promise.all([
      loader.next(),
      loader.next(),
      loader.next(),
      loader.next(),
      loader.next(),
    ]);
    expect(batches.map(({ iteration }) => iteration)).toEqual([0, 1, 2, 3, 4]);
    const waited = batches.reduce((sum, batch) => sum + batch.waitedMs, 0);
    expect(waited).toBeGreaterThan(0);
    expect(loader.waitedMs).toBeCloseTo(waited, 6);
  });

  it("does not mind a batch recycled twice", async () => {
    const loader = start();
    const batch = await loader.next();
    loader.recycle(batch);
    loader.recycle(batch);
    const following = await take(loader, 6);
    expect(following).toEqual(direct(1, 6));
  });

  it("refuses to start without cases", () => {
    expect(() => start({ cases: [] })).toThrow(/BAD_ARGUMENT/);
  });
});

describe("a worker that dies", () => {
  const file = (name: string) => new URL(`./fixtures/${name}.mjs`, import.meta.url);

  it("is reported with its exit code, its memory and what to do", async () => {
    const loader = start({ workerFile: file("exits"), ahead: 1 });
    expect((await loader.next()).iteration).toBe(0);
    await expect(loader.next()).rejects.toThrow(
      /WORKER_DIED[^]*data worker 1 ended with exit code 7; the worker held 5 MB[^]*process now \d+ MB[^]*--workers/,
    );
    await expect(loader.next()).rejects.toThrow(/WORKER_DIED/);
  });

  it("is reported with what it threw", async () => {
    await expect(start({ workerFile: file("throws") }).next()).rejects.toThrow(/WORKER_DIED[^]*deliberate/);
  });

  it("is reported when it runs out of memory", async () => {
    const loader = start({ workerFile: file("exhausts"), heapMegabytes: 20 });
    await expect(loader.next()).rejects.toThrow(/WORKER_DIED[^]*memory/);
  });

  it("is reported when a case vanishes under it", async () => {
    const gone = cases.map((one) => ({ ...one, file: `${one.file}.gone` }));
    await expect(start({ cases: gone, memory: 0 }).next()).rejects.toThrow(/WORKER_DIED[^]*FILE_NOT_FOUND/);
  });

  it("rejects everybody who waits when the loader is closed", async () => {
    const loader = start({ workers: 2 });
    const all = Promise.allSettled(Array.from({ length: 20 }, () => loader.next()));
    await loader.close();
    const last = (await all)[19];
    expect(last.status).toBe("rejected");
    await expect(loader.next()).rejects.toThrow(/closed/);
  });
});
