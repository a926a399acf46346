import { describe, expect, it } from "vitest";
import { renderTable, type IntervalCell, type MeanCell } from "../../../src/report/table.js";
import { networkTable } from "../../../src/report/study/parts/network-table.js";
import { foldTable } from "../../../src/report/study/parts/networks.js";
import type { RunResult } from "../../../src/report/study/runs.js";
import { bestRun, byPatient } from "../../../src/report/study/scores.js";
import type { Study } from "../../../src/study/types.js";

/** Cases a1, a2 of patient a, and b, c, d. */
const ids = ["a1", "a2", "b", "c", "d"];
const study = {
  cases: ids.map((id) => ({ id, subject: id[0], images: [] })),
} as unknown as Study;

/** A case whose Dice is tp / 10 (true positives of 10 predicted and 10 reference voxels); null: both masks empty. */
const run = (name: string, tps: readonly (number | null)[]): RunResult => ({
  name,
  set: "cross-validation",
  labels: ["lesion"],
  predictions: new Map(),
  cases: tps.map((tp, n) => ({
    id: ids[n],
    fold: String(n % 2),
    counts: [tp === null ? { tp: 0, fp: 0, fn: 0, tn: 9 } : { tp, fp: 10 - tp, fn: 10 - tp, tn: 9 }],
  })),
});

describe("scores by patient", () => {
  it("averages a patient's examinations and leaves empty masks out", () => {
    const values = byPatient(run("x", [2, 4, 8, null, 6]), study, "lesion", "dice");
    expect(values.get("a")).toBeCloseTo(0.3, 12);
    expect(values.get("b")).toBeCloseTo(0.8, 12);
    expect(values.get("c")).toBeNaN();
    expect(values.get("d")).toBeCloseTo(0.6, 12);
  });
});

describe("networkTable", () => {
  const good = run("good", [9, 9, 8, 9, 7]);
  const poor = run("poor", [5, 5, 6, 4, 6]);

  it("compares each network with the best, by patient", () => {
    const table = networkTable([poor, good], "cross-validation", study);
    expect(bestRun([poor, good], "cross-validation", study)).toBe(good);
    const [ofPoor, ofGood] = table.rows;
    expect(ofGood[0]).toBe("good (best)");
    expect(ofGood[1]).toBe(4);
    // Patients a (0.9), b (0.8), c (0.9), d (0.7): mean 0.825, SD 0.0957.
    expect((ofGood[2] as MeanCell).mean).toBeCloseTo(0.825, 10);
    expect((ofGood[2] as MeanCell).sd).toBeCloseTo(0.0957427, 6);
    // Differences −0.4, −0.2, −0.5, −0.1: mean −0.3, SD 0.18257; t(3) 97.5 % = 3.18245.
    const difference = ofPoor[6] as IntervalCell;
    expect(difference.value).toBeCloseTo(-0.3, 10);
    expect(difference.low).toBeCloseTo(-0.3 - (3.182446 * 0.1825742) / 2, 5);
    expect(difference.high).toBeCloseTo(-0.3 + (3.182446 * 0.1825742) / 2, 5);
    // Four pairs all in one direction: exact signed rank p = 2 / 16.
    expect(ofPoor[8]).toEqual({ p: 0.125 });
  });

  it.each([
    ["one patient", [run("x", [5]), run("y", [4])]],
    ["empty masks alone", [run("x", [null, null]), run("y", [null])]],
    ["equal networks", [run("x", [5, 5, 5]), run("y", [5, 5, 5])]],
  ])("has no NaN for %s", (_, runs) => {
    const table = networkTable(runs, "cross-validation", study);
    expect(table.rows).toHaveLength(2);
    expect(renderTable(table, "html") + renderTable(table, "csv")).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe("foldTable", () => {
  it("ends with the mean and SD of the folds' means", () => {
    const table = foldTable(run("x", [9, 7, 9, 7, 9]), study);
    const total = table?.rows.at(-1)?.[3] as MeanCell;
    expect(total.mean).toBeCloseTo(0.8, 10);
    expect(total.sd).toBeCloseTo(0.141421, 5);
  });
});
