/** The analyses of `marrow statistics`: a table of data columns in, tables of results out. */
import { MarrowError } from "../../base/errors.js";
import { agree } from "./agree.js";
import { compare } from "./compare.js";
import { correlate } from "./correlate.js";
import { describe } from "./describe.js";
import { readerStudy } from "./reader-study.js";
import type { StatisticsRequest, StatisticsResult } from "./request.js";
import { roc } from "./roc.js";

interface Analysis {
  readonly title: string;
  /** Columns that must be named at least. */
  readonly least: number;
  readonly run: (request: StatisticsRequest) => StatisticsResult;
}

export const analyses = {
  describe: { title: "describe variables, by --group with a test each", least: 0, run: describe },
  compare: { title: "two columns pair by pair, or columns by --group", least: 1, run: compare },
  correlate: { title: "every pair of columns, --covariates taken out", least: 2, run: correlate },
  roc: {
    title: "scores against --label: AUC, operating points, DeLong's test",
    least: 1,
    run: roc,
  },
  agree: { title: "readers in columns: κ, or ICC with Bland–Altman", least: 2, run: agree },
  "reader-study": { title: "readers × cases × arms, one reading a row", least: 0, run: readerStudy },
} as const satisfies Record<string, Analysis>;

export type AnalysisName = keyof typeof analyses;

/** Runs one analysis. Throws TABLE_INVALID, BAD_ARGUMENT. */
export function runStatistics(name: AnalysisName, request: StatisticsRequest): StatisticsResult {
  const { least, run }: Analysis = analyses[name];
  if (request.columns.length < least)
    throw new MarrowError("BAD_ARGUMENT", {
      expected: `${least} or more columns for ${name}`,
      found: `${request.columns.length}`,
      next: `Name them after the file; it has ${request.data.columns.join(", ")}.`,
    });
  return run(request);
}
