/** Serves a built page to this computer alone, with the headers that threads in WebAssembly need. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { MarrowError } from "../base/errors.js";

/** Everything comes from the page's own origin and nothing goes anywhere else. */
export const contentPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Without the first two a browser gives a page no shared memory, and WebAssembly no threads. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": contentPolicy,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

export interface ServedPage {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * Serves the files below `folder` at a port of the loopback interface (0: any free one). `headers` replaces the page's
 * own. Throws BAD_ARGUMENT where the port is taken.
 */
export async function servePage(
  folder: string,
  port: number,
  headers: Readonly<Record<string, string>> = pageHeaders,
): Promise<ServedPage> {
  const server = createServer((request, response) => {
    void answer(folder, request.url ?? "/", response, headers);
  });
  await listening(server, port);
  const { port: chosen } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${chosen}/`,
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", ({ message }) =>
      reject(new MarrowError("BAD_ARGUMENT", { expected: "a free port", found: message })),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
}

async function answer(
  folder: string,
  url: string,
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const path = pathOf(url);
  const file = path === undefined ? undefined : join(folder, path);
  const type = types[extname(file ?? "")];
  const size = file && type ? await sizeOf(file) : undefined;
  if (file === undefined || type === undefined || size === undefined) {
    response.writeHead(404, { "Content-Type": "text/plain" }).end("There is no such page.\n");
    return;
  }
  response.writeHead(200, { ...headers, "Content-Type": type, "Content-Length": size });
  createReadStream(file).pipe(response);
}

/** The path below the folder; undefined where it leads out of it or is none. */
function pathOf(url: string): string | undefined {
  try {
    const path = normalize(decodeURIComponent(new URL(url, "http://localhost").pathname));
    if (path.split(/[\\/]/).includes("..") || path.includes("\0")) return undefined;
    return path === "/" || path === "\\" ? "index.html" : path;
  } catch {
    return undefined;
  }
}

const sizeOf = (file: string) =>
  stat(file).then(
    (about) => (about.isFile() ? about.size : undefined),
    () => undefined,
  );
