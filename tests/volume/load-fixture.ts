import { readFileSync } from "node:fs";

/** A JSON file of tests/volume/fixtures. */
export function loadFixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8")) as T;
}

/** Largest absolute difference between two lists of one length; NaN equals NaN. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  const difference = (n: number) =>
    Object.is(actual[n], expected[n]) ? 0 : Math.abs(actual[n] - expected[n]);
  return Array.from(actual, (_, n) => difference(n)).reduce((a, b) => (b <= a ? a : b), 0);
}
