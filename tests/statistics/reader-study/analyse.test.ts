import { describe, expect, it } from "vitest";
import { analyseReaderStudy } from "../../../src/statistics/reader-study/analyse.js";
import type { Reading } from "../../../src/statistics/reader-study/readings.js";
import { mcnemarCounts } from "../../../src/statistics/tests/mcnemar.js";
import { wilcoxonSignedRank } from "../../../src/statistics/tests/wilcoxon.js";

/** Eight patients with one case each, diseased ones first. */
const dice = {
  model: [0.9, 0.8, 0.85, 0.7, 0.88, 0.91, 0.77, 0.83],
  without: [0.7, 0.75, 0.8, 0.6, 0.82, 0.85, 0.7, 0.79],
  with: [0.85, 0.8, 0.84, 0.72, 0.86, 0.9, 0.75, 0.78],
};
const decisions = { without: [1, 1, 0, 0, 1, 0, 1, 0], with: [1, 1, 1, 1, 1, 0, 0, 0] };
const truth = [1, 1, 1, 1, 0, 0, 0, 0];
const of = (reader: string, arm: "model" | "without" | "with", date?: string): Reading[] =>
  truth.map((label, n) => ({
    reader,
    case: `case${n}`,
    arm,
    truth: label,
    dice: dice[arm][n],
    ...(arm === "model"
      ? { score: dice[arm][n] }
      : { decision: decisions[arm][n], seconds: arm === "with" ? 60 + n : 90 }),
    ...(date === undefined ? {} : { date }),
  }));
const readings = [
  ...of("model", "model"),
  ...of("resident", "without", "2024-01-01"),
  ...of("resident", "with", "2024-01-15"),
  ...of("expert", "without"),
  ...of("expert", "with"),
];
const study = analyseReaderStudy(readings, { resamples: 200 });

describe("analyseReaderStudy", () => {
  it("finds readers, arms and cases, the model apart", () => {
    expect([study.readers, study.arms, study.cases]).toEqual([
      ["resident", "expert"],
      ["without", "with"],
      8,
    ]);
  });

  it("makes Table 3: mean, SD and interval of each reader and arm, compared with the model and with each other", () => {
    const row = study.segmentation.find(({ reader, arm }) => reader === "resident" && arm === "without");
    const mean = dice.without.reduce((sum, v) => sum + v, 0) / 8;
    expect(row?.mean.value).toBeCloseTo(mean, 12);
    expect(row?.sd).toBeCloseTo(Math.sqrt(dice.without.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 7), 12);
    expect(row?.mean.low).toBeLessThan(mean);
    const paired = study.segmentationTests.find(
      ({ name }) => name === "Dice: resident (without) − resident (with)",
    );
    expect(paired?.p).toBe(wilcoxonSignedRank(dice.without, dice.with).p);
    expect(study.segmentationTests.map(({ name }) => name)).toContain("Dice: model (model) − expert (with)");
  });

  it("makes Table 5 and the points of Fig. 5, compared by McNemar's test", () => {
    const row = study.diagnosis.find(({ reader, arm }) => reader === "resident" && arm === "without");
    expect(row?.counts).toMatchObject({ tp: 2, fn: 2, fp: 2, tn: 2 });
    const point = study.operatingPoints.find(({ reader, arm }) => reader === "expert" && arm === "with");
    expect([point?.sensitivity.value, point?.specificity.value]).toEqual([1, 0.75]);
    // Three cases became right and none wrong.
    const accuracy = study.diagnosisTests.find(({ name }) => name.startsWith("Accuracy: resident"));
    expect(accuracy?.p).toBe(mcnemarCounts(0, 3, 8).p);
    expect(study.roc.map(({ reader }) => reader)).toEqual(["model"]);
  });

  it("takes the time per case and tests it", () => {
    expect(study.time.map(({ reader, arm, median }) => [reader, arm, median.value])).toContainEqual([
      "expert",
      "with",
      63.5,
    ]);
    expect(study.timeTests[0].p).toBeCloseTo(2 / 2 ** 8, 12);
  });

  it("checks order and wash-out", () => {
    const [resident, expert] = study.order;
    expect(resident).toMatchObject({ shortestDays: 14, firstArmFirst: 8, dated: 8 });
    expect(resident.concern).toContain("8 cases read again within 28 days");
    expect(resident.concern).toContain("one arm always came first");
    expect(expert.concern).toContain("no dates");
    const balanced = analyseReaderStudy(
      readings.map((reading, n) => ({
        ...reading,
        date: (n % 2 === 0) === (reading.arm === "with") ? "2024-01-01" : "2024-06-01",
      })),
      { resamples: 10 },
    );
    expect(balanced.order.map(({ concern, firstArmFirst }) => [concern, firstArmFirst])).toEqual([
      ["", 4],
      ["", 4],
    ]);
  });

  it("puts all readers together where every reader read every case", () => {
    expect(study.mrmc.map(({ merit }) => merit)).toEqual(["mean Dice", "accuracy"]);
    // Both readers were given the same values: no arm × reader interaction, the difference is that of the means.
    const value = study.mrmc[0].result.differences[0].effect?.value;
    const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / 8;
    expect(value).toBeCloseTo(mean(dice.without) - mean(dice.with), 12);
  });

  it("averages a patient's cases before testing", () => {
    const twoHips = readings.map((reading) => ({
      ...reading,
      patient: `p${Number(reading.case.slice(4)) % 4}`,
    }));
    const halved = analyseReaderStudy(twoHips, { resamples: 10 });
    expect(halved.segmentationTests.every(({ n }) => n[0] === 4)).toBe(true);
    expect(halved.segmentation[0].mean.n).toBe(4);
  });
});
