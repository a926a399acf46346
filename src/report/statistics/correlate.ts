import { MarrowError } from "../../base/errors.js";
import { partialCorrelation } from "../../statistics/correlation/partial.js";
import { pearson } from "../../statistics/correlation/pearson.js";
import { spearman } from "../../statistics/correlation/spearman.js";
import { numbers, ofTests, pairsOf, type StatisticsRequest, type StatisticsResult } from "./request.js";

/** Every pair of columns. Throws BAD_ARGUMENT for an unknown method. */
export function correlate(request: StatisticsRequest): StatisticsResult {
  const { columns, covariates, method = "both", level } = request;
  const others = covariates.map((name) => numbers(request, name));
  const kinds = (["pearson", "spearman"] as const).filter((kind) => method === "both" || method === kind);
  if (kinds.length === 0)
    throw new MarrowError("BAD_ARGUMENT", { expected: "--method pearson, spearman or both", found: method });
  const plain = { pearson, spearman };
  const tests = pairsOf(columns).flatMap(([first, second]) => {
    const [x, y] = [numbers(request, first), numbers(request, second)];
    const given = covariates.length > 0 ? ` | ${covariates.join(", ")}` : "";
    const options = { name: `${first}, ${second}${given}`, level };
    return kinds.map((kind) =>
      others.length > 0 ? partialCorrelation(x, y, others, { ...options, kind }) : plain[kind](x, y, options),
    );
  });
  return ofTests("Correlation", tests);
}
