import { auc } from "../diagnostic/auc.js";
import {
  binaryBootstrap,
  binaryReport,
  countDecisions,
  type BinaryCounts,
  type BinaryReport,
} from "../diagnostic/binary.js";
import { rocCurve, type RocPoint } from "../diagnostic/roc.js";
import type { BootstrapOptions } from "../resampling/bootstrap.js";
import type { Estimate, TestResult } from "../result.js";
import { mcnemar } from "../tests/mcnemar.js";
import { hasAny, patientOf, valueOf, type Series } from "./readings.js";
import { title } from "./segmentation.js";

export interface DiagnosisRow {
  readonly reader: string;
  readonly arm: string;
  readonly counts: BinaryCounts;
  readonly report: BinaryReport;
}

/** Where a reader stands in the ROC plane (paper 1, Fig. 5). */
export interface OperatingPoint {
  readonly reader: string;
  readonly arm: string;
  readonly sensitivity: Estimate;
  /** 1 − specificity is the abscissa. */
  readonly specificity: Estimate;
}

export interface RocRow {
  readonly reader: string;
  readonly arm: string;
  readonly auc: Estimate;
  readonly curve: readonly RocPoint[];
}

export interface DiagnosisOptions extends BootstrapOptions {
  /** Exact (Clopper–Pearson) intervals, or bootstrap ones over patients as in paper 1. */
  readonly interval?: "exact" | "bootstrap";
}

/** Accuracy, sensitivity, specificity, PPV, NPV and κ of each reader and arm with decisions (paper 1, Table 5). */
export function diagnosisRows(series: readonly Series[], options: DiagnosisOptions): DiagnosisRow[] {
  return series.filter(hasDecisions).map(({ reader, arm, readings }) => {
    const truth = readings.map((reading) => valueOf(reading, "truth"));
    const decision = readings.map((reading) => valueOf(reading, "decision"));
    const counts = countDecisions(truth, decision);
    const report =
      options.interval === "bootstrap"
        ? binaryBootstrap(truth, decision, readings.map(patientOf), options)
        : binaryReport(counts, { level: options.level ?? 0.95 });
    return { reader, arm, counts, report };
  });
}

const hasDecisions = (one: Series) => hasAny(one, "truth") && hasAny(one, "decision");

export function operatingPoints(rows: readonly DiagnosisRow[]): OperatingPoint[] {
  return rows.map(({ reader, arm, report: { sensitivity, specificity } }) => ({
    reader,
    arm,
    sensitivity,
    specificity,
  }));
}

/** ROC curve and AUC of each reader and arm with scores. */
export function rocRows(series: readonly Series[], level = 0.95): RocRow[] {
  const scored = series.filter((one) => hasAny(one, "truth") && hasAny(one, "score"));
  return scored.map(({ reader, arm, readings }) => {
    const truth = readings.map((reading) => valueOf(reading, "truth"));
    const score = readings.map((reading) => valueOf(reading, "score"));
    return { reader, arm, auc: auc(truth, score, { level }), curve: rocCurve(truth, score) };
  });
}

/** Which cases a share is taken of, by their truth. */
const shares = {
  Accuracy: () => true,
  Sensitivity: (truth: number) => truth === 1,
  Specificity: (truth: number) => truth === 0,
} as const satisfies Record<string, (truth: number) => boolean>;

/**
 * McNemar's exact test of being right, over all, diseased and other cases: the same cases are read twice, so that the
 * chi-square test of independent groups (paper 1) would ignore the pairing.
 */
export function compareDiagnosis(first: Series, second: Series): TestResult[] {
  if (!hasDecisions(first) || !hasDecisions(second)) return [];
  const others = new Map(second.readings.map((reading) => [reading.case, reading]));
  const paired = first.readings.filter((reading) => others.has(reading.case));
  return Object.entries(shares).map(([name, counts]) => {
    const chosen = paired.filter((reading) => counts(valueOf(reading, "truth")));
    const right = (decision: number, truth: number) =>
      Number.isFinite(decision) && Number.isFinite(truth) ? Number(decision === truth) : NaN;
    const a = chosen.map((reading) => right(valueOf(reading, "decision"), valueOf(reading, "truth")));
    const b = chosen.map((reading) =>
      right(valueOf(others.get(reading.case), "decision"), valueOf(reading, "truth")),
    );
    return mcnemar(a, b, { name: `${name}: ${title(first)} to ${title(second)}` });
  });
}
