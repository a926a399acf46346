/** What the tests have in common. */
export interface TestOptions {
  /** What is tested, for the table; the test's own name unless given. */
  readonly name?: string;
  /** Confidence level of the effect's interval, 0.95 unless given. */
  readonly level?: number;
}

export interface RankTestOptions extends TestOptions {
  /** true: always exact; false: never; unset: exact where it is feasible. */
  readonly exact?: boolean;
  /** Continuity correction of the normal approximation, on unless false. */
  readonly correction?: boolean;
}

/** Two-sided exact p: twice the smaller tail, at most 1, as R and SciPy have it. */
export function twoSidedExact(atMost: number, atLeast: number): number {
  return Math.min(1, 2 * Math.min(atMost, atLeast));
}
