/** Whatever is put in: never NaN, never a crash, and a reason where there is no value. */
import { describe, expect, it } from "vitest";
import { blandAltman } from "../../src/statistics/agreement/bland-altman.js";
import { cohenKappa } from "../../src/statistics/agreement/cohen-kappa.js";
import { detectableChange } from "../../src/statistics/agreement/detectable-change.js";
import { fleissKappa } from "../../src/statistics/agreement/fleiss-kappa.js";
import { icc, iccForms, type IccForm } from "../../src/statistics/agreement/icc.js";
import { partialCorrelation } from "../../src/statistics/correlation/partial.js";
import { pearson } from "../../src/statistics/correlation/pearson.js";
import { spearman } from "../../src/statistics/correlation/spearman.js";
import { median } from "../../src/statistics/descriptive/median.js";
import { describeVariables } from "../../src/statistics/descriptive/summary-table.js";
import { auc, compareAuc } from "../../src/statistics/diagnostic/auc.js";
import { binaryBootstrap, binaryReport, countDecisions } from "../../src/statistics/diagnostic/binary.js";
import { calibration } from "../../src/statistics/diagnostic/calibration.js";
import { logistic } from "../../src/statistics/diagnostic/logistic.js";
import { operatingPoint, rocCurve } from "../../src/statistics/diagnostic/roc.js";
import { analyseReaderStudy } from "../../src/statistics/reader-study/analyse.js";
import { bootstrap } from "../../src/statistics/resampling/bootstrap.js";
import {
  sampleSizeForAuc,
  sampleSizeForIcc,
  sampleSizeForKappa,
} from "../../src/statistics/sample-size/hints.js";
import { chiSquareTest } from "../../src/statistics/tests/chi-square.js";
import { fisherExact } from "../../src/statistics/tests/fisher.js";
import { kruskalWallis } from "../../src/statistics/tests/kruskal-wallis.js";
import { mannWhitney } from "../../src/statistics/tests/mann-whitney.js";
import { mcnemar } from "../../src/statistics/tests/mcnemar.js";
import { shapiroWilk } from "../../src/statistics/tests/shapiro-wilk.js";
import { pairedT, unpairedT } from "../../src/statistics/tests/t-test.js";
import { wilcoxonSignedRank } from "../../src/statistics/tests/wilcoxon.js";

const none = NaN;
/** Two columns of one length each. */
const inputs: Record<string, readonly [readonly number[], readonly number[]]> = {
  "no patients": [[], []],
  "one patient": [[1], [0.7]],
  "two patients": [
    [1, 0],
    [0.2, 0.9],
  ],
  "three patients": [
    [1, 0, 1],
    [3, 1, 2],
  ],
  "all missing": [
    [none, none, none],
    [none, none, none],
  ],
  "one column missing": [
    [1, 0, 1, 0],
    [none, none, none, none],
  ],
  "nearly all missing": [
    [1, none, 0, none],
    [none, 2, 3, none],
  ],
  "both constant": [
    [1, 1, 1, 1],
    [1, 1, 1, 1],
  ],
  "first constant": [
    [1, 1, 1, 1, 1],
    [1, 2, 3, 4, 5],
  ],
  "second constant": [
    [0, 1, 0, 1],
    [0.1, 0.1, 0.1, 0.1],
  ],
  "perfect separation": [
    [0, 0, 0, 1, 1, 1],
    [0.1, 0.2, 0.3, 0.7, 0.8, 0.9],
  ],
  "perfect agreement": [
    [1, 2, 3, 4, 5],
    [1, 2, 3, 4, 5],
  ],
  "constant difference": [
    [1, 2, 3, 4, 5],
    [2, 3, 4, 5, 6],
  ],
  infinities: [
    [1, Infinity, 0, -Infinity, 1],
    [2, 3, Infinity, 4, 5],
  ],
  "huge and tiny": [
    [1e300, -1e300, 1e-300, 0],
    [1e-310, 5, 1e155, -1e155],
  ],
  zeros: [
    [0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0],
  ],
  "one of each": [
    [1, 0],
    [1, 0],
  ],
};

type Analysis = (a: readonly number[], b: readonly number[]) => unknown;
const few = { resamples: 50 };
const words = (values: readonly number[]) =>
  values.map((value) => (Number.isNaN(value) ? "" : String(value)));
const rows = (a: readonly number[], b: readonly number[]) =>
  a.flatMap((truth, n) =>
    ["without", "with"].map((arm) => ({
      reader: "r",
      case: `c${n}`,
      arm,
      truth,
      score: b[n],
      decision: truth,
      dice: b[n],
      seconds: b[n],
      date: arm === "with" ? "nonsense" : "2024-01-01",
    })),
  );
