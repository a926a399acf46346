import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { filesBelow } from "../../src/study/files.js";

/** Makes and removes folders of jobs, again and again. */
const jobs = `
const { mkdirSync, rmSync } = require("node:fs");
const { workerData } = require("node:worker_threads");
for (;;) {
  for (let n = 0; n < 20; n++) mkdirSync(workerData + "/jobs/" + n + "/masks", { recursive: true });
  for (let n = 0; n < 20; n++) rmSync(workerData + "/jobs/" + n, { recursive: true });
}`;

describe("filesBelow", () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "marrow-files-"));
    for (const name of ["b/2", "b/1", "a/.hidden/x", "a/deep/er/f", "c.txt", ".marrow"]) {
      await mkdir(join(dir, name, ".."), { recursive: true });
      await writeFile(join(dir, name), "");
    }
  });
  afterAll(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));

  it("lists files of all depths, sorted, without what is hidden", async () => {
    expect(await filesBelow(dir)).toEqual(
      ["a/deep/er/f", "b/1", "b/2", "c.txt"].map((name) => join(dir, name)),
    );
    expect(await filesBelow(join(dir, "nowhere"))).toEqual([]);
  });

  it("does not stumble over folders that go while it looks", async () => {
    const worker = new Worker(jobs, { eval: true, workerData: dir });
    try {
      for (let n = 0; n < 200; n++) expect(await filesBelow(dir)).toHaveLength(4);
    } finally {
      await worker.terminate();
    }
  });
});
