import { describe, expect, it } from "vitest";
import { consensusOf } from "../../src/reading/consensus/consensus.js";
import { staple } from "../../src/reading/consensus/staple.js";

const masks = (...rows: number[][]) => rows.map((row) => Uint8Array.from(Object.freeze(row)));

describe("staple", () => {
  it("takes a mask that all readers drew alike for the truth", () => {
    const { probability, performance } = staple(
      masks([1, 1, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0]),
    );
    expect(Array.from(probability, (p) => Math.round(p * 1e9) / 1e9)).toEqual([1, 1, 0, 0, 0, 0]);
    for (const { sensitivity, specificity } of performance) {
      expect(sensitivity).toBeCloseTo(1, 9);
      expect(specificity).toBeCloseTo(1, 9);
    }
  });

  /**
   * One iteration by hand, two readers on four voxels: decisions 11, 10, 00, 00; prior 3/8; start p = q = s = 0.99999,
   * f = 1 − s. Voxel 1: a = 3/8·s², b = 5/8·f², W ≈ 1. Voxel 2: a = 3/8·s·f, b = 5/8·f·s, W = 3/8 exactly.
   * Voxels 3, 4: W ≈ 0. Then p₁ = (1 + 3/8)/(1 + 3/8) = 1, p₂ = 1/(11/8) = 8/11, q₁ = 2/(5/8 + 2) = 16/21, q₂ = 1.
   */
  it("makes the first step as computed by hand", () => {
    const { performance } = staple(masks([1, 1, 0, 0], [1, 0, 0, 0]), { maximalIterations: 1 });
    expect(performance[0].sensitivity).toBeCloseTo(1, 8);
    expect(performance[1].sensitivity).toBeCloseTo(8 / 11, 8);
    expect(performance[0].specificity).toBeCloseTo(16 / 21, 8);
    expect(performance[1].specificity).toBeCloseTo(1, 8);
  });

  it("ends in a fixed point of the paper's equations", () => {
    const input = masks([1, 1, 1, 0, 0, 0, 0, 1], [1, 1, 0, 0, 0, 0, 0, 0], [0, 1, 1, 1, 0, 0, 0, 0]);
    const { probability: w, performance } = staple(input);
    const prior = 9 / 24;
    const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);
    input.forEach((mask, j) => {
      expect(performance[j].sensitivity).toBeCloseTo(sum(w.map((p, i) => p * mask[i])) / sum(w), 7);
      const rejected = sum(w.map((p, i) => (1 - p) * (1 - mask[i])));
      expect(performance[j].specificity).toBeCloseTo(rejected / sum(w.map((p) => 1 - p)), 7);
    });
    w.forEach((p, i) => {
      const a = input.reduce(
        (x, m, j) => x * (m[i] ? performance[j].sensitivity : 1 - performance[j].sensitivity),
        prior,
      );
      const b = input.reduce(
        (x, m, j) => x * (m[i] ? 1 - performance[j].specificity : performance[j].specificity),
        1 - prior,
      );
      expect(p).toBeCloseTo(a / (a + b), 9);
    });
  });

  it("gives no structure where nobody marked one, and nothing for nothing", () => {
    expect([...staple(masks([0, 0], [0, 0])).probability]).toEqual([0, 0]);
    expect(staple([]).probability).toHaveLength(0);
  });
});

describe("consensusOf", () => {
  const labels = [
    { value: 1, name: "bone" },
    { value: 2, name: "lesion" },
  ];
  const readers = masks(
    [1, 1, 0, 2, 2, 0, 0, 0, 0, 0],
    [1, 1, 0, 2, 2, 0, 0, 0, 0, 0],
    [1, 0, 1, 2, 0, 2, 0, 0, 0, 0],
  ).map((data, n) => ({ reader: `r${n}`, data }));

  it("estimates each label on its own and puts them together", () => {
    const { data, performance } = consensusOf("staple", readers, labels);
    expect([...data]).toEqual([1, 1, 0, 2, 2, 0, 0, 0, 0, 0]);
    expect(performance).toHaveLength(6);
    const of = (reader: string) => performance.find((one) => one.reader === reader && one.label === "lesion");
    expect(of("r0")?.sensitivity).toBeGreaterThan(of("r2")?.sensitivity ?? 1);
  });
});
