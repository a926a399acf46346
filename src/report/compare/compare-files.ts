/** Writes what `marrow compare` found. */
import { join } from "node:path";
import { labelName } from "../../study/names.js";
import { writeText } from "../../study/files.js";
import { blandAltmanChart } from "../study/charts/bland-altman-chart.js";
import { comparison as blandAltman } from "../study/volume-agreement.js";
import { renderTable } from "../table.js";
import { comparedCases, comparisonTables } from "./compare-tables.js";
import type { MaskComparison } from "./compare.js";

/**
 * comparison.md, comparison.json, cases.csv, a CSV file for each table, and bland-altman.svg where two cases or more have a
 * volume, in `out`; returns their paths. Throws FILE_UNWRITABLE, DISK_FULL.
 */
export async function writeComparison(out: string, found: MaskComparison): Promise<string[]> {
  const tables = comparisonTables(found);
  const body = [...tables, comparedCases(found)].map((table) => renderTable(table, "markdown")).join("\n");
  const title = `${found.first} and ${found.second}`;
  const figure = await figureOf(found, title);
  const texts: Readonly<Record<string, string>> = {
    "comparison.md": `# ${title}\n\nResearch use only.\n\n${body}`,
    "comparison.json": json(found),
    "cases.csv": renderTable(comparedCases(found), "csv"),
    ...Object.fromEntries(
      tables.map((table) => [`${labelName(table.title)}.csv`, renderTable(table, "csv")] as const),
    ),
    ...(figure === undefined ? {} : { "bland-altman.svg": figure }),
  };
  for (const [name, text] of Object.entries(texts)) await writeText(join(out, name), text);
  return Object.keys(texts).map((name) => join(out, name));
}

/** NaN, for what is not defined, becomes null. */
function json({ volumes, ...found }: MaskComparison): string {
  const millilitres = volumes.map(({ name, volumes: of }) => ({ name, ml: Object.fromEntries(of) }));
  return `${JSON.stringify({ researchUseOnly: true, ...found, volumes: millilitres }, undefined, 2)}\n`;
}

async function figureOf({ volumes }: MaskComparison, title: string): Promise<string | undefined> {
  const plot = blandAltman(volumes);
  if (plot.result.points.length < 2) return undefined;
  const text = { name: "bland-altman", title: `Agreement of lesion volumes, ${title}`, caption: "" };
  return (await blandAltmanChart(text, [plot], "ml")).svg;
}
