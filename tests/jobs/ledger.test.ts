import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Ledger, maximalLosses } from "../../src/jobs/ledger.js";
import type { Task } from "../../src/jobs/queue.js";
import type { JobRequest } from "../../src/reading/contract/index.js";
import { Store } from "../../src/reading/database.js";
import { folder } from "../study/make-study.js";

const segment: JobRequest = { kind: "segment", run: "unet", fast: false };
const fold = (number: number): JobRequest => ({ kind: "train", network: "unet", folds: [number] });

let store: Store;
let ledger: Ledger;
beforeEach(async () => {
  store = Store.open(join(await folder(), "reading.sqlite"));
  ledger = new Ledger(store, () => new Date(0));
});
afterEach(() => store.close());

const open = (): Task[] => ledger.openTasks().map(({ task }) => task);
const whole = () => ledger.add(segment, "sara", [{ part: "whole", request: segment }]);
const divided = () =>
  ledger.add({ kind: "train", network: "unet" }, "sara", [
    { part: "fold", request: fold(0) },
    { part: "fold", request: fold(1) },
    { part: "assembly", request: { kind: "train", network: "unet" } },
  ]);
const begin = (task: Task) => ledger.began(task, 1);

describe("a task", () => {
  it("that was given up can change nothing any more", () => {
    const { id } = whole();
    const [first] = open();
    begin(first);
    expect(ledger.settle(first, { kind: "stopped" }).offer).toEqual([{ ...first, turn: 2 }]);
    begin({ ...first, turn: 2 });
    expect(begin(first)).toBeUndefined();
    expect(ledger.advanced(first, { share: 0.5, doing: "late" })).toBeUndefined();
    expect(ledger.settle(first, { kind: "done" })).toEqual({ offer: [], withdraw: [] });
    expect(ledger.get(id)).toMatchObject({ state: "running", progress: 0, attempts: 2 });
    expect(ledger.settle({ ...first, turn: 2 }, { kind: "done" }).concluded).toEqual({ fault: undefined });
    expect(ledger.finish(id, undefined)).toMatchObject({ state: "done", progress: 1 });
  });

  const lose = (progressed: boolean) => {
    const [task] = open();
    begin(task);
    return ledger.settle(task, { kind: "lost", progressed });
  };

  it("is given up when it was killed too often without getting further", () => {
    whole();
    for (let n = 1; n < maximalLosses; n++) expect(lose(false).concluded).toBeUndefined();
    expect(lose(false).concluded).toMatchObject({ fault: { code: "JOB_LOST" } });
    expect(open()).toEqual([]);
  });

  it("is not given up while it gets further, or where its worker was only asked to stop", () => {
    whole();
    for (let n = 0; n < 3 * maximalLosses; n++) expect(lose(true).concluded).toBeUndefined();
    for (let n = 0; n < 3 * maximalLosses; n++) {
      const [task] = open();
      begin(task);
      expect(ledger.settle(task, { kind: "stopped" }).offer).toHaveLength(1);
    }
  });
});

describe("a training in folds", () => {
  it("puts the folds together when all are done, whatever their order", () => {
    const { id } = divided();
    const [first, second, ...others] = open();
    expect(others).toEqual([]);
    for (const task of [first, second]) begin(task);
    ledger.advanced(first, { share: 0.4, doing: "fold 0, 40 %" });
    expect(ledger.settle(second, { kind: "done" })).toEqual({ offer: [], withdraw: [] });
    const { progress, doing } = ledger.get(id);
    expect(progress).toBeCloseTo(1.4 / 2.05, 9);
    expect(doing).toBe("1 of 2 folds trained; fold 0, 40 %");
    const { offer } = ledger.settle(first, { kind: "done" });
    expect(offer.map(({ part }) => part)).toEqual(["assembly"]);
    expect(ledger.settle(offer[0], { kind: "done" }).concluded).toEqual({ fault: undefined });
  });

  it("fails as a whole with its first fold, and takes the others back", () => {
    divided();
    const [first, second] = open();
    for (const task of [first, second]) begin(task);
    const fault = { code: "TRAINING_DIVERGED", message: "loss NaN" };
    const sequel = ledger.settle(first, { kind: "failed", fault });
    expect(sequel).toEqual({ offer: [], withdraw: [second], concluded: { fault } });
    expect(ledger.settle(second, { kind: "done" })).toEqual({ offer: [], withdraw: [] });
  });

  it("is taken back as a whole when it is cancelled", () => {
    const { id } = divided();
    begin(open()[0]);
    const { job, withdraw } = ledger.cancel(id);
    expect([job.state, withdraw.length]).toEqual(["cancelled", 2]);
    expect(open()).toEqual([]);
    expect(ledger.settle(withdraw[0], { kind: "done" })).toEqual({ offer: [], withdraw: [] });
  });
});

describe("a job of which all tasks have ended", () => {
  it("can no longer be cancelled, and is concluded by the next server", () => {
    const { id } = whole();
    const fault = { code: "JOB_FAILED", message: "no" };
    ledger.settle(open()[0], { kind: "failed", fault });
    expect(() => ledger.cancel(id)).toThrow(expect.objectContaining({ code: "JOB_ENDED" }) as Error);
    expect(ledger.unconcluded()).toMatchObject([{ job: { id }, fault }]);
    expect(ledger.finish(id, fault)).toMatchObject({ state: "failed", error: fault });
    expect(ledger.unconcluded()).toEqual([]);
  });
});

describe("jobs of a database from before tasks", () => {
  it("are found, to be divided", () => {
    store.run(
      `INSERT INTO jobs (id, number, request, state, progress, doing, attempts, made_by, created)
       VALUES ('old', 1, ?, 'running', 0.3, '', 1, 'sara', '2026-01-01T00:00:00.000Z')`,
      JSON.stringify(segment),
    );
    expect(ledger.undivided().map(({ id }) => id)).toEqual(["old"]);
    ledger.divide("old", [{ part: "whole", request: segment }]);
    expect(ledger.undivided()).toEqual([]);
    expect(open()).toMatchObject([{ job: "old", turn: 1 }]);
  });
});
