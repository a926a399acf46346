import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { spearman } from "../../../src/statistics/correlation/spearman.js";
import { kruskalWallis } from "../../../src/statistics/tests/kruskal-wallis.js";
import { mannWhitney } from "../../../src/statistics/tests/mann-whitney.js";
import { wilcoxonSignedRank } from "../../../src/statistics/tests/wilcoxon.js";

type Pair = [number[], number[]];
/** SciPy's statistic and p-values for 200 random small samples with ties each; null: SciPy has none. */
interface Fixture {
  readonly mann_whitney: readonly [...Pair, u: number, exact: number, corrected: number, plain: number][];
  readonly wilcoxon: readonly [
    ...Pair,
    exact: number,
    normal: number,
    prattExact: number,
    prattNormal: number,
  ][];
  readonly kruskal: readonly [groups: number[][], h: number, exact: number, chiSquare: number][];
  readonly spearman: readonly [...Pair, rho: number, exact: number, t: number | null][];
}
const url = new URL("../fixtures/rank-tests.json", import.meta.url);
const fixture = JSON.parse(readFileSync(url, "utf8")) as Fixture;

const near = (got: number | null | undefined, expected: number, what: unknown) =>
  expect(
    Math.abs((got ?? NaN) - expected),
    `${got} against ${expected}: ${JSON.stringify(what)}`,
  ).toBeLessThan(1e-10 * Math.max(1, Math.abs(expected)));

describe("rank tests against SciPy on 200 small samples with ties each", () => {
  it("has 200 of each", () => {
    const { mann_whitney, wilcoxon, kruskal, spearman: rho } = fixture;
    expect([mann_whitney, wilcoxon, kruskal, rho].map((rows) => rows.length)).toEqual([200, 200, 200, 200]);
  });

  it("Mann–Whitney: U, exact p, normal p with and without correction", () => {
    for (const [x, y, u, exact, corrected, plain] of fixture.mann_whitney) {
      near(mannWhitney(x, y).statistic, u, [x, y]);
      near(mannWhitney(x, y).p, exact, [x, y]);
      near(mannWhitney(x, y, { exact: false }).p, corrected, [x, y]);
      near(mannWhitney(x, y, { exact: false, correction: false }).p, plain, [x, y]);
    }
  });

  it("Wilcoxon: zeros dropped or ranked, exact and normal p", () => {
    for (const [x, y, exact, normal, prattExact, prattNormal] of fixture.wilcoxon) {
      near(wilcoxonSignedRank(x, y).p, exact, [x, y]);
      near(wilcoxonSignedRank(x, y, { exact: false }).p, normal, [x, y]);
      near(wilcoxonSignedRank(x, y, { zeros: "pratt" }).p, prattExact, [x, y]);
      near(wilcoxonSignedRank(x, y, { zeros: "pratt", exact: false }).p, prattNormal, [x, y]);
    }
  });

  it("Kruskal–Wallis: H, exact and chi-square p", () => {
    for (const [groups, h, exact, chiSquare] of fixture.kruskal) {
      near(kruskalWallis(groups).statistic, h, groups);
      near(kruskalWallis(groups).p, exact, groups);
      near(kruskalWallis(groups, { exact: false }).p, chiSquare, groups);
    }
  });

  it("Spearman: ρ, exact and t p", () => {
    for (const [x, y, rho, exact, t] of fixture.spearman) {
      near(spearman(x, y).effect?.value, rho, [x, y]);
      near(spearman(x, y).p, exact, [x, y]);
      if (t !== null) near(spearman(x, y, { exact: false }).p, t, [x, y]);
    }
  });
});
