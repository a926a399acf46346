import { describe, expect, it } from "vitest";
import { describeVariables, kindOf } from "../../../src/statistics/descriptive/summary-table.js";
import { fisherExact } from "../../../src/statistics/tests/fisher.js";
import { mannWhitney } from "../../../src/statistics/tests/mann-whitney.js";
import { unpairedT } from "../../../src/statistics/tests/t-test.js";

const texts = (values: readonly number[]) =>
  values.map((value) => (Number.isNaN(value) ? "" : String(value)));
/** Normal scores look normal; their exponentials do not. */
const even = [-1.5, -1, -0.7, -0.4, -0.1, 0.1, 0.4, 0.7, 1, 1.5];
const age = [...even.map((z) => 30 + 5 * z), ...even.map((z) => 34 + 5 * z)];
const crp = age.map((value) => Math.round(1000 * Math.exp((value - 30) / 4)) / 1000);
const group = age.map((_, n) => (n < 10 ? "axSpA" : "other"));

describe("describeVariables", () => {
  it("shows mean and SD and Welch's test where both groups look normal, else quartiles and Mann–Whitney", () => {
    const { rows, groups, sizes, n } = describeVariables(
      [
        { name: "age", values: texts(age) },
        { name: "crp", values: texts(crp) },
      ],
      group,
    );
    expect([groups, sizes, n]).toEqual([["axSpA", "other"], [10, 10], 20]);
    const [first, second] = rows;
    expect(first).toMatchObject({
      kind: "continuous",
      isNormal: true,
      groups: [{ n: 10, missing: 0 }, { n: 10 }],
    });
    expect(first.test?.p).toBe(unpairedT(age.slice(0, 10), age.slice(10)).p);
    expect(second).toMatchObject({ isNormal: false });
    expect(second.test?.p).toBe(mannWhitney(crp.slice(0, 10), crp.slice(10)).p);
    expect([first.test?.method, second.test?.method].map((m) => m?.split(" (")[0])).toEqual([
      "Welch's t test",
      "Mann–Whitney U test",
    ]);
  });

  it("counts categories and missing values, and takes Fisher's test for small expected counts", () => {
    const b27 = [
      "+",
      "+",
      "+",
      "",
      "+",
      "-",
      "+",
      "+",
      "+",
      "+",
      "-",
      "-",
      "+",
      "-",
      "-",
      "",
      "-",
      "-",
      "+",
      "-",
    ];
    const { rows } = describeVariables([{ name: "HLA-B27", values: b27 }], group);
    expect(rows[0]).toMatchObject({
      kind: "categorical",
      levels: ["-", "+"],
      overall: { n: 18, missing: 2, counts: [8, 10] },
      groups: [
        { n: 9, missing: 1, counts: [1, 8] },
        { n: 9, missing: 1, counts: [7, 2] },
      ],
    });
    expect(rows[0].test?.p).toBe(
      fisherExact([
        [1, 7],
        [8, 2],
      ]).p,
    );
  });

  it("takes Kruskal–Wallis for three groups, no test without groups, and counts patients without one", () => {
    const three = age.map((_, n) => ["a", "b", "c", ""][n % 4]);
    const grouped = describeVariables([{ name: "age", values: texts(age) }], three);
    expect([grouped.rows[0].test?.symbol, grouped.ungrouped]).toEqual(["H", 5]);
    expect(describeVariables([{ name: "age", values: texts(age) }]).rows[0].test).toBeNull();
  });

  it("tells numbers from categories", () => {
    expect([["1", "2", "3"], ["0", "1", "", "1"], ["a", "1", "2"], []].map(kindOf)).toEqual([
      "continuous",
      "categorical",
      "categorical",
      "categorical",
    ]);
  });
});
