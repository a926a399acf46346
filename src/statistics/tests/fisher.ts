import { Random } from "../../base/random.js";
import { hypergeometric } from "../distributions/discrete.js";
import { logGamma } from "../distributions/gamma.js";
import { clopperPearson } from "../diagnostic/proportion.js";
import { notes, notTestable, testResult, type TestResult } from "../result.js";
import { cramersV, totalOf, withoutEmpty, type CountTable } from "./chi-square.js";
import { conditionalOddsRatio } from "./odds-ratio.js";
import type { TestOptions } from "./options.js";

/** Tables no more likely than the one observed count as extreme; equal ones differ by rounding (R's tolerance). */
const slack = 1 + 1e-7;
const tableLimit = 500_000;
const samples = 10_000;

/**
 * Fisher's exact test of independence, two-sided: the probability, margins given, of all tables no more likely than the
 * observed one. Larger tables are enumerated up to 500 000 tables; beyond that p is estimated from 10 000 seeded random
 * tables and the note says so, with its interval. The effect is the conditional odds ratio for 2 × 2, else Cramér's V.
 * Empty rows and columns are left out; fewer than two of either remaining: not estimable.
 * Source: Fisher, J R Stat Soc 98:39 (1935); Freeman & Halton, Biometrika 38:141 (1951).
 *
 * @example fisherExact([[3, 1], [1, 3]]).p // 0.4857
 */
export function fisherExact(
  counts: CountTable,
  { name = "Fisher's exact test", level = 0.95 }: TestOptions = {},
): TestResult {
  const table = withoutEmpty(counts);
  const [rows, columns] = [table.length, table[0]?.length ?? 0];
  const about = { name, symbol: "", n: [totalOf(table)], method: "Fisher's exact test (two-sided)" };
  if (rows < 2 || columns < 2) return notTestable(about, "fewer than two rows or columns have counts");
  if (rows === 2 && columns === 2) {
    const effect = conditionalOddsRatio(table, level);
    return testResult({ ...about, statistic: null, p: twoByTwo(table), effect });
  }
  const { p, note } = enumerated(table) ?? sampled(table);
  return testResult({ ...about, statistic: null, p, effect: cramersV(table, level), note });
}

function twoByTwo([[a, b], [c, d]]: CountTable): number {
  const { mass } = hypergeometric(a + b, c + d, a + c);
  const limit = mass(a) * slack;
  let p = 0;
  for (let k = Math.max(0, a - d); k <= Math.min(a + b, a + c); k++) if (mass(k) <= limit) p += mass(k);
  return p;
}

/** Σ ln count! over the cells: the larger, the less likely the table. */
const weightOf = (cells: readonly number[]) => cells.reduce((sum, count) => sum + logFactorial(count), 0);
const logFactorial = (n: number) => logGamma(n + 1);

/** p over every table with these margins; undefined where there are too many of them. */
function enumerated(table: CountTable): { p: number; note: string } | undefined {
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = table[0].map((_, c) => table.reduce((sum, row) => sum + row[c], 0));
  const constant = weightOf(rows) + weightOf(columns) - logFactorial(totalOf(table));
  const limit = weightOf(table.flat()) - Math.log(slack);
  let [tables, p] = [0, 0];
  /** Fills column `c` from row `r` on, `left` of it still to place; `open` is what each row has room for. */
  const fill = (c: number, r: number, left: number, open: number[], weight: number): boolean => {
    if (c === columns.length - 1) {
      const whole = weight + weightOf(open);
      if (whole >= limit) p += Math.exp(constant - whole);
      return ++tables <= tableLimit;
    }
    if (r === open.length - 1) {
      if (left > open[r]) return true;
      const rest = open.map((room, n) => (n === r ? room - left : room));
      return fill(c + 1, 0, columns[c + 1], rest, weight + logFactorial(left));
    }
    for (let k = Math.min(left, open[r]); k >= 0; k--) {
      const rest = open.map((room, n) => (n === r ? room - k : room));
      if (!fill(c, r + 1, left - k, rest, weight + logFactorial(k))) return false;
    }
    return true;
  };
  return fill(0, 0, columns[0], rows, 0) ? { p, note: "" } : undefined;
}

/** Monte-Carlo p = (extreme + 1) / (samples + 1), from shuffled labels. */
function sampled(table: CountTable): { p: number; note: string } {
  const random = new Random(1, "fisher");
  const rowOf = table.flatMap((row, r) => Array<number>(row.reduce((sum, count) => sum + count, 0)).fill(r));
  const columnOf = table.flatMap((row) => row.flatMap((count, c) => Array<number>(count).fill(c)));
  const limit = weightOf(table.flat()) - Math.log(slack);
  let extreme = 0;
  for (let n = 0; n < samples; n++) {
    const cells = new Array<number>(table.length * table[0].length).fill(0);
    random.shuffle(columnOf).forEach((c, k) => cells[rowOf[k] * table[0].length + c]++);
    if (weightOf(cells) >= limit) extreme++;
  }
  const [low, high] = clopperPearson(extreme, samples, 0.95).map((x) => x.toFixed(4));
  const note = notes(`p from ${samples} random tables, seed 1, 95 % interval ${low} to ${high}`);
  return { p: (extreme + 1) / (samples + 1), note };
}
