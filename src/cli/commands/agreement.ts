import { Command } from "commander";
import { basename, join, resolve } from "node:path";
import { MarrowError } from "../../base/errors.js";
import { failureOf } from "../../report/evaluate-files.js";
import { agreementSummary, agreementTable } from "../../report/evaluation-tables.js";
import type { Failure } from "../../report/failure-table.js";
import { masksIn } from "../../report/mask-files.js";
import { renderTable } from "../../report/table.js";
import { compareReaders, type AgreementRow } from "../../statistics/agreement.js";
import { labelsIn } from "../../statistics/confusion.js";
import type { NamedLabel } from "../../statistics/evaluation.js";
import { writeText } from "../../study/files.js";
import { readMask } from "../../volume/nifti.js";
import { parseLabels } from "../label-options.js";

interface Options {
  out?: string;
  labels?: NamedLabel[];
}

interface Reading {
  readonly reader: string;
  readonly file: string;
}

/** `marrow agreement R11 R12 R21` */
export function agreementCommand(): Command {
  return new Command("agreement")
    .description(
      "compare readers with each other: pairwise Dice, volume similarity and voxel counts of every case",
    )
    .argument("<folders...>", "one folder of masks for each reader, paired by case id")
    .option("--labels <list>", "labels to compare, e.g. 1,2 (default: all that occur in a case)", parseLabels)
    .option("--out <dir>", "where agreement.csv and agreement.md go")
    .action(run);
}

async function run(folders: string[], options: Options): Promise<void> {
  if (folders.length < 2) throw new MarrowError("BAD_ARGUMENT", { expected: "two or more folders of masks" });
  const { rows, failures } = await agreementOf(folders, options.labels);
  const tables = [agreementTable(rows), agreementSummary(rows)];
  for (const table of tables) console.log(renderTable(table, "terminal"));
  for (const { id, message } of failures) console.error(`${id}: ${message}`);
  if (options.out !== undefined) {
    await writeText(join(options.out, "agreement.csv"), renderTable(tables[0], "csv"));
    const body = tables.map((table) => renderTable(table, "markdown")).join("\n");
    await writeText(
      join(options.out, "agreement.md"),
      `# Agreement of readers\n\nResearch use only.\n\n${body}`,
    );
    console.log(`Written: ${join(options.out, "agreement.csv")}, ${join(options.out, "agreement.md")}`);
  }
  console.log("Research use only.");
  if (failures.length > 0) process.exitCode = 1;
}

/** Every case that two or more readers have; a case that cannot be read or compared is a failure. */
async function agreementOf(folders: readonly string[], labels?: readonly NamedLabel[]) {
  const cases = await readingsOf(folders);
  const rows: AgreementRow[] = [];
  const failures: Failure[] = [];
  for (const [id, readings] of cases) {
    try {
      rows.push(...(await compareCase(id, readings, labels)));
    } catch (error) {
      failures.push(failureOf(id, error));
    }
  }
  return { rows, failures };
}

async function compareCase(id: string, readings: readonly Reading[], labels?: readonly NamedLabel[]) {
  const masks = [];
  for (const { reader, file } of readings) masks.push({ reader, mask: await readMask(file) });
  const values = labels?.map(({ value }) => value) ?? labelsIn(masks.map(({ mask }) => mask));
  return compareReaders(id, masks, values);
}

async function readingsOf(folders: readonly string[]): Promise<[string, Reading[]][]> {
  const cases = new Map<string, Reading[]>();
  for (const folder of folders)
    for (const { id, file } of await masksIn(folder))
      cases.set(id, [...(cases.get(id) ?? []), { reader: basename(resolve(folder)), file }]);
  const shared = [...cases].filter(([, readings]) => readings.length > 1);
  if (shared.length === 0)
    throw new MarrowError("EVALUATE_NOTHING", {
      file: folders.join(", "),
      expected: "masks with the same case ids",
    });
  return shared.sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
}
