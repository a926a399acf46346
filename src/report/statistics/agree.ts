import { MarrowError } from "../../base/errors.js";
import { blandAltman } from "../../statistics/agreement/bland-altman.js";
import { cohenKappa } from "../../statistics/agreement/cohen-kappa.js";
import { detectableChange } from "../../statistics/agreement/detectable-change.js";
import { fleissKappa } from "../../statistics/agreement/fleiss-kappa.js";
import { icc, iccForms, type IccForm } from "../../statistics/agreement/icc.js";
import { kindOf, numberOf } from "../../statistics/descriptive/summary-table.js";
import { estimateTable, testTable } from "../statistics-tables.js";
import {
  numbers,
  ofTests,
  pairsOf,
  texts,
  type StatisticsRequest,
  type StatisticsResult,
} from "./request.js";

/** Readers in columns. Throws BAD_ARGUMENT for an unknown method. */
export function agree(request: StatisticsRequest): StatisticsResult {
  const { columns, method, weights } = request;
  const isContinuous = columns.some((name) => kindOf(texts(request, name)) === "continuous");
  const chosen = method ?? (isContinuous && weights === "none" ? "icc" : "kappa");
  if (chosen === "kappa") return agreeOnCategories(request);
  if (chosen === "icc") return agreeOnNumbers(request);
  throw new MarrowError("BAD_ARGUMENT", { expected: "--method kappa or icc", found: chosen });
}

function agreeOnCategories(request: StatisticsRequest): StatisticsResult {
  const { columns, weights, level } = request;
  const ratings = new Map(columns.map((name) => [name, texts(request, name)]));
  const all = [...ratings.values()];
  const categories = [...new Set(all.flat())]
    .filter(Boolean)
    .sort((a, b) => numberOf(a) - numberOf(b) || a.localeCompare(b, "en", { numeric: true }));
  const tests = pairsOf(columns).map(([a, b]) =>
    cohenKappa(ratings.get(a) ?? [], ratings.get(b) ?? [], {
      name: `${a}, ${b}`,
      weights,
      level,
      categories,
    }),
  );
  const together = columns.length > 2 ? [fleissKappa(all, { name: columns.join(", "), level })] : [];
  return ofTests("Agreement", [...tests, ...together]);
}

function agreeOnNumbers(request: StatisticsRequest): StatisticsResult {
  const { columns, level } = request;
  const readers = columns.map((name) => numbers(request, name));
  const coefficients = (Object.keys(iccForms) as IccForm[]).map((form) => icc(readers, form, { level }));
  const limits = pairsOf(columns).map(([a, b]) => {
    const result = blandAltman(numbers(request, a), numbers(request, b), { level });
    return { pair: `${a} − ${b}`, ...result };
  });
  const change = detectableChange(readers, { level });
  const tables = [
    testTable("Intraclass correlation", coefficients, { family: false }),
    estimateTable(
      "Bland–Altman",
      limits.flatMap(({ pair, bias, lower, upper }) =>
        [bias, lower, upper].map((estimate) => ({ head: [pair], estimate })),
      ),
      { heading: ["Pair"] },
    ),
    testTable(
      "Does the difference grow with size?",
      limits.map(({ pair, trend }) => ({ ...trend, name: pair })),
    ),
    estimateTable("Measurement error", [change.measurementError, change.smallestDetectableChange]),
  ];
  return { tables, result: { icc: coefficients, blandAltman: limits, ...change } };
}
