import { once } from "node:events";
import { Command } from "commander";
import { MarrowError } from "../../../base/errors.js";
import { readPacsConfig } from "../../../dicom/pacs/config.js";
import { listen } from "../../../dicom/pacs/listen.js";
import { configOption, type ConfigOption } from "./connect.js";
import { keepFile } from "./keep-file.js";

interface Options extends ConfigOption {
  readonly out: string;
}

/** `marrow pacs listen --out DIR` */
export function listenCommand(): Command {
  return new Command("listen")
    .description("receive what allowed AE titles send, until it is stopped (Ctrl-C)")
    .addOption(configOption())
    .requiredOption("--out <dir>", "folder for the files, one folder a series")
    .action(run);
}

async function run({ config: file, out }: Options): Promise<void> {
  const { listen: config } = await readPacsConfig(file);
  if (!config) throw new MarrowError("PACS_CONFIG", { file, expected: "an entry `listen`" });
  let count = 0;
  const listener = await listen(config, {
    onFile: async (received) => {
      await keepFile(received.file, out);
      count++;
    },
    onRefused: (from, reason) => console.error(`refused ${from}: ${reason}`),
  });
  console.log(`${config.title} listens on ${config.host}:${listener.port} for ${config.allow.join(", ")}`);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  await listener.close();
  console.log(`${count} files received in ${out}; they name patients: confidential.`);
}
