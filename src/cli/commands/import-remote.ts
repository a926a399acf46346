/** What `marrow import` takes from a URL: its options, and the fetching. */
import type { Command } from "commander";
import { MarrowError } from "../../base/errors.js";
import { connectionNamed, readPacsConfig, type DicomwebConnection } from "../../dicom/pacs/config.js";
import { isAddress, withRemote } from "../../dicom/remote/with-remote.js";
import { parseGigabytes } from "../options.js";
import { configOption } from "./pacs/connect.js";

export interface RemoteFlags {
  maxDownload: number;
  connection?: string;
  config: string;
}

export function addRemoteOptions(command: Command): Command {
  return command
    .option("--max-download <gb>", "largest download from a URL", parseGigabytes, 20e9)
    .option("--connection <name>", "PACS connection whose authentication a DICOMweb URL needs")
    .addOption(configOption());
}

/** Calls `use` with the path itself, or with what its URL gave, which is removed afterwards. */
export async function withLocal<T>(
  path: string,
  flags: RemoteFlags,
  use: (local: string) => Promise<T>,
): Promise<T> {
  if (!isAddress(path)) return use(path);
  const { maxDownload: mostBytes } = flags;
  return withRemote(path, { mostBytes, connection: await connectionOf(flags), onProgress: progress() }, use);
}

async function connectionOf({
  connection: name,
  config: file,
}: RemoteFlags): Promise<DicomwebConnection | undefined> {
  if (name === undefined) return undefined;
  const connection = connectionNamed(await readPacsConfig(file), name, file);
  if ("dicomweb" in connection) return connection.dicomweb;
  throw new MarrowError("BAD_ARGUMENT", { expected: "a DICOMweb connection", found: name });
}

/** Megabytes on the terminal's last line; silent where output is not a terminal. */
function progress(): (bytes: number, total: number | undefined) => void {
  let told = -1;
  return (bytes, total) => {
    const megabytes = Math.floor(bytes / 1e6);
    if (!process.stderr.isTTY || megabytes === told) return;
    told = megabytes;
    const of = total === undefined ? "" : ` of ${Math.ceil(total / 1e6)}`;
    process.stderr.write(`\r${megabytes}${of} MB fetched`);
    if (bytes === total) process.stderr.write("\n");
  };
}
