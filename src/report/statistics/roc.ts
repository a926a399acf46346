import { MarrowError } from "../../base/errors.js";
import { auc, compareAuc } from "../../statistics/diagnostic/auc.js";
import { binaryReport } from "../../statistics/diagnostic/binary.js";
import { operatingPoint, rocCurve } from "../../statistics/diagnostic/roc.js";
import type { Estimate } from "../../statistics/result.js";
import { estimateTable, testTable } from "../statistics-tables.js";
import { numbers, pairsOf, texts, type StatisticsRequest, type StatisticsResult } from "./request.js";

/** 1 where the label is the positive value, 0 where it is another, NaN where it is missing. */
function truthOf(request: StatisticsRequest): number[] {
  const { label, positive } = request;
  if (label === undefined)
    throw new MarrowError("BAD_ARGUMENT", { expected: "--label COLUMN with the truth" });
  const values = texts(request, label);
  if (!values.includes(positive))
    throw new MarrowError("BAD_ARGUMENT", {
      expected: `--positive: the value of ${label} that means diseased`,
      found: `${positive}; the column has ${[...new Set(values)].filter(Boolean).slice(0, 8).join(", ")}`,
    });
  return values.map((value) => (value === "" ? NaN : Number(value === positive)));
}

/** Scores against the truth. Throws BAD_ARGUMENT without a label, or where no case is positive. */
export function roc(request: StatisticsRequest): StatisticsResult {
  const { columns, level } = request;
  const truth = truthOf(request);
  const scores = columns.map((name) => ({ name, values: numbers(request, name) }));
  const areas = scores.map(({ name, values }) => auc(truth, values, { name: `AUC of ${name}`, level }));
  const points = scores.map(({ name, values }) => ({
    name,
    point: operatingPoint(rocCurve(truth, values), { kind: "youden" }),
  }));
  const atPoint = points.flatMap(({ name, point }) =>
    point === undefined
      ? []
      : Object.values(binaryReport(point, { level })).map((estimate: Estimate) => ({
          head: [name, `> ${Number(point.threshold.toPrecision(6))}`],
          estimate,
        })),
  );
  const tests = pairsOf(scores).map(([a, b]) =>
    compareAuc(truth, a.values, b.values, { name: `${a.name} − ${b.name}`, level }),
  );
  const tables = [
    estimateTable("Area under the ROC curve", areas),
    estimateTable("At Youden's operating point", atPoint, {
      heading: ["Score", "Threshold"],
      notes: ["The threshold was chosen on these very cases, which flatters it."],
    }),
    ...(tests.length > 0 ? [testTable("Comparison of AUC", tests)] : []),
  ];
  const curves = scores.map(({ name, values }) => ({ name, curve: rocCurve(truth, values) }));
  return { tables, result: { auc: areas, operatingPoints: points, tests, curves } };
}
