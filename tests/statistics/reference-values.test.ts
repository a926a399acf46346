import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { blandAltman } from "../../src/statistics/agreement/bland-altman.js";
import { cohenKappaTable } from "../../src/statistics/agreement/cohen-kappa.js";
import { detectableChange } from "../../src/statistics/agreement/detectable-change.js";
import { fleissKappa, fleissKappaCounts } from "../../src/statistics/agreement/fleiss-kappa.js";
import { partialCorrelation } from "../../src/statistics/correlation/partial.js";
import { pearson } from "../../src/statistics/correlation/pearson.js";
import { auc } from "../../src/statistics/diagnostic/auc.js";
import { calibration } from "../../src/statistics/diagnostic/calibration.js";
import { clopperPearson, wilson } from "../../src/statistics/diagnostic/proportion.js";
import { bootstrap } from "../../src/statistics/resampling/bootstrap.js";
import type { Estimate } from "../../src/statistics/result.js";
import { sampleSizeForPairedDifference } from "../../src/statistics/sample-size/hints.js";
import { adjustP, type Adjustment } from "../../src/statistics/tests/adjust.js";
import { chiSquareTest } from "../../src/statistics/tests/chi-square.js";
import { fisherExact } from "../../src/statistics/tests/fisher.js";
import { mannWhitney } from "../../src/statistics/tests/mann-whitney.js";
import { shapiroWilk } from "../../src/statistics/tests/shapiro-wilk.js";
import { pairedT, unpairedT } from "../../src/statistics/tests/t-test.js";
import { wilcoxonSignedRank } from "../../src/statistics/tests/wilcoxon.js";

type Table = number[][];
interface Fixture {
  readonly shapiro: [number[], number, number][];
  readonly fisher: [Table, p: number, odds: number | null, low: number, high: number | null][];
  readonly fisherLarge: [Table, number][];
  readonly chiSquare: [Table, number, number, number, number, number][];
  readonly hodgesLehmann: { x: number[]; y: number[]; shift: number[] };
  readonly pseudomedian: { d: number[]; value: number[] };
  readonly paired: { x: number[]; y: number[]; t: number; p: number; interval: number[] };
  readonly welchInterval: number[];
  readonly adjust: Record<Adjustment | "p", number[]>;
  readonly proportion: number[][];
  readonly kappa: [Table, "none" | "linear" | "quadratic", number, number, number, number][];
  readonly fleiss: { counts: Table; kappa: number; jackknifeError: number };
  readonly calibration: Record<"truth" | "score" | "probability" | "slope" | "intercept", number[]> &
    Record<"auc" | "brier" | "ece", number>;
  readonly partial: { columns: number[][]; pearson: number[]; spearman: number[] };
  readonly pearson: number[];
  readonly bootstrapValues: number[];
  readonly bootstrappercentile: number[];
  readonly bootstrapBCa: number[];
  readonly bootstrapbasic: number[];
  readonly power: [number, number, number][];
}
const url = new URL("fixtures/reference-values.json", import.meta.url);
const fixture = JSON.parse(readFileSync(url, "utf8")) as Fixture;

type Value = number | null | undefined;
function near(got: readonly Value[], expected: readonly Value[], tolerance = 1e-10) {
  expect(got).toHaveLength(expected.length);
  got.forEach((value, n) => {
    const wanted = expected[n] ?? NaN;
    if (expected[n] === null) return;
    const error = Math.abs((value ?? NaN) - wanted) / Math.max(1e-3, Math.abs(wanted));
    expect(error, `${value} against ${wanted}`).toBeLessThan(tolerance);
  });
}
const all = (estimate: Estimate | null) => [estimate?.value, estimate?.low, estimate?.high];
const bounds = (estimate: Estimate | null) => [estimate?.low, estimate?.high];

