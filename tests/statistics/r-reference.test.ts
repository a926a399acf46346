import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cohenKappaTable } from "../../src/statistics/agreement/cohen-kappa.js";
import { icc, iccForms, type IccForm } from "../../src/statistics/agreement/icc.js";
import { pearson } from "../../src/statistics/correlation/pearson.js";
import { spearman } from "../../src/statistics/correlation/spearman.js";
import { auc, compareAuc } from "../../src/statistics/diagnostic/auc.js";
import { delongCovariance, placements } from "../../src/statistics/diagnostic/delong.js";
import { byTruth } from "../../src/statistics/diagnostic/labels.js";
import { operatingPoint, rocCurve } from "../../src/statistics/diagnostic/roc.js";
import { chiSquare, normal } from "../../src/statistics/distributions/continuous.js";
import { bootstrap, type BootstrapMethod } from "../../src/statistics/resampling/bootstrap.js";
import type { Estimate, TestResult } from "../../src/statistics/result.js";
import { adjustP } from "../../src/statistics/tests/adjust.js";
import { chiSquareTest } from "../../src/statistics/tests/chi-square.js";
import { fisherExact } from "../../src/statistics/tests/fisher.js";
import { mannWhitney } from "../../src/statistics/tests/mann-whitney.js";
import { mcnemarCounts } from "../../src/statistics/tests/mcnemar.js";
import { shapiroWilk } from "../../src/statistics/tests/shapiro-wilk.js";
import { unpairedT } from "../../src/statistics/tests/t-test.js";
import { wilcoxonSignedRank } from "../../src/statistics/tests/wilcoxon.js";

const folder = join(process.env["MARROW_SHARED"] ?? "../shared", "data", "stats-oracle");
const missing = !existsSync(folder);
const read = (name: string) => (missing ? "" : readFileSync(join(folder, name), "utf8"));
const reference = JSON.parse(read("r_reference.json") || "{}") as Record<string, number | number[]>;

function column(file: string, name: string): string[] {
  const [head = "", ...lines] = read(file).trim().split("\n");
  const at = head.replaceAll('"', "").split(",").indexOf(name);
  return lines.map((line) => line.replaceAll('"', "").split(",")[at]);
}
const asah = (name: string) => column("asah.csv", name).map(Number);
const poor = asah("outcome");
const gender = column("asah.csv", "gender");
const where = (values: readonly number[], holds: (n: number) => boolean) => values.filter((_, n) => holds(n));

/** R's inputs that are literals: ?wilcox.test, ?mcnemar.test, a made-up 2 × 2 table, and Cohen's example of 1968. */
const permeability = {
  x: [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46],
  y: [1.15, 0.88, 0.9, 0.74, 1.21],
};
const depression = {
  x: [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3],
  y: [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29],
};
const threeByThree = [
  [44, 7, 9],
  [5, 20, 5],
  [1, 3, 6],
];

const genderTable = () =>
  ["Male", "Female"].map((sex) =>
    [0, 1].map((o) => poor.filter((p, n) => p === o && gender[n] === sex).length),
  );
const ageOf = (outcome: number) => where(asah("age"), (n) => poor[n] === outcome);
const s100bOf = (outcome: number) => where(asah("s100b"), (n) => poor[n] === outcome);
const aucInterval = (e: Estimate) => [e.low, e.value, e.high];
const bounds = (test: TestResult) => [test.effect?.low, test.effect?.high];
const effect = (test: TestResult) => test.effect?.value;
const z = (test: TestResult) => test.statistic;
const delong = (a: string, b: string) => {
  const [p, q] = [a, b].map((name) => {
    const { positive, negative } = byTruth(poor, asah(name));
    return placements(positive, negative);
  });
  return delongCovariance(p, q);
};
const judges = () =>
  ["J1", "J2", "J3", "J4"].map((name) => column("shrout_fleiss_1979.csv", name).map(Number));
const fTest = ({ statistic, df, p }: TestResult) => [statistic, ...df, p];

function cityRatio(method: BootstrapMethod): Estimate {
  const [u, x] = [column("boot_city.csv", "u").map(Number), column("boot_city.csv", "x").map(Number)];
  const total = (values: readonly number[], units: ArrayLike<number>) =>
    Array.from(units).reduce((sum, n) => sum + values[n], 0);
  const statistic = (units: ArrayLike<number>) => total(x, units) / total(u, units);
  return bootstrap({ name: "ratio", units: u.length, statistic }, { method, resamples: 99_999, seed: 42 });
}

