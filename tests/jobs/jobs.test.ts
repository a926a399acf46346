/** Jobs in real processes, with each of the queues: what a user sees is the same. */
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Jobs } from "../../src/jobs/jobs.js";
import { startWorker, type RunningWorker } from "../../src/jobs/redis/worker.js";
import type { Job } from "../../src/reading/contract/index.js";
import { Desk } from "../../src/reading/desk.js";
import { hasRedis, startRedis, type TestRedis } from "./redis-server.js";
import { isAlive, StandInStudy, until } from "./stand-in.js";

let redis: TestRedis | undefined;
let study: StandInStudy;
let desk: Desk;
let jobs: Jobs;
let told: Job[];

async function openJobs(queue: string | undefined): Promise<void> {
  desk = await Desk.open(study.dir);
  told = [];
  jobs = await Jobs.open(desk, {
    ...{ command: study.command, version: "1", everyMs: 50, queue },
    ...{ now: () => new Date(), onChange: (job: Job) => void told.push(job), log: () => undefined },
  });
}

async function closeJobs(): Promise<void> {
  await jobs.stop();
  desk.close();
}

const segment = () => jobs.add({ kind: "segment", run: "unet", name: "first", fast: false }, "sara");
const ended = async (...ids: string[]) =>
  until(() => ids.every((id) => !["waiting", "running"].includes(jobs.get(id).state)));

const queues = [
  { name: "the embedded queue", usable: true, redis: false },
  { name: "Redis and two workers", usable: hasRedis, redis: true },
];

for (const queue of queues)
  describe.skipIf(!queue.usable)(`a job with ${queue.name}`, () => {
    const workers: RunningWorker[] = [];
    beforeAll(async () => {
      if (queue.redis) redis = await startRedis();
      return () => redis?.stop();
    });
    beforeEach(async () => {
      study = await StandInStudy.make();
      const url = queue.redis ? redis?.url : undefined;
      await openJobs(url);
      for (let n = 0; url !== undefined && n < 2; n++)
        workers.push(
          await startWorker({
            ...{ dir: study.dir, queue: url, tasks: 1, lease: 20, everyMs: 50 },
            ...{ command: study.command, version: "1", log: () => undefined },
          }),
        );
      return async () => {
        await closeJobs();
        await Promise.all(workers.splice(0).map((worker) => worker.close()));
      };
    });

    it("runs in its own process and leaves its masks in the study", async () => {
      const { id } = await segment();
      await ended(id);
      expect(jobs.get(id)).toMatchObject({ state: "done", progress: 1, attempts: 1, error: null });
      expect(await study.masks()).toEqual(["sub-01.nii.gz", "sub-02.nii.gz"]);
      expect(told.map(({ state }) => state)).toEqual(expect.arrayContaining(["waiting", "running", "done"]));
      expect(jobs.list().map((job) => job.id)).toEqual([id]);
    });

    it("begins in the order in which it was asked for", async () => {
      const ids = [(await segment()).id, (await segment()).id, (await segment()).id];
      await ended(...ids);
      const begun = ids.map((id) => String(jobs.get(id).started));
      expect(begun).toEqual([...begun].sort());
      expect(new Set(ids.map((id) => jobs.get(id).state))).toEqual(new Set(["done"]));
    });

    it("that fails says why, with the command's own code", async () => {
      await study.behave("fail");
      const { id } = await segment();
      await ended(id);
      expect(jobs.get(id)).toMatchObject({ state: "failed", error: { code: "MODEL_INVALID" } });
    });

    it("whose process is killed is given back and does only what is left", async () => {
      await study.behave("die");
      const { id } = await segment();
      await ended(id);
      expect(jobs.get(id)).toMatchObject({ state: "done", attempts: 2 });
      expect((await study.started()).map(({ cases }) => cases)).toEqual(["sub-01,sub-02", "sub-02"]);
      expect(await study.masks()).toEqual(["sub-01.nii.gz", "sub-02.nii.gz"]);
    });

    it("whose process is killed without ever getting further has failed", async () => {
      await study.behave("die at once");
      const { id } = await segment();
      await ended(id);
      expect(jobs.get(id)).toMatchObject({ state: "failed", error: { code: "JOB_LOST" }, attempts: 3 });
      expect(await study.masks()).toEqual([]);
    });

    it("tells how far it is while it runs", async () => {
      await study.behave("hang");
      const { id } = await segment();
      await until(() => jobs.get(id).progress === 0.5);
      expect(jobs.get(id)).toMatchObject({ state: "running", doing: "1 of 2 cases segmented" });
      expect(told.at(-1)).toMatchObject({ id, progress: 0.5 });
    });

    it("is cancelled while it runs, its process ends, and nothing of it is seen", async () => {
      await study.behave("hang");
      const { id } = await segment();
      await until(async () => (await study.started()).length === 1);
      expect(jobs.cancel(id).state).toBe("cancelled");
      const [{ pid }] = await study.started();
      await until(() => !isAlive(pid));
      expect(jobs.get(id).state).toBe("cancelled");
      expect(await study.masks()).toEqual([]);
      expect(() => jobs.cancel(id)).toThrow(expect.objectContaining({ code: "JOB_ENDED" }) as Error);
    });

    it("is cancelled while it waits, and is never begun", async () => {
      await study.behave("hang");
      const first = [await segment(), await segment()];
      const waiting = await segment();
      await until(async () => (await study.started()).length === (queue.redis ? 2 : 1));
      jobs.cancel(waiting.id);
      await study.behave("");
      for (const { id } of first) jobs.cancel(id);
      const last = await segment();
      await ended(last.id);
      expect(jobs.get(waiting.id)).toMatchObject({ state: "cancelled", attempts: 0 });
      expect(jobs.get(last.id).state).toBe("done");
    });

    it("survives that the server is stopped and started again", async () => {
      await study.behave("hang");
      const [first, second] = [await segment(), await segment()];
      await until(async () => (await study.started()).length === (queue.redis ? 2 : 1));
      await closeJobs();
      await study.behave("");
      if (queue.redis) for (const { pid } of await study.started()) process.kill(pid, "SIGKILL");
      await openJobs(queue.redis ? redis?.url : undefined);
      await ended(first.id, second.id);
      for (const { id } of [first, second])
        expect(jobs.get(id)).toMatchObject({ state: "done", progress: 1 });
      expect(await study.masks()).toEqual(["sub-01.nii.gz", "sub-02.nii.gz"]);
    });
  });
