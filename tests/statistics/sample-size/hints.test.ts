import { describe, expect, it } from "vitest";
import {
  sampleSizeForAuc,
  sampleSizeForIcc,
  sampleSizeForKappa,
} from "../../../src/statistics/sample-size/hints.js";

describe("sample sizes, by hand", () => {
  it("AUC 0.8: 50 and 50 cases have Hanley & McNeil's standard error 0.0445", () => {
    // Q1 = 2/3, Q2 = 0.7111: (0.16 + 49 · 0.02667 + 49 · 0.07111) / 2500 = 0.0019805
    const halfWidth = 1.96 * Math.sqrt(0.0019805);
    expect(sampleSizeForAuc({ auc: 0.8, halfWidth }).n).toBe(100);
    expect(sampleSizeForAuc({ auc: 0.8, halfWidth, share: 0.2 }).n).toBeGreaterThan(130);
  });

  it("κ 0.6, half positive, ± 0.1: 1.96² · 0.64 / 0.01", () => {
    expect(sampleSizeForKappa({ kappa: 0.6, halfWidth: 0.1 }).n).toBe(246);
  });

  it("ICC 0.8, two readers, ± 0.1: 8 · 1.96² · 0.36² / 2 / 0.04 + 1 + 4", () => {
    expect(sampleSizeForIcc({ icc: 0.8, readers: 2, halfWidth: 0.1 }).n).toBe(55);
  });
});
