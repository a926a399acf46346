/** A cross-validated classifier as tables, in the form of paper 1's Table 4. */
import type { CrossValidatedClassifier, DecidedCase } from "../statistics/diagnostic/cross-validated.js";
import { estimateTable } from "./statistics-tables.js";
import type { Table } from "./table.js";

/** AUC, decisions, calibration; then AUC by fold and the calibration curve. */
export function classificationTables(result: CrossValidatedClassifier): Table[] {
  const { auc, aucByFold, report, calibration, isCrossFitted, counts } = result;
  const { brier, ece, slope, intercept, bins } = calibration;
  const fitted = isCrossFitted
    ? "Temperature and threshold of each case come from the other folds' cases."
    : "One fold: temperature and threshold were chosen on these very cases, which flatters all but the AUC.";
  const { tp, fp, fn, tn } = counts;
  return [
    estimateTable("Classification", [auc, ...Object.values(report)], {
      notes: [fitted, `Decisions: ${tp} true and ${fp} false positive, ${fn} false and ${tn} true negative.`],
    }),
    estimateTable("Calibration", [brier, ece, slope, intercept], { notes: [fitted] }),
    ...(aucByFold.length > 1
      ? [
          estimateTable(
            "AUC by fold",
            aucByFold.map((one) => one.auc),
          ),
        ]
      : []),
    {
      title: "Calibration curve",
      columns: [
        { title: "Predicted" },
        { title: "Mean predicted" },
        { title: "Observed" },
        { title: "Low" },
        { title: "High" },
        { title: "n", digits: 0 },
      ],
      rows: bins.map(({ from, to, meanPredicted, observed }) => [
        `${from.toFixed(1)}–${to.toFixed(1)}`,
        meanPredicted,
        ...[observed.value, observed.low, observed.high].map((value) => value ?? NaN),
        observed.n,
      ]),
      notes: ["Observed: share of positive cases with its Wilson interval."],
    },
  ];
}

/** One row for each case. */
export function decisionTable(cases: readonly DecidedCase[]): Table {
  return {
    title: "Cases",
    columns: [
      { title: "case" },
      { title: "fold", digits: 0 },
      { title: "positive", digits: 0 },
      { title: "logit", digits: 3 },
      { title: "probability", digits: 4 },
      { title: "threshold", digits: 4 },
      { title: "decision", digits: 0 },
    ],
    rows: cases.map(({ id, fold, positive, logit, probability, threshold, decision }) => [
      id,
      fold,
      Number(positive),
      logit,
      probability,
      threshold,
      Number(decision),
    ]),
  };
}