type Value = number | null | undefined;
/** What Marrow gives for each of R's values. */
const ours: Record<string, () => Value | Value[]> = {
  delong_paired_s100b_vs_wfns_Z: () => z(compareAuc(poor, asah("s100b"), asah("wfns"))),
  delong_paired_s100b_vs_wfns_p: () => compareAuc(poor, asah("s100b"), asah("wfns")).p,
  delong_paired_s100b_vs_ndka_Z: () => z(compareAuc(poor, asah("s100b"), asah("ndka"))),
  delong_paired_s100b_vs_ndka_p: () => compareAuc(poor, asah("s100b"), asah("ndka")).p,
  delong_cov_s100b_wfns: () => delong("s100b", "wfns"),
  hw_permeability_W: () => z(mannWhitney(permeability.x, permeability.y)),
  hw_permeability_exact_p_two_sided: () => mannWhitney(permeability.x, permeability.y).p,
  // Marrow is two-sided throughout; one-sided p is half of it here, both tails being mirror images.
  hw_permeability_exact_p_greater: () => half(mannWhitney(permeability.x, permeability.y).p),
  hw_depression_V: () => z(wilcoxonSignedRank(depression.x, depression.y)),
  hw_depression_exact_p_two_sided: () => wilcoxonSignedRank(depression.x, depression.y).p,
  hw_depression_exact_p_greater: () => half(wilcoxonSignedRank(depression.x, depression.y).p),
  hw_depression_normal_cc_p_two_sided: () =>
    wilcoxonSignedRank(depression.x, depression.y, { exact: false }).p,
  kappa_2x2_20_5_10_15: () =>
    effect(
      cohenKappaTable([
        [20, 5],
        [10, 15],
      ]),
    ),
  kappa_2x2_ci95: () =>
    bounds(
      cohenKappaTable([
        [20, 5],
        [10, 15],
      ]),
    ),
  kappa_3x3_unweighted: () => effect(cohenKappaTable(threeByThree)),
  kappa_3x3_unweighted_ci95: () => bounds(cohenKappaTable(threeByThree)),
  kappa_3x3_quadratic_weighted: () => effect(cohenKappaTable(threeByThree, { weights: "quadratic" })),
  kappa_3x3_linear_weighted: () => effect(cohenKappaTable(threeByThree, { weights: "linear" })),
  pearson_s100b_ndka_r: () => effect(pearson(asah("s100b"), asah("ndka"))),
  pearson_s100b_ndka_p: () => pearson(asah("s100b"), asah("ndka")).p,
  pearson_s100b_ndka_ci95: () => bounds(pearson(asah("s100b"), asah("ndka"))),
  spearman_s100b_ndka_rho: () => effect(spearman(asah("s100b"), asah("ndka"))),
  spearman_s100b_ndka_p: () => spearman(asah("s100b"), asah("ndka")).p,
  gender_outcome_table_rowmajor: () => genderTable().flat(),
  chi2_gender_outcome_yates_X_p: () => statisticAndP(chiSquareTest(genderTable())),
  chi2_gender_outcome_noyates_X_p: () => statisticAndP(chiSquareTest(genderTable(), { correction: false })),
  fisher_gender_outcome_p: () => fisherExact(genderTable()).p,
  shapiro_s100b_W_p: () => statisticAndP(shapiroWilk(asah("s100b"))),
  welch_t_age_t_df_p: () => fTest(unpairedT(ageOf(1), ageOf(0))),
  student_t_age_t_df_p: () => fTest(unpairedT(ageOf(1), ageOf(0), { equalVariances: true })),
  mcnemar_R_help_X_p_cc: () => statisticAndP(mcnemarCounts(150, 86, 1600, { form: "corrected" })),
  mcnemar_R_help_X_p_nocc: () => statisticAndP(mcnemarCounts(150, 86, 1600, { form: "uncorrected" })),
  p_adjust_holm: () => adjustP([0.01, 0.02, 0.03, 0.04, 0.05], "holm"),
  p_adjust_BH: () => adjustP([0.01, 0.02, 0.03, 0.04, 0.05], "benjamini-hochberg"),
  p_adjust_bonferroni: () => adjustP([0.01, 0.02, 0.03, 0.04, 0.05], "bonferroni"),
  boot_city_ratio_t0: () => cityRatio("percentile").value,
  boot_city_ratio_perc_R99999_seed42: () => [cityRatio("percentile").low, cityRatio("percentile").high],
  boot_city_ratio_bca_R99999_seed42: () => [cityRatio("bca").low, cityRatio("bca").high],
  boot_city_ratio_norm_R99999: () => [cityRatio("normal").low, cityRatio("normal").high],
  boot_city_ratio_basic_R99999: () => [cityRatio("basic").low, cityRatio("basic").high],
};
for (const marker of ["s100b", "wfns", "ndka"]) {
  ours[`auc_${marker}`] = () => auc(poor, asah(marker)).value;
  ours[`auc_delong_ci95_${marker}`] = () => aucInterval(auc(poor, asah(marker)));
  ours[`auc_delong_var_${marker}`] = () => delong(marker, marker);
  ours[`youden_threshold_${marker}`] = () =>
    operatingPoint(rocCurve(poor, asah(marker)), { kind: "youden" })?.threshold;
}
for (const corrected of [true, false]) {
  const test = () => mannWhitney(s100bOf(1), s100bOf(0), { correction: corrected });
  ours[`mannwhitney_s100b_W_correct${corrected ? "TRUE" : "FALSE"}`] = () => z(test());
  ours[`mannwhitney_s100b_p_correct${corrected ? "TRUE" : "FALSE"}`] = () => test().p;
}
// coin counts the other group; z is read back from p.
ours["mannwhitney_s100b_coin_asymptotic_Z"] = () =>
  normal.quantile((mannWhitney(s100bOf(1), s100bOf(0), { correction: false }).p ?? NaN) / 2);
