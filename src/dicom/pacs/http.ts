/** Requests to a DICOMweb server: authentication, time limit, retries, errors in words. */
import { MarrowError } from "../../base/errors.js";
import type { DicomwebConnection } from "./config.js";
import { defaultRetry, Transient, withRetry, type RetryOptions } from "./retry.js";
import { authorization } from "./secret.js";

export interface HttpRequest {
  readonly accept: string;
  readonly method?: "GET" | "POST";
  readonly contentType?: string;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Status codes besides 2xx that are an answer for the caller. */
  readonly refusals?: readonly number[];
}

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

export interface HttpClient {
  /** Address without trailing slash. */
  readonly url: string;
  /** Throws PACS_UNREACHABLE after all retries, PACS_REFUSED for a status that no retry mends. */
  readonly request: (path: string, request: HttpRequest) => Promise<HttpAnswer>;
}

/** Too many requests, and trouble of gateways; tried again. */
const passing = [408, 425, 429, 502, 503, 504];

/** Throws PACS_SECRET. */
export async function httpClient(
  connection: DicomwebConnection,
  retry: RetryOptions = defaultRetry,
): Promise<HttpClient> {
  const url = connection.url.replace(/\/+$/, "");
  const header = await authorization(connection.auth, url);
  const once = (path: string, request: HttpRequest) =>
    exchange(`${url}/${path}`, request, header, connection.timeout * 1000);
  return {
    url,
    request: async (path, request) => {
      try {
        return await withRetry(() => once(path, request), retry);
      } catch (error) {
        if (!(error instanceof Transient)) throw error;
        const found = `${error.message} (${retry.attempts} attempts)`;
        throw new MarrowError("PACS_UNREACHABLE", { file: url, found, cause: error.cause });
      }
    },
  };
}

async function exchange(
  url: string,
  request: HttpRequest,
  header: string | undefined,
  timeoutMs: number,
): Promise<HttpAnswer> {
  const { accept, method = "GET", contentType, body, refusals = [] } = request;
  const headers = {
    accept,
    ...(header !== undefined && { authorization: header }),
    ...(contentType !== undefined && { "content-type": contentType }),
  };
  // A redirect could carry the secret, or a patient's data, to another host.
  const options: RequestInit = { method, headers, redirect: "error", signal: AbortSignal.timeout(timeoutMs) };
  const answer = await reach(() => fetch(url, body ? { ...options, body } : options));
  const content = new Uint8Array(await reach(() => answer.arrayBuffer()));
  if (answer.ok || refusals.includes(answer.status))
    return { status: answer.status, contentType: answer.headers.get("content-type") ?? "", body: content };
  if (passing.includes(answer.status))
    throw new Transient(`HTTP ${answer.status}`, retryAfter(answer.headers));
  throw refused(url, answer.status);
}

async function reach<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const cause = (error as { cause?: { code?: string; message?: string } }).cause;
    throw new Transient(cause?.code ?? cause?.message ?? (error as Error).message, undefined, {
      cause: error,
    });
  }
}

/** Seconds, or a date (RFC 9110 section 10.2.3). */
function retryAfter(headers: Headers): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? 1000 * Number(value) : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? ms : undefined;
}

/** Without the query, which may name a patient. */
function refused(url: string, status: number): MarrowError {
  const where = url.replace(/\?.*/, "");
  if (status === 401 || status === 403)
    return new MarrowError("PACS_REFUSED", {
      file: where,
      found: `HTTP ${status}`,
      next: "Check `auth` of the connection, and whether its secret is still valid.",
    });
  return new MarrowError("PACS_REFUSED", { file: where, found: `HTTP ${status}` });
}
