import { describe, expect, it } from "vitest";
import { auc } from "../../../src/statistics/diagnostic/auc.js";
import { operatingPoint, rocCurve } from "../../../src/statistics/diagnostic/roc.js";

/** Positives 3, 5, 5, 8 and negatives 1, 2, 5, 6. */
const truth = [1, 1, 1, 1, 0, 0, 0, 0];
const score = [3, 5, 5, 8, 1, 2, 5, 6];
const curve = rocCurve(truth, score);

describe("rocCurve", () => {
  it("has a point between every two scores, from nothing positive to all", () => {
    expect(curve.map(({ threshold, tp, fp }) => [threshold, tp, fp])).toEqual([
      [Infinity, 0, 0],
      [7, 1, 0],
      [5.5, 1, 1],
      [4, 3, 2],
      [2.5, 4, 2],
      [1.5, 4, 3],
      [-Infinity, 4, 4],
    ]);
  });

  it("encloses the AUC", () => {
    const area = curve.slice(1).reduce((sum, point, n) => {
      const before = curve[n];
      return sum + ((before.specificity - point.specificity) * (point.sensitivity + before.sensitivity)) / 2;
    }, 0);
    expect(auc(truth, score).value).toBeCloseTo(area, 14);
    expect(area).toBe(11 / 16);
  });

  it("leaves cases without truth or score out", () => {
    expect(rocCurve([...truth, NaN, 1], [...score, 9, NaN])).toEqual(curve);
  });
});

describe("operatingPoint", () => {
  it.each([
    [{ kind: "youden" } as const, 2.5],
    [{ kind: "sensitivity", atLeast: 0.7 } as const, 2.5],
    [{ kind: "sensitivity", atLeast: 0.2 } as const, 7],
    [{ kind: "specificity", atLeast: 0.75 } as const, 7],
    [{ kind: "specificity", atLeast: 0.5 } as const, 2.5],
  ])("%j is above %d", (rule, threshold) => {
    expect(operatingPoint(curve, rule)?.threshold).toBe(threshold);
  });

  it("is none where no point is good enough", () => {
    expect(operatingPoint(curve.slice(0, 2), { kind: "sensitivity", atLeast: 0.9 })).toBeUndefined();
  });
});

describe("auc on the logit scale", () => {
  it("stays within 0 and 1 and holds the value", () => {
    const { value, low, high } = auc(truth, score, { scale: "logit" });
    expect([(low ?? -1) > 0, (high ?? 2) < 1, (low ?? 1) < (value ?? 0), (high ?? 0) > (value ?? 1)]).toEqual(
      [true, true, true, true],
    );
  });
});
