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
   * One iteration by hand, two readers on four voxels: decisions 11, 10, 00, 00, so W = 1, ½, 0, 0 at first. Then
   * p₁ = 1½/1½ = 1, p₂ = 1/1½ = 2/3, q₁ = 2/2½ = 4/5, q₂ = 2½/2½ = 1. With prior 3/8, voxel 2 has a = 3/8 · 1 · 1/3 = 1/8,
   * b = 5/8 · 1/5 · 1 = 1/8 and W = ½; voxels 3 and 4 have a = 0, voxel 1 has b = 0.
   */
  it("makes the first step as computed by hand", () => {
    const { probability, performance } = staple(masks([1, 1, 0, 0], [1, 0, 0, 0]), { maximalIterations: 1 });
    expect(performance.map(({ sensitivity }) => sensitivity)).toEqual([1, 1 / 1.5]);
    expect(performance.map(({ specificity }) => specificity)).toEqual([2 / 2.5, 1]);
    expect(probability[1]).toBeCloseTo(0.5, 12);
    expect([probability[0], probability[2], probability[3]]).toEqual([1, 0, 0]);
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

  it("gives no structure where nobody marked one, all where all did, and nothing for nothing", () => {
    expect([...staple(masks([0, 0], [0, 0])).probability]).toEqual([0, 0]);
    expect([...staple(masks([1, 1], [1, 1])).probability]).toEqual([1, 1]);
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
