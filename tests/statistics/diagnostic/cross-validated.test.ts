import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/base/random.js";
import {
  crossValidatedClassifier,
  fitDecision,
  type ScoredCase,
} from "../../../src/statistics/diagnostic/cross-validated.js";
import { calibrated, fitTemperature } from "../../../src/statistics/diagnostic/temperature.js";

interface Reference {
  readonly truth: number[];
  readonly logit: number[];
  readonly priorLogit: number;
  readonly temperature: number;
  readonly separated: boolean;
}
const references = JSON.parse(
  readFileSync("tests/statistics/fixtures/temperature.json", "utf8"),
) as Reference[];

function scored(count: number, folds: number, sharpness = 1): ScoredCase[] {
  const random = new Random(2, "scored");
  return Array.from({ length: count }, (_, n) => {
    const positive = random.chance(0.5);
    const logit = sharpness * ((positive ? 1 : -1) + random.normal(0, 1.5));
    return { id: `case-${n}`, fold: n % folds, positive, logit, priorLogit: 0 };
  });
}

describe("fitTemperature", () => {
  it.each(references)("agrees with scipy: $temperature", ({ truth, logit, priorLogit, temperature }) => {
    expect(fitTemperature(truth, logit, priorLogit)).toBeCloseTo(temperature, 4);
  });

  it("is 1 for cases of one kind, and highest for logits of the wrong order", () => {
    expect(fitTemperature([1, 1], [0.2, 3], 0)).toBe(1);
    expect(fitTemperature([1, 0], [-1, 1], 0)).toBeCloseTo(100, 3);
  });

  it("stays finite where the classes are separated: one case of each kind are two in three and one in three", () => {
    const temperature = fitTemperature([1, 0], [1, -1], 0);
    expect(calibrated(1, { temperature, priorLogit: 0 })).toBeCloseTo(2 / 3, 6);
    expect(references.filter(({ separated }) => separated)).toHaveLength(3);
  });

  it("grows with the logits it is fitted to", () => {
    const [truth, logit] = [
      [1, 1, 0, 0],
      [2, 3, -1, -2],
    ];
    const tenfold = logit.map((z) => 10 * z);
    expect(fitTemperature(truth, tenfold, 0)).toBeCloseTo(10 * fitTemperature(truth, logit, 0), 4);
  });
});

describe("calibrated", () => {
  it("is the logistic function of logit / temperature + prior", () => {
    expect(calibrated(2, { temperature: 2, priorLogit: -1 })).toBe(0.5);
  });
});

describe("fitDecision", () => {
  it("does without a point where the cases are of one class", () => {
    const cases = scored(10, 1).filter(({ positive }) => positive);
    expect(fitDecision(cases, { kind: "youden" }, 0)).toEqual({
      temperature: 1,
      priorLogit: 0,
      threshold: 0.5,
    });
  });
});

describe("crossValidatedClassifier", () => {
  const rule = { kind: "youden" } as const;

  it("decides each case by temperature and threshold of the other folds", () => {
    const cases = scored(60, 3);
    const { cases: decided, isCrossFitted } = crossValidatedClassifier(cases, rule);
    expect(isCrossFitted).toBe(true);
    for (const fold of [0, 1, 2]) {
      const others = fitDecision(
        cases.filter((one) => one.fold !== fold),
        rule,
        0,
      );
      const own = decided.filter((one) => one.fold === fold);
      expect(own.map(({ threshold }) => threshold)).toEqual(own.map(() => others.threshold));
      expect(own[0].probability).toBe(calibrated(own[0].logit, others));
    }
  });

  it("lets no case's own truth act on its probability and decision", () => {
    const cases = scored(60, 3);
    const turned = cases.map((one) => (one.fold === 1 ? { ...one, positive: !one.positive } : one));
    const own = (list: ScoredCase[]) =>
      crossValidatedClassifier(list, rule)
        .cases.filter(({ fold }) => fold === 1)
        .map(({ probability, decision }) => [probability, decision]);
    expect(own(turned)).toEqual(own(cases));
  });

  it("leaves a fold that separates its cases room for doubt about the others", () => {
    const sure = scored(40, 2).map((one) =>
      one.fold === 0 ? { ...one, logit: one.positive ? 3 : -3 } : one,
    );
    const { cases } = crossValidatedClassifier(sure, rule);
    const wrong = cases.filter(({ fold, positive, logit }) => fold === 1 && positive !== logit > 0);
    expect(wrong.length).toBeGreaterThan(0);
    for (const { probability } of wrong) {
      expect(probability).toBeGreaterThan(0.01);
      expect(probability).toBeLessThan(0.99);
    }
  });

  it("calibrates a network that is four times too sure", () => {
    const { calibration } = crossValidatedClassifier(scored(600, 3, 4), rule);
    expect(calibration.slope.low).toBeLessThan(1);
    expect(calibration.slope.high).toBeGreaterThan(1);
    expect(calibration.ece.value).toBeLessThan(0.1);
  });

  it("says that one fold is not cross-fitted, and that one class has no AUC", () => {
    const one = crossValidatedClassifier(scored(30, 1), rule);
    expect(one.isCrossFitted).toBe(false);
    const positive = crossValidatedClassifier(
      scored(30, 2).filter((c) => c.positive),
      rule,
    );
    expect(positive.auc.value).toBeNull();
  });
});
