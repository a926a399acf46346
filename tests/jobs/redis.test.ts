/** What can happen to a queue in Redis: workers and servers that come and go, a Redis that forgets. */
import { spawnSync } from "node:child_process";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Jobs } from "../../src/jobs/jobs.js";
import { queueNameOf } from "../../src/jobs/redis/connection.js";
import { startWorker, type RunningWorker } from "../../src/jobs/redis/worker.js";
import { Desk } from "../../src/reading/desk.js";
import { folder } from "../study/make-study.js";
import { hasRedis, startRedis, type TestRedis } from "./redis-server.js";
import { StandInStudy, until } from "./stand-in.js";

describe("the name of a study in Redis", () => {
  it("is drawn once, whoever asks first, and is another for each study", async () => {
    const [dir, other] = [await folder(), await folder()];
    const names = await Promise.all([1, 2, 3, 4].map(() => queueNameOf(dir)));
    expect(new Set(names).size).toBe(1);
    expect(names[0]).toMatch(/^[0-9a-f]{24}$/);
    expect(await queueNameOf(other)).not.toBe(names[0]);
  });
});

describe.skipIf(!hasRedis)("a queue in Redis", () => {
  let redis: TestRedis;
  let study: StandInStudy;
  let desk: Desk | undefined;
  let jobs: Jobs;
  const workers: RunningWorker[] = [];
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    study = await StandInStudy.make();
    await openServer();
  });
  afterEach(async () => {
    await closeServer();
    for (const worker of workers.splice(0)) await worker.close();
  });

  async function openServer(version = "1"): Promise<void> {
    desk = await Desk.open(study.dir);
    jobs = await Jobs.open(desk, {
      ...{ command: ["/nowhere"], version, everyMs: 50, queue: redis.url },
      ...{ now: () => new Date(), onChange: () => undefined, log: () => undefined },
    });
  }

  async function closeServer(): Promise<void> {
    if (!desk) return;
    await jobs.stop();
    desk.close();
    desk = undefined;
  }

  async function addWorker(version = "1"): Promise<RunningWorker> {
    const worker = await startWorker({
      ...{ dir: study.dir, queue: redis.url, tasks: 1, lease: 20, everyMs: 50 },
      ...{ command: study.command, version, log: () => undefined },
    });
    workers.push(worker);
    return worker;
  }

  const segment = () => jobs.add({ kind: "segment", run: "unet", name: "first", fast: false }, "sara");
  const done = (id: string) => until(() => jobs.get(id).state === "done");

  it("gives the task of a worker that is asked to stop to another one at once", async () => {
    await study.behave("hang");
    const { id } = await segment();
    const first = await addWorker();
    await until(async () => (await study.started()).length === 1);
    await study.behave("");
    await addWorker();
    await first.close();
    await done(id);
    expect(jobs.get(id)).toMatchObject({ attempts: 2, error: null });
    expect(await study.masks()).toEqual(["sub-01.nii.gz", "sub-02.nii.gz"]);
  });

  it("keeps an ending for a server that is away, and nothing is run again", async () => {
    const { id } = await segment();
    await until(() => jobs.get(id).state === "waiting");
    await closeServer();
    await addWorker();
    await until(async () => (await study.started()).length === 1);
    await workers.splice(0)[0].close();
    await openServer();
    await addWorker();
    await done(id);
    const cases = (await study.started()).flatMap((one) => one.cases.split(","));
    expect(cases.sort()).toEqual(["sub-01", "sub-02"]);
    expect(await study.masks()).toEqual(["sub-01.nii.gz", "sub-02.nii.gz"]);
  });

  it("that was emptied gets its tasks offered again", async () => {
    const { id } = await segment();
    await closeServer();
    const { port } = new URL(redis.url);
    expect(spawnSync("redis-cli", ["-p", port, "flushall"]).status).toBe(0);
    await openServer();
    await addWorker();
    await done(id);
    expect(await study.masks()).toEqual(["sub-01.nii.gz", "sub-02.nii.gz"]);
  });

  it("refuses a worker of another version than the server's, at its start and when the server is replaced", async () => {
    await expect(addWorker("2")).rejects.toMatchObject({ code: "WORKER_VERSION" });
    const old = await addWorker();
    await closeServer();
    await openServer("2");
    const { id } = await segment();
    await expect(old.refused).rejects.toMatchObject({ code: "WORKER_VERSION" });
    expect(await study.started()).toEqual([]);
    await addWorker("2");
    await done(id);
    expect(jobs.get(id)).toMatchObject({ error: null });
    expect(await study.masks()).toEqual(["sub-01.nii.gz", "sub-02.nii.gz"]);
  });

  it("gives a worker the tasks of its own study alone", async () => {
    const { id } = await segment();
    const own = study;
    study = await StandInStudy.make();
    await addWorker();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await study.started()).toEqual([]);
    study = own;
    await addWorker();
    await done(id);
  });
});
