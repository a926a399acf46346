import { hypergeometric } from "../distributions/discrete.js";
import { findRoot } from "../distributions/root.js";
import { estimate, notes, type Estimate } from "../result.js";
import type { CountTable } from "./chi-square.js";

/**
 * Odds ratio of a 2 × 2 table: conditional maximum likelihood with its exact interval, from Fisher's non-central
 * hypergeometric distribution (as R's fisher.test). An empty cell gives 0 or ∞ with a one-sided interval; the value ∞ is
 * not estimable, its lower bound is kept in the note.
 */
export function conditionalOddsRatio([[a, b], [c, d]]: CountTable, level: number): Estimate {
  const likelihood = noncentral(a + b, c + d, a + c);
  const about = {
    name: "odds ratio",
    n: a + b + c + d,
    level,
    method: "conditional maximum likelihood, exact interval",
  };
  const tail = (1 - level) / 2;
  const { least, most } = likelihood;
  const low = a === least ? 0 : solve((log) => likelihood.probability(log, (k) => k >= a) - tail);
  const high = a === most ? Infinity : solve((log) => tail - likelihood.probability(log, (k) => k <= a));
  if (a === most) {
    const note = notes(
      `not estimable: infinite, an empty cell; the interval begins at ${low.toPrecision(4)}`,
    );
    return estimate({ ...about, value: null, note });
  }
  const value = a === least ? 0 : solve((log) => likelihood.mean(log) - a);
  return estimate({ ...about, value, low, high, note: notes(a === least && "an empty cell") });
}

/** Number of the first cell, given the margins, for a log odds ratio. */
function noncentral(firstRow: number, secondRow: number, firstColumn: number) {
  const { mass } = hypergeometric(firstRow, secondRow, firstColumn);
  const [least, most] = [Math.max(0, firstColumn - secondRow), Math.min(firstRow, firstColumn)];
  const support = Array.from({ length: most - least + 1 }, (_, n) => least + n);
  const logMass = support.map((k) => Math.log(mass(k)));
  const weights = (log: number) => {
    const terms = support.map((k, n) => logMass[n] + k * log);
    const largest = Math.max(...terms);
    const raw = terms.map((term) => Math.exp(term - largest));
    const total = raw.reduce((sum, w) => sum + w, 0);
    return raw.map((w) => w / total);
  };
  const expectation = (log: number, f: (k: number) => number) =>
    weights(log).reduce((sum, w, n) => sum + w * f(support[n]), 0);
  return {
    least,
    most,
    mean: (log: number) => expectation(log, (k) => k),
    probability: (log: number, holds: (k: number) => boolean) => expectation(log, (k) => (holds(k) ? 1 : 0)),
  };
}

/** exp of the zero of a function that rises with the log odds ratio. */
function solve(rising: (log: number) => number): number {
  let [low, high] = [-1, 1];
  while (rising(low) > 0) low *= 2;
  while (rising(high) < 0) high *= 2;
  return Math.exp(findRoot(rising, low, high));
}
