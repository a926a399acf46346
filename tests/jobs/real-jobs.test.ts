/**
 * Trainings and segmentations of a phantom study by the compiled command line: asked for through the API, interrupted, and
 * spread over workers of which one is killed. The result is always that of a training that nobody disturbed.
 */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { cp, readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Job } from "../../src/reading/contract/index.js";
import { staffedRoom } from "../server/open-room.js";
import { folder } from "../study/make-study.js";
import { hasRedis, startRedis, type TestRedis } from "./redis-server.js";
import { until } from "./stand-in.js";
import { tinyFolds, tinyStudy } from "./tiny-study.js";
import { resultOf } from "./undisturbed.js";
import { version } from "../../src/cli/version.js";

const marrow = resolve("bin/marrow.js");
const command = [process.execPath, marrow];
const runFolder = (dir: string) => join(dir, "derivatives/marrow/runs/unet-3d");
const resultIn = (dir: string) => resultOf(runFolder(dir), tinyFolds);

/** Seconds on a machine that is free; a busy one may need long. */
const patience = 900_000;

let original: string;
let undisturbed: Awaited<ReturnType<typeof resultIn>>;
beforeAll(async () => {
  original = await tinyStudy();
  const trained = await copyOfStudy();
  await promisify(execFile)(process.execPath, [marrow, "train", trained]);
  undisturbed = await resultIn(trained);
}, patience);

async function copyOfStudy(): Promise<string> {
  const dir = join(await folder(), "study");
  await cp(original, dir, { recursive: true });
  return dir;
}

/** Epochs that the log of a fold has. */
async function epochsOf(dir: string, fold: number): Promise<number> {
  const log = await readFile(join(runFolder(dir), `fold-${fold}`, "log.tsv"), "utf8").catch(() => "");
  return Math.max(0, log.trim().split("\n").length - 1);
}

const isOver = ({ state }: Job) => state !== "waiting" && state !== "running";

describe("jobs through the API", () => {
  const openRoom = (dir: string) => staffedRoom(dir, { command });
  type OpenRoom = Awaited<ReturnType<typeof openRoom>>;
  const jobIn = async ({ senior }: OpenRoom, id: string): Promise<Job> => {
    const { jobs } = (await senior.get("/api/jobs")).json<{ jobs: Job[] }>();
    return jobs.find((job) => job.id === id) as Job;
  };
  const ended = async (room: OpenRoom, id: string): Promise<Job> => {
    await until(async () => isOver(await jobIn(room, id)));
    return jobIn(room, id);
  };

  it(
    "train over a restart of the server to the same result, segment with it, and are cancelled",
    async () => {
      const dir = await copyOfStudy();
      const first = await openRoom(dir);
      const { id } = (await first.senior.post("/api/jobs", { kind: "train" })).json<Job>();
      await until(async () => (await epochsOf(dir, 0)) > 0);
      await first.close();
      const second = await openRoom(dir);
      const trained = await ended(second, id);
      expect(trained).toMatchObject({ state: "done", progress: 1, error: null });
      expect(await resultIn(dir)).toEqual(undisturbed);

      const told: Job[] = [];
      second.room.events.listen({ name: "sara", role: "senior" }, (text) => {
        const job = /^event: job\ndata: (.*)/.exec(text)?.[1];
        if (job) told.push(JSON.parse(job) as Job);
      });
      const request = { kind: "segment", run: "unet-3d", fast: true };
      const { id: segmenting } = (await second.senior.post("/api/jobs", request)).json<Job>();
      expect((await ended(second, segmenting)).state).toBe("done");
      expect(told.map(({ state }) => state)).toEqual(expect.arrayContaining(["waiting", "running", "done"]));
      const mask = await second.senior.get("/api/cases/sub-001/masks/segmentation.unet-3d");
      expect([mask.statusCode, mask.rawPayload.length]).toEqual([200, 96 * 96 * 12]);

      const again = { kind: "train", run: "again", folds: [0] };
      const { id: cancelled } = (await second.senior.post("/api/jobs", again)).json<Job>();
      await until(async () => (await readdir(join(dir, "derivatives/marrow/runs/again/fold-0")).catch(() => [])).length > 0); // prettier-ignore
      await second.senior.send({ method: "DELETE", url: `/api/jobs/${cancelled}` });
      await second.close();
      expect((await readdir(join(dir, "derivatives/marrow/runs/again/fold-0"))).includes("scores.json")).toBe(
        false,
      );
    },
    patience,
  );
});

describe.skipIf(!hasRedis)("a training on three workers, one of them killed with kill -9", () => {
  let redis: TestRedis;
  const workers: ChildProcess[] = [];
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    for (const worker of workers) worker.kill("SIGKILL");
    await redis.stop();
  });

  const startWorker = (dir: string) => {
    const options = ["worker", dir, "--queue", redis.url, "--lease", "5"];
    const worker = spawn(process.execPath, [marrow, ...options], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    worker.stderr.on("data", (text: Buffer) => (said += String(text)));
    workers.push(worker);
    return { worker, began: () => /fold of a train job begun/.test(said), said: () => said };
  };

  it(
    "ends as one that nobody disturbed",
    async () => {
      const dir = await copyOfStudy();
      const room = await staffedRoom(dir, { queue: redis.url, command: ["/nowhere"], version: version() });
      const { id } = (await room.senior.post("/api/jobs", { kind: "train" })).json<Job>();
      const three = [1, 2, 3].map(() => startWorker(dir));
      await until(async () => (await epochsOf(dir, 0)) > 0);
      const busy = three.filter(({ began }) => began());
      expect(busy.length).toBeGreaterThan(0);
      busy[0].worker.kill("SIGKILL");
      await until(() => isOver(room.room.jobs.get(id)));
      expect(room.room.jobs.get(id)).toMatchObject({ state: "done", progress: 1, error: null });
      expect(room.room.jobs.get(id).attempts).toBeGreaterThan(1);
      expect(await resultIn(dir)).toEqual(undisturbed);
      await room.close();
    },
    patience,
  );
});