const analyses: Record<string, Analysis> = {
  mannWhitney: (a, b) => [mannWhitney(a, b), mannWhitney(a, b, { exact: false })],
  wilcoxon: (a, b) => [wilcoxonSignedRank(a, b), wilcoxonSignedRank(a, b, { zeros: "pratt", exact: false })],
  unpairedT: (a, b) => [unpairedT(a, b), unpairedT(a, b, { equalVariances: true })],
  pairedT,
  kruskal: (a, b) => [kruskalWallis([a, b]), kruskalWallis([a, b, []]), kruskalWallis([])],
  median: (a, b) => [median(a), median(b)],
  shapiro: (a, b) => [shapiroWilk(a), shapiroWilk(b)],
  pearson,
  spearman,
  partial: (a, b) => [partialCorrelation(a, b, [a]), partialCorrelation(a, b, [a.map((_, n) => n)])],
  mcnemar: (a, b) => (["exact", "corrected", "uncorrected"] as const).map((form) => mcnemar(a, b, { form })),
  kappa: (a, b) => (["none", "linear", "quadratic"] as const).map((weights) => cohenKappa(a, b, { weights })),
  fleiss: (a, b) => [fleissKappa([a, b]), fleissKappa([a, a, b]), fleissKappa([])],
  icc: (a, b) => (Object.keys(iccForms) as IccForm[]).map((form) => icc([a, b], form)),
  iccOfOneReader: (a) => icc([a], "ICC(2,1)"),
  blandAltman: (a, b) => [blandAltman(a, b), blandAltman(a, b, { percent: true })],
  detectableChange: (a, b) => [detectableChange([a, b]), detectableChange([a, b], { kind: "consistency" })],
  auc: (a, b) => [auc(a, b), auc(a, b, { scale: "logit" })],
  compareAuc: (a, b) => [compareAuc(a, b, b), compareAuc(a, b, a)],
  binary: (a, b) => [
    binaryReport(countDecisions(a, b)),
    binaryBootstrap(
      a,
      b,
      a.map((_, n) => n % 2),
      few,
    ),
  ],
  calibration: (a, b) => [calibration(a, b, few), calibration(a, b.map(logistic), few)],
  bootstrap: (a) =>
    bootstrap(
      { name: "sum", units: a.length, statistic: (u) => Array.from(u).reduce((s, n) => s + a[n], 0) },
      few,
    ),
  descriptive: (a, b) => [
    describeVariables([{ name: "b", values: words(b) }], words(a)),
    describeVariables([{ name: "b", values: words(b), kind: "continuous" }], words(a)),
    describeVariables([{ name: "b", values: words(b) }]),
  ],
  readerStudy: (a, b) => analyseReaderStudy(rows(a, b), { ...few, interval: "bootstrap" }),
};

/** Paths of NaN inside a result; infinite ends of intervals and thresholds are legitimate. */
function notNumbers(value: unknown, path = ""): string[] {
  if (typeof value === "number") return Number.isNaN(value) ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => notNumbers(inner, `${path}.${key}`));
}

/** Estimates without a value, and tests without p, that give no reason. */
function unexplained(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  const own = value as { value?: unknown; p?: unknown; low?: unknown; note?: unknown; method?: unknown };
  const isSilent =
    "method" in own && (own.value === null || own.p === null || own.low === null) && own.note === "";
  return [
    ...(isSilent ? [path] : []),
    ...Object.entries(value).flatMap(([key, inner]) => unexplained(inner, `${path}.${key}`)),
  ];
}

describe.each(Object.entries(inputs))("%s", (_, [a, b]) => {
  it.each(Object.entries(analyses))("%s", (__, analyse) => {
    const result = analyse(Object.freeze([...a]), Object.freeze([...b]));
    expect(notNumbers(result)).toEqual([]);
    expect(unexplained(result)).toEqual([]);
  });
});

describe("tables of counts", () => {
  it.each([
    [[]],
    [
      [
        [0, 0],
        [0, 0],
      ],
    ],
    [
      [
        [5, 0],
        [3, 0],
      ],
    ],
    [[[5, 2]]],
    [
      [
        [0, 3],
        [4, 0],
      ],
    ],
    [
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 0],
      ],
    ],
  ])("%j", (table: number[][]) => {
    for (const result of [chiSquareTest(table), fisherExact(table)]) {
      expect(notNumbers(result)).toEqual([]);
      expect(unexplained(result)).toEqual([]);
    }
  });
});

describe("what is said", () => {
  it.each([
    [mannWhitney([], [1]).note, "a group has no values"],
    [mannWhitney([2, 2], [2, 2]).note, "all values are equal"],
    [wilcoxonSignedRank([1, 2], [1, 2]).note, "all differences are zero"],
    [pearson([1, 1, 1], [1, 2, 3]).note, "a variable is constant"],
    [auc([1, 1], [1, 2]).note, "cases of one kind alone"],
    [auc([0, 0, 1, 1], [1, 2, 3, 4]).note, "perfectly separated"],
    [cohenKappa(["a", "a"], ["a", "a"]).note, "one and the same category"],
    [
      icc(
        [
          [1, 1],
          [1, 1],
        ],
        "ICC(2,1)",
      ).note,
      "all ratings are equal",
    ],
    [calibration([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], few).slope.note, "separating"],
    [mannWhitney([1, NaN, 2], [3, 4]).note, "1 missing value left out"],
    [sampleSizeForAuc({ auc: 1.2, halfWidth: 0.05 }).note, "make no sense"],
    [sampleSizeForKappa({ kappa: 0.6, halfWidth: 0 }).note, "make no sense"],
    [sampleSizeForIcc({ icc: 0.8, readers: 1, halfWidth: 0.1 }).note, "make no sense"],
  ])("%s", (note, expected) => expect(note).toContain(expected));

  it("curves without both kinds of cases have no points", () => {
    expect(rocCurve([1, 1], [1, 2])).toEqual([]);
    expect(operatingPoint([], { kind: "youden" })).toBeUndefined();
  });

  it("columns of different lengths are a programmer's mistake", () => {
    expect(() => pearson([1, 2], [1])).toThrow(RangeError);
  });
});
