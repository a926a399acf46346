/** Cases with a truth (1 diseased, 0 not, NaN unknown) and one score each. */
export interface ScoredCases {
  readonly positive: readonly number[];
  readonly negative: readonly number[];
  readonly missing: number;
}

/** Scores by truth; cases without a truth of 0 or 1 or without a finite score are left out and counted. */
export function byTruth(truth: readonly number[], score: readonly number[]): ScoredCases {
  if (truth.length !== score.length) throw new RangeError("truth and score have different lengths");
  const usable = (n: number) => (truth[n] === 0 || truth[n] === 1) && Number.isFinite(score[n]);
  const of = (label: number) => score.filter((_, n) => truth[n] === label && usable(n));
  const [positive, negative] = [of(1), of(0)];
  return { positive, negative, missing: truth.length - positive.length - negative.length };
}
