import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { incompleteBeta } from "../../../src/statistics/distributions/beta.js";
import {
  beta,
  chiSquare,
  erf,
  erfc,
  fisherF,
  normal,
  studentT,
} from "../../../src/statistics/distributions/continuous.js";
import { binomial, hypergeometric } from "../../../src/statistics/distributions/discrete.js";
import { incompleteGamma, logGamma } from "../../../src/statistics/distributions/gamma.js";
import { noncentralChiSquareCdf, noncentralTCdf } from "../../../src/statistics/distributions/noncentral.js";

type Rows = readonly (readonly number[])[];
const url = new URL("../fixtures/distributions.json", import.meta.url);
const references = JSON.parse(readFileSync(url, "utf8")) as Record<string, Rows>;

/** Each row of the fixture: arguments, then SciPy's value. */
const functions: Readonly<Record<string, (...args: number[]) => number>> = {
  logGamma,
  erf,
  erfc,
  gammaLower: (a, x) => incompleteGamma(a, x).lower,
  gammaUpper: (a, x) => incompleteGamma(a, x).upper,
  betaLower: (x, a, b) => incompleteBeta(x, 1 - x, a, b).lower,
  normalCdf: (z) => normal.cdf(z),
  normalQuantile: (p) => normal.quantile(p),
  tUpper: (t, df) => studentT(df).upper(t),
  tQuantile: (p, df) => studentT(df).quantile(p),
  fUpper: (f, d1, d2) => fisherF(d1, d2).upper(f),
  fQuantile: (p, d1, d2) => fisherF(d1, d2).quantile(p),
  chiSquareUpper: (x, df) => chiSquare(df).upper(x),
  chiSquareQuantile: (p, df) => chiSquare(df).quantile(p),
  betaQuantile: (p, a, b) => beta(a, b).quantile(p),
  binomialMass: (n, k, p) => binomial(n, p).mass(k),
  binomialCdf: (n, k, p) => binomial(n, p).cdf(k),
  hypergeometricMass: (marked, plain, drawn, k) => hypergeometric(marked, plain, drawn).mass(k),
  hypergeometricCdf: (marked, plain, drawn, k) => hypergeometric(marked, plain, drawn).cdf(k),
  noncentralT: noncentralTCdf,
  noncentralChiSquare: noncentralChiSquareCdf,
};

/** Largest error allowed, relative to the value; 1e-10 for all others. */
const tolerance: Readonly<Record<string, number>> = {
  erf: 1e-14,
  noncentralT: 1e-9,
  noncentralChiSquare: 1e-9,
};
/** Values below these are compared absolutely: the non-central t loses digits in its far lower tail. */
const floor: Readonly<Record<string, number>> = { noncentralT: 1e-5 };

describe("distributions against SciPy", () => {
  it.each(Object.entries(functions))("%s", (name, f) => {
    for (const row of references[name]) {
      const [args, expected] = [row.slice(0, -1), row[row.length - 1]];
      const error = Math.abs(f(...args) - expected) / Math.max(Math.abs(expected), floor[name] ?? 1e-300);
      expect(error, `${name}(${args.join(", ")}) = ${f(...args)}, SciPy ${expected}`).toBeLessThan(
        tolerance[name] ?? 1e-10,
      );
    }
  });

  it("knows the ends of every support", () => {
    expect([normal.quantile(0), normal.quantile(1)]).toEqual([-Infinity, Infinity]);
    expect([chiSquare(3).quantile(0), chiSquare(3).quantile(1)]).toEqual([0, Infinity]);
    expect([beta(2, 3).quantile(0), beta(2, 3).quantile(1)]).toEqual([0, 1]);
    expect([binomial(5, 0.3).cdf(-1), binomial(5, 0.3).cdf(5), binomial(5, 0.3).atLeast(0)]).toEqual([
      0, 1, 1,
    ]);
    expect([fisherF(2, 3).upper(0), fisherF(2, 3).upper(Infinity)]).toEqual([1, 0]);
    expect(studentT(Infinity).upper(1.5)).toBe(normal.upper(1.5));
  });
});
