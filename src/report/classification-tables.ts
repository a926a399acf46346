/** A cross-validated classifier as tables, in the form of paper 1's Table 4. */
import type { CrossValidatedClassifier, DecidedCase } from "../statistics/diagnostic/cross-validated.js";
import { estimateTable } from "./statistics-tables.js";
import { number, tableOf, text, value, whole } from "./table/columns.js";
import type { Table } from "./table.js";

/** AUC, decisions, calibration; then AUC by fold and the calibration curve. */
export function classificationTables(result: CrossValidatedClassifier): Table[] {
  const { auc, aucByFold, report, calibration, isCrossFitted, counts } = result;
  const { brier, ece, slope, intercept, bins } = calibration;
  const fitted = isCrossFitted
    ? "Temperature and threshold of each case come from the other folds' cases."
    : "One fold: temperature and threshold were chosen on these very cases, which flatters all but the AUC.";
  const { tp, fp, fn, tn } = counts;
  const decisions = `Decisions: ${tp} true and ${fp} false positive, ${fn} false and ${tn} true negative.`;
  const folds = aucByFold.map((one) => one.auc);
  return [
    estimateTable("Classification", [auc, ...Object.values(report)], { notes: [fitted, decisions] }),
    estimateTable("Calibration", [brier, ece, slope, intercept], { notes: [fitted] }),
    ...(folds.length > 1 ? [estimateTable("AUC by fold", folds)] : []),
    tableOf(
      "Calibration curve",
      bins,
      [
        text("Predicted", ({ from, to }) => `${from.toFixed(1)}–${to.toFixed(1)}`),
        number("Mean predicted", ({ meanPredicted }) => meanPredicted),
        value("Observed", ({ observed }) => observed),
        whole("n", ({ observed }) => observed.n),
      ],
      ["Observed: share of positive cases with its Wilson interval."],
    ),
  ];
}

/** One row for each case. */
export const decisionTable = (cases: readonly DecidedCase[]): Table =>
  tableOf("Cases", cases, [
    text("case", ({ id }) => id),
    whole("fold", ({ fold }) => fold),
    whole("positive", ({ positive }) => Number(positive)),
    number("logit", ({ logit }) => logit),
    number("probability", ({ probability }) => probability, 4),
    number("threshold", ({ threshold }) => threshold, 4),
    whole("decision", ({ decision }) => Number(decision)),
  ]);
