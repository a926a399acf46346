import { analyseReaderStudy } from "../../statistics/reader-study/analyse.js";
import type { Reading } from "../../statistics/reader-study/readings.js";
import { readerStudyTables } from "../reader-study-tables.js";
import { numbers, texts, type StatisticsRequest, type StatisticsResult } from "./request.js";

const textFields = ["reader", "case", "arm", "patient", "date"] as const;
const numberFields = ["truth", "decision", "score", "dice", "precision", "recall", "seconds"] as const;

/** One reading a row. Throws TABLE_INVALID without reader, case and arm. */
export function readerStudy(request: StatisticsRequest): StatisticsResult {
  const { data, model, level, seed, interval } = request;
  const needed = Object.fromEntries(["reader", "case", "arm"].map((name) => [name, texts(request, name)]));
  const present = (name: string) => data.columns.includes(name);
  const words = Object.fromEntries(textFields.filter(present).map((name) => [name, texts(request, name)]));
  const values = Object.fromEntries(
    numberFields.filter(present).map((name) => [name, numbers(request, name)]),
  );
  const readings = data.rows.map((_, n): Reading => {
    const at = (columns: Record<string, readonly (string | number)[]>) =>
      Object.fromEntries(
        Object.entries(columns).flatMap(([name, list]) => (list[n] === "" ? [] : [[name, list[n]]])),
      );
    return {
      reader: needed["reader"][n],
      case: needed["case"][n],
      arm: needed["arm"][n],
      ...at(words),
      ...at(values),
    };
  });
  const study = analyseReaderStudy(readings, { model, level, seed, interval });
  return { tables: readerStudyTables(study), result: study };
}
