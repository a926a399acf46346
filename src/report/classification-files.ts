/** Writes what a cross-validated classifier is worth, for people and for programs. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { asMarrowError } from "../base/errors.js";
import type { CrossValidatedClassifier } from "../statistics/diagnostic/cross-validated.js";
import { calibrationSvg } from "./calibration-plot.js";
import { classificationTables, decisionTable } from "./classification-tables.js";
import { renderTable } from "./table.js";

/** classification.md, cases.csv, calibration.svg and classification.json in `out`; returns their paths. */
export async function writeClassification(out: string, result: CrossValidatedClassifier): Promise<string[]> {
  const tables = classificationTables(result).map((table) => renderTable(table, "markdown"));
  const texts: Readonly<Record<string, string>> = {
    "classification.md": `# Classification\n\nResearch use only.\n\n${tables.join("\n")}`,
    "cases.csv": renderTable(decisionTable(result.cases), "csv"),
    "calibration.svg": calibrationSvg(result.calibration),
    "classification.json": `${JSON.stringify(result, null, 2)}\n`,
  };
  try {
    await mkdir(out, { recursive: true });
    for (const [name, text] of Object.entries(texts)) await writeFile(join(out, name), text);
  } catch (error) {
    throw asMarrowError(error, out);
  }
  return Object.keys(texts).map((name) => join(out, name));
}
