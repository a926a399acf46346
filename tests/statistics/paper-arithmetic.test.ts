/**
 * Arithmetic of Li et al., Insights Imaging (2024), doi 10.1186/s13244-024-01659-y, Tables 1, 4 and 5. What goes together
 * is rebuilt to the printed digit; what cannot be is asserted to be impossible. docs/explanation/paper-arithmetic.md
 * tells it in words.
 */
import { describe, expect, it } from "vitest";
import {
  binaryReport,
  type BinaryCounts,
  type BinaryMeasure,
} from "../../src/statistics/diagnostic/binary.js";
import { reconstruct, type PrintedMeasures } from "../../src/statistics/diagnostic/reconstruct.js";
import { chiSquareTest } from "../../src/statistics/tests/chi-square.js";

interface Column extends Required<PrintedMeasures> {
  readonly kappa: number;
}
const column = (
  accuracy: number,
  sensitivity: number,
  specificity: number,
  ppv: number,
  npv: number,
  kappa: number,
) => ({ accuracy, sensitivity, specificity, ppv, npv, kappa }) satisfies Column;

const [axSpA, others] = [37, 21];
/** Columns that come from whole patients, and the tables they come from. */
const whole: readonly [string, Column, BinaryCounts][] = [
  [
    "model, external test set",
    column(77.59, 91.89, 52.38, 77.27, 78.57, 0.477),
    { tp: 34, fn: 3, fp: 10, tn: 11 },
  ],
  ["resident", column(70.69, 78.38, 57.14, 76.32, 60.0, 0.359), { tp: 29, fn: 8, fp: 9, tn: 12 }],
  ["expert", column(79.31, 89.19, 61.9, 80.49, 76.47, 0.533), { tp: 33, fn: 4, fp: 8, tn: 13 }],
];
const assisted: readonly [string, Column, BinaryCounts][] = [
  [
    "resident with the model",
    column(77.51, 89.22, 57.2, 78.27, 75.34, 0.484),
    { tp: 33, fn: 4, fp: 9, tn: 12 },
  ],
  [
    "expert with the model",
    column(82.55, 94.85, 61.51, 80.87, 87.41, 0.596),
    { tp: 35, fn: 2, fp: 8, tn: 13 },
  ],
];
const internal = column(81.25, 88.52, 68.57, 83.08, 77.42, 0.504);

const percentages = ({ accuracy, sensitivity, specificity, ppv, npv }: Column) =>
  ({ accuracy, sensitivity, specificity, ppv, npv }) satisfies PrintedMeasures;
const kappaOf = (counts: BinaryCounts) => binaryReport(counts).kappa.value ?? NaN;

describe("paper 1, Tables 4 and 5 (37 axSpA, 21 non-axSpA)", () => {
  it.each(whole)("%s: one 2 × 2 table gives every printed digit", (_, printed, counts) => {
    expect(reconstruct(percentages(printed), axSpA, others)).toEqual([counts]);
    const report = binaryReport(counts);
    for (const measure of Object.keys(percentages(printed)) as BinaryMeasure[])
      expect((100 * (report[measure].value ?? NaN)).toFixed(2), measure).toBe(printed[measure].toFixed(2));
    expect(kappaOf(counts).toFixed(3)).toBe(printed.kappa.toFixed(3));
  });

  it.each(assisted)(
    "%s: no table gives any of the printed numbers, one comes near",
    (_, printed, nearest) => {
      for (const measure of ["accuracy", "sensitivity", "specificity"] as const)
        expect(reconstruct({ [measure]: printed[measure] }, axSpA, others), measure).toEqual([]);
      const report = binaryReport(nearest);
      for (const measure of Object.keys(percentages(printed)) as BinaryMeasure[])
        expect(Math.abs(100 * (report[measure].value ?? NaN) - printed[measure]), measure).toBeLessThan(0.75);
      expect(Math.abs(kappaOf(nearest) - printed.kappa)).toBeLessThan(0.01);
    },
  );

  it("internal test set: 129 patients are impossible, 96 (61 and 35) give the percentages but another κ", () => {
    const of = (n: number) =>
      Array.from({ length: n - 1 }, (_, k) => k + 1).flatMap((d) =>
        reconstruct(percentages(internal), d, n - d),
      );
    expect(of(129)).toEqual([]);
    expect(of(128)).toEqual([]);
    expect(of(96)).toEqual([{ tp: 54, fn: 7, fp: 11, tn: 24 }]);
    expect(kappaOf({ tp: 54, fn: 7, fp: 11, tn: 24 }).toFixed(3)).toBe("0.585");
  });

  it("Table 4's intervals are Wald intervals of a share of all patients, the AUC's too", () => {
    const wald = (share: number, n: number) =>
      [-1, 1].map((sign) => 100 * (share + sign * 1.96 * Math.sqrt((share * (1 - share)) / n)));
    const printed = [
      [45 / 58, 58, 66.85, 88.32],
      [34 / 37, 58, 84.87, 98.92],
      [11 / 21, 58, 39.53, 65.23],
      [34 / 44, 58, 66.49, 88.06],
      [11 / 14, 58, 68.01, 89.13],
      [0.799, 58, 69.6, 90.2],
      [78 / 96, 96, 73.44, 89.06],
      [54 / 61, 96, 82.15, 94.89],
      [24 / 35, 96, 59.28, 77.86],
    ];
    for (const [share, n, low, high] of printed)
      wald(share, n).forEach((end, k) => expect(Math.abs(end - [low, high][k])).toBeLessThan(0.02));
    // Of the 21 non-axSpA patients alone, as it should be, the exact interval is far wider.
    const { specificity } = binaryReport(whole[0][2]);
    expect([specificity.low, specificity.high].map((end) => ((end ?? 0) * 100).toFixed(1))).toEqual([
      "29.8",
      "74.3",
    ]);
  });

  it("Table 5's p-values of accuracy come from no chi-square test of the nearest tables", () => {
    const ps = ([before, after]: readonly [number, number]) =>
      [true, false].map(
        (correction) =>
          chiSquareTest(
            [
              [before, 58 - before],
              [after, 58 - after],
            ],
            { correction },
          ).p ?? NaN,
      );
    const printed = [
      [0.572, ps([41, 45])],
      [0.152, ps([46, 48])],
    ] as const;
    for (const [p, ours] of printed) for (const own of ours) expect(Math.abs(own - p)).toBeGreaterThan(0.04);
  });
});

describe("paper 1, Table 1", () => {
  it("p-values of sex and HLA-B27 are uncorrected chi-square, training against test, missing left out", () => {
    const p = (table: number[][]) => chiSquareTest(table, { correction: false }).p?.toFixed(3);
    expect(
      p([
        [75, 14],
        [28, 6],
      ]),
    ).toBe("0.797");
    expect(
      p([
        [70, 10],
        [21, 4],
      ]),
    ).toBe("0.653");
  });

  it("two percentages are cut off, not rounded", () => {
    expect([((100 * 70) / 103).toFixed(1), ((100 * 18) / 123).toFixed(1)]).toEqual(["68.0", "14.6"]);
  });

  it("patients add up", () => {
    expect([462 + 186 + 37 + 21, 455 + 64 + 129, 103 + 20]).toEqual([706, 462 + 186, 123]);
    expect(((100 * 519) / 706).toFixed(1)).toBe("73.5");
  });
});
