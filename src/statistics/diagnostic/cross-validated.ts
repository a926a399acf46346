/**
 * What a cross-validated classifier is worth. Every logit comes from a model that has not seen the case; temperature and
 * threshold, which need cases too, are fitted for each fold on the cases of the other folds.
 */
import { estimate, notes, type Estimate } from "../result.js";
import { auc } from "./auc.js";
import { binaryReport, countDecisions, type BinaryCounts, type BinaryReport } from "./binary.js";
import { calibration, type Calibration } from "./calibration.js";
import { operatingPoint, rocCurve, type OperatingRule } from "./roc.js";
import { calibrated, fitTemperature, type Calibrator } from "./temperature.js";

/** A case as the model of its fold saw it. */
export interface ScoredCase {
  readonly id: string;
  readonly fold: number;
  readonly positive: boolean;
  readonly logit: number;
  /** Log odds of the positive class among the cases the model was trained on, where its loss was balanced; else 0. */
  readonly priorLogit: number;
}

/** How a logit becomes a decision. */
export interface Decision extends Calibrator {
  /** Probabilities above this are called positive. */
  readonly threshold: number;
}

export interface DecidedCase extends ScoredCase {
  readonly probability: number;
  readonly threshold: number;
  readonly decision: boolean;
}

export interface CrossValidatedClassifier {
  readonly cases: readonly DecidedCase[];
  readonly auc: Estimate;
  /** AUC within each fold, where the scores are those of one model. */
  readonly aucByFold: readonly { readonly fold: number; readonly auc: Estimate }[];
  readonly counts: BinaryCounts;
  readonly report: BinaryReport;
  readonly calibration: Calibration;
  /** False where there is one fold alone, and temperature and threshold were fitted on the very cases. */
  readonly isCrossFitted: boolean;
}

/** Temperature and threshold from these cases; probabilities above 0.5 where the rule finds no point (one class alone). */
export function fitDecision(cases: readonly ScoredCase[], rule: OperatingRule, priorLogit: number): Decision {
  const truth = cases.map(({ positive }) => Number(positive));
  const temperature = fitTemperature(
    truth,
    cases.map(({ logit }) => logit),
    priorLogit,
  );
  const probabilities = cases.map(({ logit }) => calibrated(logit, { temperature, priorLogit }));
  const point = operatingPoint(rocCurve(truth, probabilities), rule);
  const threshold = point ? Math.min(1, Math.max(0, point.threshold)) : 0.5;
  return { temperature, priorLogit, threshold };
}

/**
 * AUC (DeLong), decisions (Clopper–Pearson) and calibration over the cases of all folds. Cases of one kind alone: nothing
 * that needs both is estimable. Temperature fitted on other folds: Platt-style cross-fitting, so that no case's own
 * outcome acts on its probability or decision.
 */
export function crossValidatedClassifier(
  cases: readonly ScoredCase[],
  rule: OperatingRule,
  seed = 1,
): CrossValidatedClassifier {
  const folds = [...new Set(cases.map(({ fold }) => fold))].sort((a, b) => a - b);
  const isCrossFitted = folds.length > 1;
  const decided = folds.flatMap((fold) => {
    const own = cases.filter((one) => one.fold === fold);
    const others = isCrossFitted ? cases.filter((one) => one.fold !== fold) : own;
    return own.map((one) => decide(one, fitDecision(others, rule, one.priorLogit)));
  });
  const truth = decided.map(({ positive }) => Number(positive));
  const probabilities = decided.map(({ probability }) => probability);
  const counts = countDecisions(
    truth,
    decided.map(({ decision }) => Number(decision)),
  );
  return {
    cases: decided,
    auc: pooled(auc(truth, probabilities), folds.length),
    aucByFold: folds.map((fold) => ({
      fold,
      auc: aucOf(
        cases.filter((one) => one.fold === fold),
        fold,
      ),
    })),
    counts,
    report: binaryReport(counts),
    calibration: calibration(truth, probabilities, { seed }),
    isCrossFitted,
  };
}

function pooled(area: Estimate, folds: number): Estimate {
  return folds > 1 ? estimate({ ...area, note: notes(area.note, `pooled over ${folds} folds`) }) : area;
}

function aucOf(cases: readonly ScoredCase[], fold: number): Estimate {
  return auc(
    cases.map(({ positive }) => Number(positive)),
    cases.map(({ logit }) => logit),
    { name: `AUC, fold ${fold}` },
  );
}

function decide(one: ScoredCase, decision: Decision): DecidedCase {
  const probability = calibrated(one.logit, decision);
  const { threshold } = decision;
  return { ...one, probability, threshold, decision: probability > threshold };
}