describe("hypothesis tests against SciPy and statsmodels", () => {
  // Royston's constants have seven digits; SciPy takes normal quantiles of about eight digits.
  it.each(fixture.shapiro.map((row) => [row[0].length, row] as const))(
    "Shapiro–Wilk of %i values",
    (_, [x, w, p]) => {
      const test = shapiroWilk(x);
      near([test.statistic, test.p], [w, p], 1e-7);
    },
  );

  it("Fisher's test and the conditional odds ratio", () => {
    for (const [table, p, odds, low, high] of fixture.fisher) {
      const test = fisherExact(table);
      near([test.p], [p]);
      if (odds !== null && high !== null) near(all(test.effect), [odds, low, high], 1e-7);
    }
    for (const [table, p] of fixture.fisherLarge) near([fisherExact(table).p], [p]);
  });

  it("Fisher's test of a table too large to enumerate, from random tables", () => {
    const large = [
      [20, 15, 10, 8, 12],
      [18, 22, 14, 9, 11],
      [12, 13, 16, 15, 10],
      [9, 12, 14, 16, 18],
    ];
    const test = fisherExact(large);
    expect(test.note).toMatch(/10000 random tables/);
    // With counts like these the chi-square approximation is good.
    expect(Math.abs((test.p ?? 0) - (chiSquareTest(large).p ?? 1))).toBeLessThan(0.02);
    expect(test.p).toBe(fisherExact(large).p);
  });

  it("chi-square and Cramér's V", () => {
    for (const [table, x, p, xYates, pYates, v] of fixture.chiSquare) {
      const plain = chiSquareTest(table, { correction: false });
      const corrected = chiSquareTest(table);
      near(
        [plain.statistic, plain.p, corrected.statistic, corrected.p, plain.effect?.value],
        [x, p, xYates, pYates, v],
      );
      expect(plain.effect?.low).toBeLessThan(v);
      expect(plain.effect?.high).toBeGreaterThan(v);
    }
  });

  it("Hodges–Lehmann estimates, whose intervals invert the exact tests", () => {
    const { hodgesLehmann: hl, pseudomedian: pm } = fixture;
    near(all(mannWhitney(hl.x, hl.y).effect), hl.shift);
    near(
      all(
        wilcoxonSignedRank(
          pm.d,
          pm.d.map(() => 0),
        ).effect,
      ),
      pm.value,
    );
  });

  it("t tests and their intervals", () => {
    const { paired, hodgesLehmann: hl, welchInterval } = fixture;
    const test = pairedT(paired.x, paired.y);
    near([test.statistic, test.p, ...bounds(test.effect)], [paired.t, paired.p, ...paired.interval]);
    near(bounds(unpairedT(hl.x, hl.y).effect), welchInterval);
  });

  it.each(["bonferroni", "holm", "hochberg", "benjamini-hochberg", "benjamini-yekutieli"] as const)(
    "%s",
    (method) => {
      near(adjustP(fixture.adjust.p, method), fixture.adjust[method]);
      expect(adjustP([null, 0.02, null], method)).toEqual([null, 0.02, null]);
    },
  );
});

