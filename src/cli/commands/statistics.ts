import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { join } from "node:path";
import { analyses, runStatistics, type AnalysisName } from "../../report/statistics/analyses.js";
import type { StatisticsRequest } from "../../report/statistics/request.js";
import { renderTable, type Table } from "../../report/table.js";
import { readDelimited } from "../../study/delimited.js";
import { writeText } from "../../study/files.js";
import { labelName } from "../../study/names.js";
import { parseCount, parseNames } from "../options.js";

type Options = Omit<StatisticsRequest, "data" | "file" | "columns"> & { readonly out?: string };

const names = Object.keys(analyses) as AnalysisName[];

/** `marrow statistics describe patients.csv --group diagnosis` */
export function statisticsCommand(): Command {
  const list = names.map((name) => `${name}: ${analyses[name].title}`).join("; ");
  return new Command("statistics")
    .description(`statistics of a CSV or TSV file (${list})`)
    .addArgument(new Argument("<analysis>", "what to compute").choices(names))
    .argument("<file>", "CSV or TSV with a first row of names, one row a patient (or a reading)")
    .argument("[columns...]", "columns to analyse (describe: all others)")
    .option("--group <column>", "column that holds the groups (describe, compare)")
    .option("--label <column>", "column that holds the truth (roc)")
    .option("--positive <value>", "value of the label that means diseased", "1")
    .option("--covariates <list>", "columns to take out of a correlation", parseNames, [])
    .option("--categorical <list>", "numeric columns that are categories (describe)", parseNames, [])
    .option("--method <name>", "correlate: pearson, spearman or both; agree: kappa or icc")
    .addOption(
      new Option("--weights <weights>", "weights of κ")
        .choices(["none", "linear", "quadratic"])
        .default("none"),
    )
    .addOption(
      new Option("--interval <kind>", "intervals of accuracy and the like (reader-study)")
        .choices(["exact", "bootstrap"])
        .default("exact"),
    )
    .option("--model <reader>", "name under `reader` that is the model (reader-study)", "model")
    .option("--level <share>", "confidence level", parseLevel, 0.95)
    .option("--seed <n>", "seed of what is random", parseCount, 1)
    .option("--out <dir>", "where statistics.json, statistics.md and a CSV file for each table go")
    .action(run);
}

async function run(analysis: AnalysisName, file: string, columns: string[], options: Options): Promise<void> {
  const { out, ...settings } = options;
  const data = await readDelimited(file);
  const { tables, result } = runStatistics(analysis, { ...settings, data, file, columns });
  for (const table of tables) console.log(renderTable(table, "terminal"));
  if (tables.length === 0) console.log("Nothing to report: the file holds none of the quantities.");
  if (out !== undefined) {
    await write(out, tables, { analysis, file, columns, settings, result, note: "Research use only." });
    console.log(`Written: ${join(out, "statistics.json")}, statistics.md, ${tables.length} CSV files`);
  }
  console.log("Research use only.");
}

async function write(out: string, tables: readonly Table[], content: unknown): Promise<void> {
  // Infinite thresholds of ROC curves have no form of their own in JSON.
  const spelled = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  await writeText(join(out, "statistics.json"), `${JSON.stringify(content, spelled, 2)}\n`);
  const body = tables.map((table) => renderTable(table, "markdown")).join("\n");
  await writeText(join(out, "statistics.md"), `# Statistics\n\nResearch use only.\n\n${body}`);
  for (const table of tables)
    await writeText(join(out, `${labelName(table.title)}.csv`), renderTable(table, "csv"));
}

function parseLevel(text: string): number {
  const level = Number(text);
  if (!(level > 0 && level < 1))
    throw new InvalidArgumentError("a share between 0 and 1 is needed, e.g. 0.95.");
  return level;
}
