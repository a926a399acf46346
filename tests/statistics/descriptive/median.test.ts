import { describe, expect, it } from "vitest";
import { median } from "../../../src/statistics/descriptive/median.js";

const upTo = (n: number) => Array.from({ length: n }, (_, k) => k + 1);

/** Ranks of the ends of the 95 % interval, from published tables (e.g. Conover, Practical Nonparametric Statistics). */
describe("median", () => {
  it.each([
    [6, 3.5, 1, 6],
    [10, 5.5, 2, 9],
    [15, 8, 4, 12],
    [20, 10.5, 6, 15],
    [50, 25.5, 18, 33],
  ])("of 1 to %i", (n, value, low, high) => {
    expect(median(upTo(n).reverse())).toMatchObject({ value, low, high, n });
  });

  it("has no interval for five values, and says so", () => {
    expect(median(upTo(5))).toMatchObject({
      value: 3,
      low: null,
      note: "no interval: too few values for 95 %",
    });
    expect(median([NaN])).toMatchObject({ value: null, note: "not estimable: there are no values" });
  });
});
