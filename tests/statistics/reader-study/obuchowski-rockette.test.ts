import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rank } from "../../../src/statistics/tests/ranks.js";
import { mrmcBootstrap } from "../../../src/statistics/reader-study/mrmc-bootstrap.js";
import {
  aucJackknife,
  aucMerit,
  meanMerit,
  type CrossedReadings,
} from "../../../src/statistics/reader-study/mrmc-data.js";
import {
  obuchowskiRockette,
  type MrmcOptions,
} from "../../../src/statistics/reader-study/obuchowski-rockette.js";

interface Analysis {
  readonly p: number;
  readonly low: number;
  readonly high: number;
  readonly means: readonly (readonly number[])[];
}
interface Published {
  readonly truth: string;
  readonly scores: readonly (readonly string[])[];
  readonly auc: readonly (readonly number[])[];
  readonly meanSquares: Record<"arm" | "reader" | "interaction", number>;
  readonly components: Record<"variance" | "cov1" | "cov2" | "cov3", number>;
  readonly randomReadersRandomCases: Analysis & { f: number; df: number };
  readonly fixedReadersRandomCases: Analysis & { chiSquare: number };
  readonly randomReadersFixedCases: Analysis & { f: number; df: number };
}
const url = new URL("../fixtures/van-dyke.json", import.meta.url);
const published = JSON.parse(readFileSync(url, "utf8")) as Published;
const truth = [...published.truth].map(Number);
const readings: CrossedReadings = {
  arms: ["spin echo", "cine"],
  readers: ["1", "2", "3", "4", "5"],
  scores: published.scores.map((arm) => arm.map((reader) => [...reader].map(Number))),
};
const input = aucJackknife(readings, truth);

/** Equal to the last digit printed. */
const printed = (value: number | null | undefined, expected: number, digits: number) =>
  expect(Math.abs((value ?? NaN) - expected), `${value} against ${expected}`).toBeLessThanOrEqual(
    0.5001 * 10 ** -digits,
  );

function compare(options: MrmcOptions, expected: Analysis) {
  const result = obuchowskiRockette(input, options);
  printed(result.overall.p, expected.p, 4);
  printed(result.differences[0].p, expected.p, 4);
  printed(result.differences[0].effect?.low, expected.low, 5);
  printed(result.differences[0].effect?.high, expected.high, 5);
  expected.means.forEach(([value, low, high], i) => {
    printed(result.means[i].value, value, 8);
    printed(result.means[i].low, low, 8);
    printed(result.means[i].high, high, 8);
  });
  return result;
}

describe("Obuchowski–Rockette analysis of Van Dyke's study, against the University of Iowa's program", () => {
  it("has its AUCs, mean squares and covariances", () => {
    const { components } = obuchowskiRockette(input);
    published.auc.forEach((row, i) => row.forEach((value, j) => printed(input.merit[i][j], value, 8)));
    printed(components.armSquare, published.meanSquares.arm, 8);
    printed(components.readerSquare, published.meanSquares.reader, 8);
    printed(components.interactionSquare, published.meanSquares.interaction, 8);
    for (const name of ["variance", "cov1", "cov2", "cov3"] as const)
      printed(components[name], published.components[name], 8);
  });

  it("has its result for random readers and random cases", () => {
    const expected = published.randomReadersRandomCases;
    const { overall } = compare({}, expected);
    printed(overall.statistic, expected.f, 2);
    printed(overall.df[1], expected.df, 2);
  });

  it("has its result for fixed readers", () => {
    const { overall } = compare({ readers: "fixed" }, published.fixedReadersRandomCases);
    printed(overall.statistic, published.fixedReadersRandomCases.chiSquare, 5);
  });

  it("has its result for fixed cases", () => {
    const { overall } = compare({ cases: "fixed" }, published.randomReadersFixedCases);
    printed(overall.statistic, published.randomReadersFixedCases.f, 2);
  });

  it("comes close with DeLong's covariances, and with a bootstrap of the same readers", () => {
    const [jackknife, delong] = [input, aucMerit(readings, truth)].map((data) => obuchowskiRockette(data));
    expect(Math.abs((delong.overall.p ?? 1) - (jackknife.overall.p ?? 0))).toBeLessThan(0.003);
    const auc = (scores: readonly number[], cases: readonly number[]) => {
      const positive = cases.filter((k) => truth[k] === 1).length;
      const { ranks } = rank(scores);
      const sum = cases.reduce((total, k, n) => (truth[k] === 1 ? total + ranks[n] : total), 0);
      return (sum - (positive * (positive + 1)) / 2) / (positive * (cases.length - positive));
    };
    const options = { readers: "fixed", strata: truth, resamples: 400 } as const;
    const bootstrap = mrmcBootstrap(readings, auc, options);
    expect(bootstrap).toEqual(mrmcBootstrap(readings, auc, options));
    printed(bootstrap.value, -0.0438, 5);
    expect(Math.abs((bootstrap.low ?? 0) - published.fixedReadersRandomCases.low)).toBeLessThan(0.01);
    expect(Math.abs((bootstrap.high ?? 1) - published.fixedReadersRandomCases.high)).toBeLessThan(0.01);
    const both = mrmcBootstrap(readings, auc, { strata: truth, resamples: 400 });
    expect((both.high ?? 0) - (both.low ?? 0)).toBeGreaterThan((bootstrap.high ?? 0) - (bootstrap.low ?? 0));
  });

  it("says why there is nothing to test", () => {
    const one = { arms: ["a", "b"], readers: ["r"], scores: [[[1, 2, 3]], [[2, 2, 4]]] };
    const single = obuchowskiRockette(meanMerit(one)).overall;
    expect([single.p, single.note]).toEqual([null, "not estimable: fewer than two readers"]);
    expect(obuchowskiRockette(meanMerit(one), { readers: "fixed" }).overall.p).toBeGreaterThan(0);
    const equal = {
      arms: ["a", "b"],
      readers: ["r", "s"],
      scores: [1, 2].map(() => [1, 2].map(() => [1, 1, 1])),
    };
    expect(obuchowskiRockette(meanMerit(equal)).overall).toMatchObject({ p: null, statistic: null });
    const alone = obuchowskiRockette(meanMerit({ ...one, arms: ["a"], scores: [one.scores[0]] })).overall;
    expect(alone.note).toContain("fewer than two arms");
  });
});
