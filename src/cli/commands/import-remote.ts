/** What `marrow import` takes from a URL or a PACS: its options, and the fetching. */
import { tmpdir } from "node:os";
import type { Command } from "commander";
import { MarrowError } from "../../base/errors.js";
import { connectionNamed, readPacsConfig, type DicomwebConnection } from "../../dicom/pacs/config.js";
import { inTemporaryFolder, isAddress, withRemote } from "../../dicom/remote/with-remote.js";
import { parseGigabytes } from "../options.js";
import { configOption, connect } from "./pacs/connect.js";
import { keepFile } from "./pacs/keep-file.js";

export interface RemoteFlags {
  maxDownload: number;
  connection?: string;
  pacsStudy?: string;
  pacsSeries?: string;
  config: string;
}

/** Whether images are to be retrieved from a PACS. */
export const isRetrieval = ({ pacsStudy }: RemoteFlags): boolean => pacsStudy !== undefined;

export function addRemoteOptions(command: Command): Command {
  return command
    .option("--max-download <gb>", "largest download from a URL", parseGigabytes, 20e9)
    .option(
      "--connection <name>",
      "PACS connection: of --pacs-study, or whose authentication a DICOMweb URL needs",
    )
    .option(
      "--pacs-study <uid>",
      "retrieve this study from the PACS, into the path if one is given, where it stays",
    )
    .option("--pacs-series <uid>", "one series of it")
    .addOption(configOption());
}

/** Calls `use` with the path itself, or with what its URL or the PACS gave, which is removed afterwards. */
export async function withLocal<T>(
  path: string | undefined,
  flags: RemoteFlags,
  use: (local: string) => Promise<T>,
): Promise<T> {
  if (isRetrieval(flags)) {
    const into = async (folder: string) => use(await retrieved(folder, flags));
    return path === undefined ? inTemporaryFolder(tmpdir(), into) : into(path);
  }
  if (path === undefined) throw new MarrowError("BAD_ARGUMENT", { expected: "a path" });
  if (!isAddress(path)) return use(path);
  const { maxDownload: mostBytes } = flags;
  return withRemote(path, { mostBytes, connection: await connectionOf(flags), onProgress: progress() }, use);
}

/** Retrieves what was asked for into a folder, and returns the folder. */
async function retrieved(folder: string, flags: RemoteFlags): Promise<string> {
  const { connection, pacsStudy: study = "", pacsSeries: series, maxDownload } = flags;
  if (connection === undefined)
    throw new MarrowError("BAD_ARGUMENT", { expected: "--connection NAME with --pacs-study" });
  const pacs = await connect(connection, flags);
  let bytes = 0;
  const count = await pacs.get({ study, series }, async (file) => {
    bytes += file.length;
    if (bytes > maxDownload)
      throw new MarrowError("DOWNLOAD_TOO_LARGE", { expected: `at most ${maxDownload} bytes` });
    await keepFile(file, folder);
  });
  if (count === 0) throw new MarrowError("DOWNLOAD_REFUSED", { found: "a study without images" });
  return folder;
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
