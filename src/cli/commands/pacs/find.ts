import { Command, Option } from "commander";
import { returned, type Level, type PacsQuery } from "../../../dicom/pacs/query.js";
import { renderTable } from "../../../report/table.js";
import { parseCount } from "../../options.js";
import { configOption, connect, type ConfigOption } from "./connect.js";

interface Options extends ConfigOption, Omit<PacsQuery, "level"> {
  readonly level: Level;
  readonly json?: boolean;
}

/** `marrow pacs echo CONNECTION` */
export function echoCommand(): Command {
  return new Command("echo")
    .description("ask whether the PACS answers")
    .argument("<connection>", "name in the file of connections")
    .addOption(configOption())
    .action(async (name: string, options: ConfigOption) => {
      await (await connect(name, options)).echo();
      console.log(`${name} answers`);
    });
}

/** `marrow pacs find CONNECTION --patient-id ID` */
export function findCommand(): Command {
  return new Command("find")
    .description("find studies, or the series of a study")
    .argument("<connection>", "name in the file of connections")
    .addOption(configOption())
    .addOption(
      new Option("--level <level>", "what to find").choices(["study", "series", "instance"]).default("study"),
    )
    .option("--patient-id <id>", "patient ID")
    .option("--patient-name <name>", "patient's name; * and ? match anything")
    .option("--date <date>", "study date, or a range: 20240101-20241231")
    .option("--accession <number>", "accession number")
    .option("--modality <code>", "modality, e.g. MR or SEG")
    .option("--description <text>", "description of the study or series; * and ? match anything")
    .option("--study <uid>", "Study Instance UID")
    .option("--series <uid>", "Series Instance UID")
    .option("--limit <n>", "most matches", parseCount, 200)
    .option("--json", "print JSON instead of a table")
    .action(run);
}

async function run(name: string, { json = false, ...query }: Options): Promise<void> {
  const matches = await (await connect(name, query)).find(query);
  const columns = returned[query.level];
  if (json) {
    console.log(JSON.stringify(matches, undefined, 1));
    return;
  }
  const rows = matches.map((match) => columns.map((keyword) => match[keyword] ?? ""));
  const title = `${matches.length} matches`;
  console.log(renderTable({ title, columns: columns.map((one) => ({ title: one })), rows }, "terminal"));
  if (matches.length === query.limit) console.log("There may be more: raise --limit.");
}
