import { describeVariables } from "../../statistics/descriptive/summary-table.js";
import { describeTable } from "../describe-table.js";
import { texts, type StatisticsRequest, type StatisticsResult } from "./request.js";

/** Table 1 of a paper. */
export function describe(request: StatisticsRequest): StatisticsResult {
  const { columns, data, group, categorical } = request;
  const names = columns.length > 0 ? columns : data.columns.filter((name) => name !== group);
  const variables = names.map((name) => ({
    name,
    values: texts(request, name),
    ...(categorical.includes(name) ? { kind: "categorical" as const } : {}),
  }));
  const result = describeVariables(variables, group === undefined ? undefined : texts(request, group));
  return { tables: [describeTable(result)], result };
}
