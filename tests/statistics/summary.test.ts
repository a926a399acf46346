import { describe, expect, it } from "vitest";
import { bootstrapInterval } from "../../src/statistics/bootstrap.js";
import { summarise } from "../../src/statistics/summary.js";
import { metricReferences } from "./masks.js";

const { bootstrap, summary } = metricReferences();

describe("summarise", () => {
  it("agrees with scipy and leaves NaN out", () => {
    const result = summarise(summary.values.map((value) => value ?? NaN));
    expect(result).toMatchObject({ n: summary.n, undefined: 1, infinite: 0, minimum: 0.33, maximum: 0.91 });
    expect(result.mean).toBeCloseTo(summary.mean, 14);
    expect(result.sd).toBeCloseTo(summary.sd, 14);
  });

  it("leaves infinite distances out and counts them", () => {
    expect(summarise([2, Infinity, 4])).toMatchObject({ n: 2, mean: 3, infinite: 1, undefined: 0 });
  });

  it("has no spread for one value and nothing for none", () => {
    expect(summarise([0.5])).toMatchObject({ n: 1, mean: 0.5, sd: NaN, low: NaN, high: NaN });
    expect(summarise([NaN])).toMatchObject({ n: 0, mean: NaN, sd: NaN, minimum: NaN, undefined: 1 });
  });
});

describe("bootstrapInterval", () => {
  // 10 000 draws miss the exact 2.5 % and 97.5 % points by at most a few steps between neighbouring means.
  it.each(bootstrap)(
    "comes near the exact distribution of all resamples of $values",
    ({ values, low, high }) => {
      const span = Math.max(...values) - Math.min(...values);
      const interval = bootstrapInterval(Object.freeze(values));
      expect(Math.abs(interval.low - low)).toBeLessThan(0.02 * span);
      expect(Math.abs(interval.high - high)).toBeLessThan(0.02 * span);
    },
  );

  it("is the same for the same seed and another for another", () => {
    const values = bootstrap[0].values;
    expect(bootstrapInterval(values, { seed: 3 })).toEqual(bootstrapInterval(values, { seed: 3 }));
    expect(bootstrapInterval(values, { seed: 3 })).not.toEqual(bootstrapInterval(values, { seed: 4 }));
  });

  it("is narrower at a lower level and a point for equal values", () => {
    const { low, high } = bootstrapInterval(bootstrap[1].values, { level: 0.5 });
    expect(low).toBeGreaterThan(bootstrap[1].low);
    expect(high).toBeLessThan(bootstrap[1].high);
    expect(bootstrapInterval([0.5, 0.5, 0.5])).toEqual({ low: 0.5, high: 0.5 });
  });
});
