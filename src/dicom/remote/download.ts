/** Fetches one file by HTTP(S) to the disk: in pieces, up to a limit, going on where a broken connection left off. */
import { createHash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { asMarrowError, MarrowError } from "../../base/errors.js";
import { defaultRetry, Transient, withRetry, type RetryOptions } from "../pacs/retry.js";

export interface DownloadOptions {
  /** Existing folder for the file. */
  readonly folder: string;
  readonly mostBytes: number;
  /** `total` is undefined where the server does not say it. */
  readonly onProgress?: ((bytes: number, total: number | undefined) => void) | undefined;
  readonly retry?: RetryOptions | undefined;
  /** Seconds without a byte after which a connection counts as broken. */
  readonly timeout?: number | undefined;
}

/** Redirections that are followed. */
const mostHops = 5;
const passing = [408, 425, 429, 500, 502, 503, 504];

/** What is known of the file from one attempt to the next. */
interface State {
  readonly url: string;
  readonly file: FileHandle;
  readonly options: DownloadOptions;
  bytes: number;
  /** Entity tag or date of what was begun: a changed file is fetched anew (RFC 9110 section 13.1.5). */
  version: string | undefined;
}

/**
 * Returns the file's path; its name says nothing of the address. Throws DOWNLOAD_FAILED after all retries,
 * DOWNLOAD_REFUSED (status, web page, redirection to an unencrypted address), DOWNLOAD_TOO_LARGE, DISK_FULL.
 */
export async function download(url: string, options: DownloadOptions): Promise<string> {
  const { folder, retry = defaultRetry } = options;
  const path = join(folder, createHash("sha256").update(url).digest("hex").slice(0, 16));
  const file = await open(path, "wx", 0o600).catch((error: unknown) => Promise.reject(asMarrowError(error, path))); // prettier-ignore
  const state: State = { url, file, options, bytes: 0, version: undefined };
  try {
    await withRetry(() => attempt(state), retry);
    await file.truncate(state.bytes);
    return path;
  } catch (error) {
    if (!(error instanceof Transient)) throw error;
    const found = `${error.message} (${retry.attempts} attempts, ${state.bytes} bytes)`;
    throw new MarrowError("DOWNLOAD_FAILED", { file: plain(url), found, cause: error.cause });
  } finally {
    await file.close();
  }
}

/** Without query and user, which may be secret. */
export function plain(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

async function attempt(state: State): Promise<void> {
  const abort = new AbortController();
  const ms = (state.options.timeout ?? 60) * 1000;
  const timer = setTimeout(() => abort.abort(new Transient(`nothing for ${ms / 1000} s`)), ms);
  try {
    const answer = await request(state, state.url, abort.signal);
    const total = begin(state, answer);
    for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
      timer.refresh();
      await keep(state, chunk, total);
    }
    if (total !== undefined && state.bytes < total) throw new Transient("the connection broke");
  } catch (error) {
    throw error instanceof MarrowError || error instanceof Transient ? error : broken(error, abort.signal);
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

function broken(error: unknown, { reason }: AbortSignal): Transient {
  if (reason instanceof Transient) return reason;
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  return new Transient(cause?.code ?? cause?.message ?? (error as Error).message, undefined, {
    cause: error,
  });
}

async function request(state: State, url: string, signal: AbortSignal, hops = 0): Promise<Response> {
  const { bytes, version } = state;
  // Packing on the way would make ranges and lengths those of something else.
  const headers: Record<string, string> = { accept: "*/*", "accept-encoding": "identity" };
  if (bytes > 0 && version !== undefined) Object.assign(headers, { range: `bytes=${bytes}-`, "if-range": version });
  const answer = await fetch(url, { headers, redirect: "manual", signal });
  const to = answer.headers.get("location");
  if (answer.status < 300 || answer.status >= 400 || to === null) return answer;
  await answer.body?.cancel();
  const next = new URL(to, url);
  const isDowngrade = url.startsWith("https:") && next.protocol !== "https:";
  if (isDowngrade || hops >= mostHops || !/^https?:$/.test(next.protocol))
    throw new MarrowError("DOWNLOAD_REFUSED", { file: plain(state.url), found: `a redirection to ${plain(next.href)}` });
  return request(state, next.href, signal, hops + 1);
} // prettier-ignore

/** Checks the answer's head; returns the length of the whole file, where it is known. */
function begin(state: State, answer: Response): number | undefined {
  const { status, headers } = answer;
  if (passing.includes(status)) throw new Transient(`HTTP ${status}`);
  if (!answer.ok) throw refused(state.url, `HTTP ${status}`);
  if (/^text\/html|^application\/xhtml/i.test(headers.get("content-type") ?? "")) throw refused(state.url, "a web page");
  const from = status === 206 ? Number(/^bytes (\d+)-/.exec(headers.get("content-range") ?? "")?.[1]) : 0;
  if (from !== 0 && from !== state.bytes) throw otherPiece(state);
  state.bytes = from;
  state.version = strongTag(headers.get("etag")) ?? headers.get("last-modified") ?? undefined;
  const length = headers.get("content-length");
  const total = length === null ? undefined : state.bytes + Number(length);
  if (total !== undefined && total > state.options.mostBytes) throw tooLarge(state, total);
  return total;
} // prettier-ignore

/** Weak tags say nothing of single bytes. */
const strongTag = (tag: string | null) => (tag === null || tag.startsWith("W/") ? undefined : tag);

/** The next attempt asks for the whole file. */
function otherPiece(state: State): Transient {
  state.version = undefined;
  return new Transient("another piece than was asked for");
}

async function keep(state: State, chunk: Uint8Array, total: number | undefined): Promise<void> {
  const { file, options } = state;
  if (state.bytes + chunk.length > options.mostBytes) throw tooLarge(state, state.bytes + chunk.length);
  try {
    await file.write(chunk, 0, chunk.length, state.bytes);
  } catch (error) {
    throw asMarrowError(error, options.folder);
  }
  state.bytes += chunk.length;
  options.onProgress?.(state.bytes, total);
}

function tooLarge({ url, options }: State, bytes: number): MarrowError {
  const expected = `at most ${options.mostBytes} bytes`;
  return new MarrowError("DOWNLOAD_TOO_LARGE", {
    file: plain(url),
    expected,
    found: `${bytes} bytes or more`,
  });
}

const refused = (url: string, found: string) =>
  new MarrowError("DOWNLOAD_REFUSED", { file: plain(url), found });
