/** Jobs in real processes: a small program stands for Marrow's command line, so that each way of ending can be had. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { Jobs } from "../../src/jobs/jobs.js";
import { maximalAttempts, SqliteQueue } from "../../src/jobs/queue.js";
import type { Job } from "../../src/reading/contract/index.js";
import { Desk } from "../../src/reading/desk.js";
import { makeStudy } from "../study/make-study.js";

/** Writes a mask for each case it is asked for, and does what `behaviour.txt` of the study says on the way. */
const program = `
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
const value = (name) => process.argv[process.argv.indexOf(name) + 1];
const study = value("--study"), out = value("--out");
const behaviour = existsSync(study + "/behaviour.txt") ? readFileSync(study + "/behaviour.txt", "utf8") : "";
appendFileSync(study + "/started.txt", process.pid + " " + value("--cases") + "\\n");
mkdirSync(out, { recursive: true });
for (const id of value("--cases").split(",")) {
  if (behaviour === "fail") { console.error("MODEL_INVALID: The file is no model of Marrow."); process.exit(1); }
  writeFileSync(out + "/" + id + ".nii.gz", id);
  if (behaviour === "die" && id === "sub-01") process.kill(process.pid, "SIGKILL");
  if (behaviour === "hang") await new Promise((resolve) => setTimeout(resolve, 60000));
}
`;

let dir: string;
let desk: Desk;
let jobs: Jobs;
let told: Job[];
beforeEach(async () => {
  dir = await makeStudy(["01", "02"]);
  await writeFile(join(dir, "program.mjs"), program);
  await openJobs();
  return async () => {
    await jobs.stop();
    desk.close();
  };
});

async function openJobs(): Promise<void> {
  desk = await Desk.open(dir);
  told = [];
  jobs = new Jobs(desk, {
    ...{ command: [process.execPath, join(dir, "program.mjs")], everyMs: 50 },
    ...{ now: () => new Date(), onChange: (job: Job) => void told.push(job), log: () => undefined },
  });
  await jobs.start();
}

const segment = () => jobs.add({ kind: "segment", run: "unet", name: "first", fast: false }, "sara");
const behave = (behaviour: string) => writeFile(join(dir, "behaviour.txt"), behaviour);
const started = async () => (await readFile(join(dir, "started.txt"), "utf8")).trim().split("\n");
const masks = () => readdir(join(dir, "derivatives/marrow/segmentations/first")).catch(() => []);

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe("a job", () => {
  it("runs in its own process and leaves its masks in the study", async () => {
    const { id } = segment();
    await jobs.idle();
    expect(jobs.queue.get(id)).toMatchObject({ state: "done", progress: 1, attempts: 1, error: null });
    expect(await masks()).toEqual(["sub-01.nii.gz", "sub-02.nii.gz"]);
    expect(told.map(({ state }) => state)).toEqual(expect.arrayContaining(["waiting", "running", "done"]));
  });

  it("waits for the one before it", async () => {
    const ids = [segment().id, segment().id, segment().id];
    await jobs.idle();
    const ended = ids
      .map((id) => jobs.queue.get(id))
      .sort((a, b) => String(a.started).localeCompare(String(b.started)));
    expect(ended.map(({ id }) => id)).toEqual(ids);
    for (let n = 1; n < 3; n++) expect(String(ended[n].started) >= String(ended[n - 1].ended)).toBe(true);
  });

  it("that fails says why, with the command's own code", async () => {
    await behave("fail");
    const { id } = segment();
    await jobs.idle();
    expect(jobs.queue.get(id)).toMatchObject({ state: "failed", error: { code: "MODEL_INVALID" } });
  });

  it("whose process is killed is given back and does only what is left", async () => {
    await behave("die");
    const { id } = segment();
    await jobs.idle();
    expect(jobs.queue.get(id)).toMatchObject({ state: "done", attempts: 2 });
    const cases = (await started()).map((line) => line.split(" ")[1]);
    expect(cases).toEqual(["sub-01,sub-02", "sub-02"]);
    expect(await masks()).toEqual(["sub-01.nii.gz", "sub-02.nii.gz"]);
  });

  it("is cancelled while it runs, its process ends, and nothing of it is seen", async () => {
    await behave("hang");
    const { id } = segment();
    await until(async () => (await started().catch(() => [])).length === 1);
    expect(jobs.cancel(id).state).toBe("cancelled");
    await jobs.idle();
    expect(jobs.queue.get(id).state).toBe("cancelled");
    expect(await masks()).toEqual([]);
    const [pid] = (await started())[0].split(" ");
    expect(() => process.kill(Number(pid), 0)).toThrow();
    expect(() => jobs.cancel(id)).toThrow(expect.objectContaining({ code: "JOB_ENDED" }) as Error);
  });

  it("goes on after the server was stopped", async () => {
    await behave("hang");
    const { id } = segment();
    await until(async () => (await started().catch(() => [])).length === 1);
    await jobs.stop();
    expect(jobs.queue.get(id).state).toBe("waiting");
    desk.close();
    await behave("");
    await openJobs();
    await jobs.idle();
    expect(jobs.queue.get(id)).toMatchObject({ state: "done", attempts: 2 });
    expect(await masks()).toEqual(["sub-01.nii.gz", "sub-02.nii.gz"]);
  });
});

describe("the queue", () => {
  it("lets an attempt that was given up change nothing", async () => {
    const queue = new SqliteQueue(desk.store, () => new Date());
    await jobs.stop();
    const { id } = queue.add({ kind: "segment", run: "unet", fast: false }, "sara");
    expect(queue.take()?.attempts).toBe(1);
    queue.giveBack(id, 1);
    expect(queue.take()?.attempts).toBe(2);
    expect(queue.finish(id, 1)).toBeUndefined();
    expect(queue.noteProgress(id, 1, 0.5, "late")).toBeUndefined();
    expect(queue.giveBack(id, 1)).toBeUndefined();
    expect(queue.get(id)).toMatchObject({ state: "running", attempts: 2, progress: 0 });
    expect(queue.finish(id, 2)).toMatchObject({ state: "done" });
  });

  it("fails a job whose process was killed too often", () => {
    const queue = new SqliteQueue(desk.store, () => new Date());
    const { id } = queue.add({ kind: "train" }, "sara");
    for (let n = 1; n < maximalAttempts; n++) queue.giveBack(id, queue.take()?.attempts ?? 0);
    expect(queue.giveBack(id, queue.take()?.attempts ?? 0)).toMatchObject({
      state: "failed",
      error: { code: "JOB_LOST" },
    });
    expect(queue.take()).toBeUndefined();
  });
});
