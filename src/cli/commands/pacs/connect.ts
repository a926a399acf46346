/** What the subcommands of `marrow pacs` share: the file of connections, and opening one. */
import { Option } from "commander";
import { connectionNamed, readPacsConfig, type Connection } from "../../../dicom/pacs/config.js";
import { moveListener } from "../../../dicom/pacs/listen.js";
import { openPacs } from "../../../dicom/pacs/open.js";
import type { Pacs } from "../../../dicom/pacs/pacs.js";

export interface ConfigOption {
  readonly config: string;
}

export function configOption(): Option {
  return new Option("--config <file>", "file of connections").env("MARROW_PACS").default("marrow-pacs.yaml");
}

/** Throws PACS_CONFIG, PACS_SECRET, FILE_NOT_FOUND. */
export async function connect(name: string, { config: file }: ConfigOption): Promise<Pacs> {
  const config = await readPacsConfig(file);
  const connection: Connection = connectionNamed(config, name, file);
  return openPacs(connection, { listener: config.listen && moveListener(config.listen) });
}