describe("agreement", () => {
  it("Cohen's κ, interval and z, weighted too", () => {
    for (const [table, weights, kappa, low, high, z] of fixture.kappa) {
      const test = cohenKappaTable(table, { weights });
      near([...all(test.effect), test.statistic], [kappa, low, high, z]);
    }
  });

  it("Fleiss' κ of the published example, its error near the jackknife's", () => {
    const { effect } = fleissKappaCounts(fixture.fleiss.counts);
    near([effect?.value], [fixture.fleiss.kappa]);
    const error = ((effect?.high ?? NaN) - (effect?.low ?? NaN)) / 2 / 1.959964;
    expect(Math.abs(error / fixture.fleiss.jackknifeError - 1)).toBeLessThan(0.15);
    const lists = [
      ["a", "b", "a", "b"],
      ["a", "b", "b", "b"],
      ["a", "b", "a", ""],
    ];
    expect(fleissKappa(lists)).toMatchObject({ n: [3], note: "1 incomplete case left out" });
  });

  it("Bland–Altman and the smallest detectable change, by hand", () => {
    const [a, b] = [
      [10, 12, 15, 20],
      [9, 12, 13, 21],
    ];
    const { bias, lower, upper, sd } = blandAltman(a, b);
    // Differences 1, 0, 2, −1: mean 0.5, SD √(5/3); t(3) = 3.182446305284263.
    const s = Math.sqrt(5 / 3);
    near([bias.value, sd, lower.value, upper.value], [0.5, s, 0.5 - 1.96 * s, 0.5 + 1.96 * s]);
    near(bounds(bias), [0.5 - (3.182446305284263 * s) / 2, 0.5 + (3.182446305284263 * s) / 2]);
    const error = s * Math.sqrt(1 / 4 + 1.96 ** 2 / 6);
    near(
      bounds(upper),
      [-1, 1].map((sign) => 0.5 + 1.96 * s + sign * 3.182446305284263 * error),
    );
    const { smallestDetectableChange: change } = detectableChange([a, b], { kind: "consistency" });
    near([change.value], [1.96 * s]);
    // χ²(3) points 0.2157952826 and 9.3484036045.
    near(
      bounds(change),
      [1.96 * s * Math.sqrt(3 / 9.348403604496148), 1.96 * s * Math.sqrt(3 / 0.21579528262389785)],
      1e-9,
    );
    near(
      [detectableChange([a, b], { kind: "consistency", averaged: 2 }).smallestDetectableChange.value],
      [(1.96 * s) / Math.SQRT2],
    );
    // Agreement counts the bias too: mean square within cases 6 / 8.
    near([detectableChange([a, b]).measurementError.value], [Math.sqrt(6 / 8)]);
  });
});

describe("correlation, proportions, calibration, resampling", () => {
  it("Pearson and partial correlation", () => {
    const { columns, pearson: p, spearman } = fixture.partial;
    const [x, y, ...covariates] = columns;
    const test = pearson(x, y);
    near([test.effect?.value, test.p, ...bounds(test.effect)], fixture.pearson);
    const partial = partialCorrelation(x, y, covariates);
    near([partial.effect?.value, partial.p], p);
    const ranked = partialCorrelation(x, y, covariates, { kind: "spearman" });
    near([ranked.effect?.value, ranked.p], spearman);
  });

  it("Clopper–Pearson and Wilson intervals", () => {
    for (const [k, n, ...expected] of fixture.proportion)
      near([...clopperPearson(k, n, 0.95), ...wilson(k, n, 0.95)], expected, 1e-9);
  });

  it("AUC, Brier score, ECE, calibration slope and intercept", () => {
    const { truth, score, probability, ...expected } = fixture.calibration;
    near([auc(truth, score).value], [expected.auc]);
    const result = calibration(truth, probability, { resamples: 200 });
    near([result.brier.value, result.ece.value], [expected.brier, expected.ece]);
    near(all(result.slope), expected.slope, 1e-7);
    near(all(result.intercept), expected.intercept, 1e-7);
    expect(result.bins.reduce((sum, bin) => sum + bin.observed.n, 0)).toBe(truth.length);
    expect(result.brier.low).toBeLessThan(expected.brier);
  });

  it.each(["percentile", "bca", "basic"] as const)(
    "bootstrap %s interval, within Monte-Carlo error",
    (method) => {
      const values = fixture.bootstrapValues;
      const key = `bootstrap${method === "bca" ? "BCa" : method}` as "bootstrapBCa";
      const statistic = (units: ArrayLike<number>) =>
        Array.from(units).reduce((sum, n) => sum + values[n], 0) / units.length;
      const result = bootstrap({ name: "mean", units: values.length, statistic }, { method });
      near(bounds(result), fixture[key], 0.03);
      expect(result).toEqual(bootstrap({ name: "mean", units: values.length, statistic }, { method }));
    },
  );

  it("sample size of the paired t test", () => {
    for (const [difference, power, n] of fixture.power)
      expect(sampleSizeForPairedDifference({ difference, sd: 1, power }).n).toBe(Math.ceil(n));
  });
});
