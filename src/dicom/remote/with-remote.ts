/** What an address names, fetched into a temporary folder for as long as it is needed. */
import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asMarrowError, MarrowError } from "../../base/errors.js";
import type { DicomwebConnection } from "../pacs/config.js";
import { dicomwebPacs } from "../pacs/dicomweb.js";
import type { RetryOptions } from "../pacs/retry.js";
import { download, plain } from "./download.js";
import { studyAddress, type StudyAddress } from "./study-address.js";

export interface RemoteOptions {
  readonly mostBytes: number;
  /** Authentication of a DICOMweb server; its address must be the one asked for. */
  readonly connection?: DicomwebConnection | undefined;
  readonly onProgress?: ((bytes: number, total: number | undefined) => void) | undefined;
  readonly retry?: RetryOptions | undefined;
  /** Folder for temporary ones; the system's unless given. */
  readonly temporary?: string | undefined;
}

export const isAddress = (path: string): boolean => /^https?:\/\//i.test(path);

/**
 * Calls `use` with the path of what was fetched: a file, or a folder for a study of a DICOMweb server. Everything is removed
 * afterwards, also after a failure or Ctrl-C. Throws BAD_ARGUMENT, DOWNLOAD_FAILED, DOWNLOAD_REFUSED, DOWNLOAD_TOO_LARGE,
 * PACS_UNREACHABLE, PACS_REFUSED, PACS_ANSWER, PACS_SECRET, DISK_FULL.
 */
export async function withRemote<T>(
  url: string,
  options: RemoteOptions,
  use: (path: string) => Promise<T>,
): Promise<T> {
  requirePlainAddress(url);
  const study = studyAddress(url);
  return inTemporaryFolder(options.temporary ?? tmpdir(), async (folder) =>
    use(study ? await fetchStudy(study, folder, options) : await download(url, { ...options, folder })),
  );
}

function requirePlainAddress(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && !parsed.username && !parsed.password) return;
  throw new MarrowError("BAD_ARGUMENT", {
    expected: "an address without user and password",
    ...(parsed && { file: plain(url) }),
    next: "Name a connection of the PACS file with --connection; it says where the password is.",
  });
}

/** A folder that is removed afterwards, also after Ctrl-C. */
export async function inTemporaryFolder<T>(where: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(where, "marrow-download-")).catch((error: unknown) =>
    Promise.reject(asMarrowError(error, where)),
  );
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const interrupted = (signal: NodeJS.Signals) => {
    remove();
    process.kill(process.pid, signal);
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.once(signal, interrupted);
  try {
    return await use(folder);
  } finally {
    for (const signal of signals) process.off(signal, interrupted);
    remove();
  }
}

/** One file an instance. Names are numbers: nothing that a server sends becomes a path. */
async function fetchStudy(address: StudyAddress, folder: string, options: RemoteOptions): Promise<string> {
  const { server, study, series } = address;
  const { connection, mostBytes, onProgress } = options;
  if (connection && connection.url.replace(/\/+$/, "") !== server)
    throw new MarrowError("BAD_ARGUMENT", { expected: connection.url, found: server });
  const pacs = await dicomwebPacs(connection ?? { url: server, timeout: 60 }, options.retry);
  let [bytes, files] = [0, 0];
  await pacs.get({ study, series }, async (file) => {
    bytes += file.length;
    if (bytes > mostBytes) throw new MarrowError("DOWNLOAD_TOO_LARGE", { file: server, expected: `at most ${mostBytes} bytes` }); // prettier-ignore
    const path = join(folder, `${++files}.dcm`);
    await writeFile(path, file, { mode: 0o600 }).catch((error: unknown) => Promise.reject(asMarrowError(error, path))); // prettier-ignore
    onProgress?.(bytes, undefined);
  });
  if (files === 0)
    throw new MarrowError("DOWNLOAD_REFUSED", { file: server, found: "a study without images" });
  return folder;
}
