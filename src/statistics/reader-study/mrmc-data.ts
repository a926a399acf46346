/** Figures of merit and their covariances, from the readings of a fully crossed study. */
import { delongCovariance, placements, type Placements } from "../diagnostic/delong.js";
import { byTruth } from "../diagnostic/labels.js";
import type { MrmcInput } from "./or-components.js";

/** scores[arm][reader][case]; every number present (see `completeCases`). */
export interface CrossedReadings {
  readonly arms: readonly string[];
  readonly readers: readonly string[];
  readonly scores: readonly (readonly (readonly number[])[])[];
}

/** AUC of every reader and arm, with DeLong's covariances. `truth` holds 0 or 1 for each case. */
export function aucMerit({ arms, readers, scores }: CrossedReadings, truth: readonly number[]): MrmcInput {
  const parts = scores.flat().map((score): Placements => {
    const { positive, negative } = byTruth(truth, score);
    return placements(positive, negative);
  });
  const merit = arms.map((_, i) => readers.map((__, j) => parts[i * readers.length + j].auc));
  const covariance = parts.map((a) => parts.map((b) => delongCovariance(a, b)));
  return { arms, readers, merit, covariance, cases: truth.length };
}

/**
 * Any figure of merit (of one reader's scores in one arm, for a choice of cases) with jackknife covariances over cases:
 * (n − 1)/n Σ (θ₍₋ₖ₎ − mean)(θ′₍₋ₖ₎ − mean′). Source: Efron & Tibshirani (1993), chapter 11.
 */
export function jackknifeMerit(
  { arms, readers, scores }: CrossedReadings,
  merit: (scores: readonly number[], cases: readonly number[]) => number,
): MrmcInput {
  const n = scores[0]?.[0]?.length ?? 0;
  const all = Array.from({ length: n }, (_, k) => k);
  const of = (score: readonly number[], cases: readonly number[]) =>
    merit(
      cases.map((k) => score[k]),
      cases,
    );
  const leftOut = scores.flat().map((score) =>
    all.map((k) =>
      of(
        score,
        all.filter((other) => other !== k),
      ),
    ),
  );
  const centred = leftOut.map((values) => {
    const centre = values.reduce((sum, v) => sum + v, 0) / n;
    return values.map((v) => v - centre);
  });
  const covariance = centred.map((a) =>
    centred.map((b) => ((n - 1) / n) * a.reduce((sum, v, k) => sum + v * b[k], 0)),
  );
  return {
    arms,
    readers,
    merit: scores.map((row) => row.map((score) => of(score, all))),
    covariance,
    cases: n,
  };
}

/** AUC by the jackknife, as most MRMC programs do by default. */
export function aucJackknife(readings: CrossedReadings, truth: readonly number[]): MrmcInput {
  return jackknifeMerit(readings, (scores, cases) => {
    const { positive, negative } = byTruth(
      cases.map((k) => truth[k]),
      scores,
    );
    return positive.length === 0 || negative.length === 0 ? NaN : placements(positive, negative).auc;
  });
}

/** Mean of the scores (Dice, 0/1 for correct): jackknife covariances are then those of a mean. */
export function meanMerit(readings: CrossedReadings): MrmcInput {
  return jackknifeMerit(readings, (scores) => scores.reduce((sum, v) => sum + v, 0) / scores.length);
}
