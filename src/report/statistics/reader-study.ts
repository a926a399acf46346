import { analyseReaderStudy } from "../../statistics/reader-study/analyse.js";
import type { Reading } from "../../statistics/reader-study/readings.js";
import { readerStudyTables } from "../reader-study-tables.js";
import { numberColumn, textColumn } from "../../study/delimited.js";
import type { Table as DataTable } from "../../study/tsv.js";
import type { StatisticsRequest, StatisticsResult } from "./request.js";

const textFields = ["patient", "date"] as const;
const numberFields = ["truth", "decision", "score", "dice", "precision", "recall", "seconds"] as const;

/** One reading a row. Throws TABLE_INVALID without reader, case and arm. */
export function readerStudy(request: StatisticsRequest): StatisticsResult {
  const { data, file, model, level, seed, interval } = request;
  const study = analyseReaderStudy(readingsOf(data, file), { model, level, seed, interval });
  return { tables: readerStudyTables(study), result: study };
}

/** Rows of a table as readings; `file` is named in errors. Throws TABLE_INVALID. */
export function readingsOf(data: DataTable, file: string): Reading[] {
  const [reader, case_, arm] = ["reader", "case", "arm"].map((name) => textColumn(data, name, file));
  const present = (name: string) => data.columns.includes(name);
  const texts = textFields.filter(present).map((name) => [name, textColumn(data, name, file)] as const);
  const numbers = numberFields.filter(present).map((name) => [name, numberColumn(data, name, file)] as const);
  return data.rows.map((_, n): Reading => {
    const words = texts.flatMap(([name, values]) => (values[n] === "" ? [] : [[name, values[n]] as const]));
    const values = numbers.flatMap(([name, list]) =>
      Number.isNaN(list[n]) ? [] : [[name, list[n]] as const],
    );
    const recorded = { ...Object.fromEntries(words), ...Object.fromEntries(values) };
    return { reader: reader[n], case: case_[n], arm: arm[n], ...recorded };
  });
}
