import { describe, expect, it } from "vitest";
import { compareReaders } from "../../src/statistics/agreement.js";
import { evaluate } from "../../src/statistics/evaluation.js";
import { maskOf } from "./masks.js";

const labels = [
  { value: 1, name: "anterior" },
  { value: 2, name: "posterior" },
];
const mask = (digits: string) => maskOf(digits, [4, 1, 1]);
const cases = [
  { id: "a", fold: 0, prediction: mask("1122"), reference: mask("1122") },
  { id: "b", fold: 1, prediction: mask("1000"), reference: mask("1100") },
  { id: "c", fold: 1, prediction: mask("0020"), reference: mask("1020") },
];

describe("evaluate", () => {
  const { summaries, cases: scored, metrics } = evaluate(cases, labels);
  const find = (group: string, label: string) =>
    summaries.find((row) => row.group === group && row.label === label && row.metric === "dice")?.summary;

  it("summarises each label over all cases and over each fold", () => {
    expect(find("all", "anterior")?.mean).toBeCloseTo((1 + 2 / 3 + 0) / 3, 14);
    expect(find("1", "anterior")?.mean).toBeCloseTo((2 / 3 + 0) / 2, 14);
    expect(find("0", "anterior")).toMatchObject({ n: 1, mean: 1, sd: NaN });
    expect(find("all", "posterior")).toMatchObject({ n: 2, mean: 1, undefined: 1 });
  });

  it("averages labels within a case first, without those in neither mask", () => {
    expect(scored.map(({ mean }) => mean.dice)).toEqual([1, 2 / 3, 0.5]);
    expect(find("all", "mean")?.mean).toBeCloseTo((1 + 2 / 3 + 0.5) / 3, 14);
  });

  it("computes only what was asked for", () => {
    expect(metrics).toEqual(["dice", "iou", "precision", "recall", "volumeSimilarity"]);
    const all = evaluate(cases, labels, { surface: true, slices: true });
    expect(all.metrics).toEqual([
      ...metrics,
      "hausdorff95",
      "averageSurfaceDistance",
      "surfaceDice",
      "sliceDice",
    ]);
  });

  it("pools the slices of all cases for the 2-D Dice", () => {
    const thick = (digits: string) => maskOf(digits, [2, 1, 3], [1, 1, 4]);
    const pair = [
      { id: "a", prediction: thick("110000"), reference: thick("110000") },
      { id: "b", prediction: thick("100000"), reference: thick("111111") },
    ];
    const evaluation = evaluate(pair, labels.slice(0, 1), { slices: true });
    const pooled = evaluation.summaries.find(({ metric }) => metric === "sliceDice")?.summary;
    expect(pooled).toMatchObject({ n: 4, undefined: 2 });
    expect(pooled?.mean).toBeCloseTo((1 + 2 / 3 + 0 + 0) / 4, 14);
    // Two patients, drawn whole: means can be 1 (a alone), 2/9 (b alone) or 5/12 (both), never one slice's 0.
    expect([pooled?.low, pooled?.high]).toEqual([expect.closeTo(2 / 9, 12), 1]);
  });

  it("resamples the examinations of a patient together", () => {
    const once = cases.map((one, n) => ({ ...one, id: `sub-${n}_ses-1` }));
    const interval = (of: typeof once) => {
      const found = evaluate(of, labels).summaries.find(({ label }) => label === "mean")?.summary;
      return [found?.mean, found?.low, found?.high];
    };
    const all = once.map((one) => ({
      ...one,
      id: one.id.replace(/^sub-\d/, "sub-9").replace("-1", `-${one.id}`),
    }));
    // Twice the same examinations tell no more about patients than once.
    expect(
      interval([...once, ...once.map((one) => ({ ...one, id: one.id.replace("ses-1", "ses-2") }))]),
    ).toEqual(interval(once).map((value) => expect.closeTo(value ?? NaN, 12) as number));
    expect(interval(all).slice(1)).toEqual([NaN, NaN]);
  });

  it("is empty for no cases", () => {
    expect(evaluate([], labels)).toEqual({ labels, metrics: [], cases: [], summaries: [] });
  });
});

describe("compareReaders", () => {
  it("compares every pair once, in the readers' order", () => {
    const readings = [
      { reader: "R1", mask: mask("1100") },
      { reader: "R2", mask: mask("0110") },
      { reader: "R3", mask: mask("0000") },
    ];
    const rows = compareReaders("x", readings, [1]);
    expect(rows.map(({ first, second, dice }) => [first, second, dice])).toEqual([
      ["R1", "R2", 0.5],
      ["R1", "R3", 0],
      ["R2", "R3", 0],
    ]);
    expect(rows[1]).toMatchObject({
      case: "x",
      label: 1,
      volumeSimilarity: 0,
      firstVoxels: 2,
      secondVoxels: 0,
    });
  });
});
