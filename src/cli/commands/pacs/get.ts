import { Command } from "commander";
import { configOption, connect, type ConfigOption } from "./connect.js";
import { keepFile } from "./keep-file.js";

interface Options extends ConfigOption {
  readonly study: string;
  readonly series?: string;
  readonly out: string;
}

/** `marrow pacs get CONNECTION --study UID --out DIR` */
export function getCommand(): Command {
  return new Command("get")
    .description("retrieve a study or series")
    .argument("<connection>", "name in the file of connections")
    .addOption(configOption())
    .requiredOption("--study <uid>", "Study Instance UID")
    .option("--series <uid>", "one Series Instance UID of it")
    .requiredOption("--out <dir>", "folder for the files, one folder a series")
    .action(run);
}

async function run(name: string, { study, series, out, ...config }: Options): Promise<void> {
  const pacs = await connect(name, config);
  const count = await pacs.get({ study, series }, async (file) => void (await keepFile(file, out)));
  console.log(`${count} files written to ${out}; they name the patient: confidential.`);
  console.log(`Import them, de-identified: marrow import ${out} --study STUDY`);
  if (count === 0) process.exitCode = 1;
}