ours["mannwhitney_s100b_coin_asymptotic_p"] = ours["mannwhitney_s100b_p_correctFALSE"];
for (const form of Object.keys(iccForms) as IccForm[]) {
  const key = `icc_ICC${form[4]}${form[6] === "k" ? "k" : ""}`;
  ours[key] = () => effect(icc(judges(), form));
  ours[`${key}_F_df1_df2_p`] = () => fTest(icc(judges(), form));
  ours[`${key}_ci95`] = () => bounds(icc(judges(), form));
}

const half = (p: number | null) => (p === null ? null : p / 2);
const statisticAndP = ({ statistic, p }: TestResult) => [statistic, p];

/** Relative error allowed. */
const exact = 1e-10;
const tolerances: Record<string, number> = {
  // Intervals from 99 999 random resamples each: the Monte-Carlo error of the ends is about 0.005.
  boot_city_ratio_perc_R99999_seed42: 0.01,
  boot_city_ratio_bca_R99999_seed42: 0.01,
  boot_city_ratio_norm_R99999: 0.01,
  boot_city_ratio_basic_R99999: 0.01,
};

/** R's values that Marrow has no counterpart for, and why. */
const left: Record<string, string> = {
  kruskal_s100b_by_gos6_H_df_p: "its grouping variable gos6 is not among the data of the oracle",
};

describe.skipIf(missing)("R's reference values", () => {
  it("are all compared, or left for a reason", () => {
    expect(Object.keys(reference).filter((key) => !(key in ours) && !(key in left))).toEqual([]);
    expect(Object.keys(reference)).toHaveLength(77);
  });

  it("has the same p for R's Kruskal–Wallis statistic", () => {
    const [h, df, p] = reference["kruskal_s100b_by_gos6_H_df_p"] as number[];
    expect(chiSquare(df).upper(h) / p).toBeCloseTo(1, 10);
  });

  it.each(Object.keys(ours))("%s", (key) => {
    const [got, expected] = [[ours[key]()].flat(), [reference[key]].flat()];
    expect(got).toHaveLength(expected.length);
    expected.forEach((value, n) => {
      const error = Math.abs((got[n] ?? NaN) - value) / Math.abs(value);
      expect(error, `${got[n]} against R's ${value}`).toBeLessThan(tolerances[key] ?? exact);
    });
  });
});
