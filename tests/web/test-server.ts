/**
 * A small server that follows the reading room's contract, for tests of the page: everything lives in memory, requests are
 * checked against the contract's schemas, and it can be told to fail.
 */
import { createReadStream, existsSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { routes, type RouteName, type RouteSpec } from "../../src/reading/contract/index.js";
import type { Volume } from "../../src/volume/volume.js";
import { answers, ServedProblem, type Answer } from "./test-answers.js";

export interface ServedCase {
  readonly case: string;
  /** Sequences by name; the mask lies on the first one's grid. */
  readonly images: Readonly<Record<string, Volume>>;
  /** Masks that are there from the beginning, by source. */
  readonly masks?: Readonly<Record<string, Uint8Array>>;
}

export interface ServedMask {
  data: Uint8Array;
  version: number;
}

/** What the server holds; tests look into it. */
export class ServerState {
  readonly users = new Map<string, { password: string; role: "reader" | "senior" | "administrator" }>();
  readonly sessions = new Map<string, { name: string; csrf: string }>();
  readonly masks = new Map<string, ServedMask>();
  readonly tokens = new Map<
    string,
    { case: string; reader: string; user: string; last: number; version: number }
  >();
  readonly progress = new Map<string, { state: string; comment: string }>();
  readonly assigned = new Map<string, string[]>();
  readonly rounds: unknown[] = [];
  readonly jobs: Record<string, unknown>[] = [];
  readonly streams = new Set<ServerResponse>();
  /** Strokes that were taken, in order. */
  readonly strokes: { case: string; reader: string; sequence: number; changes: readonly number[] }[] = [];
  /** Strokes are answered 503 while this is true. */
  isFailing = false;
  /** Strokes are taken but their answer never leaves, this many times. */
  lostAnswers = 0;

  constructor(
    readonly cases: readonly ServedCase[],
    readonly labels: readonly { value: number; name: string; colour: string }[],
  ) {
    for (const { case: name, masks } of cases)
      for (const [source, data] of Object.entries(masks ?? {}))
        this.masks.set(`${name} ${source}`, { data, version: source.startsWith("reader.") ? 1 : 0 });
  }

  /** Sends an event to every page that listens. */
  tell(event: string, data: unknown): void {
    for (const stream of this.streams) stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

export interface TestServer {
  readonly url: string;
  readonly state: ServerState;
  readonly close: () => Promise<void>;
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** Serves the built page in `webDir` and the API on a free port of loopback. */
export async function startTestServer(webDir: string, state: ServerState): Promise<TestServer> {
  const server = createServer((request, response) => {
    response.setHeader("content-security-policy", policy);
    const url = new URL(request.url ?? "/", "http://localhost");
    const work = url.pathname.startsWith("/api/")
      ? serveApi(state, request, response, url)
      : serveFile(webDir, url.pathname, response);
    work.catch((error: unknown) => fail(response, error));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  return { url: `http://127.0.0.1:${port}/`, state, close };
}

async function serveFile(webDir: string, path: string, response: ServerResponse): Promise<void> {
  const file = join(webDir, path === "/" ? "index.html" : path);
  if (!file.startsWith(webDir) || !existsSync(file)) return void response.writeHead(404).end();
  response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" });
  createReadStream(file).pipe(response);
}

async function serveApi(state: ServerState, request: IncomingMessage, response: ServerResponse, url: URL) {
  const found = match(request.method ?? "GET", url.pathname);
  if (!found) throw new ServedProblem(404, "NOT_FOUND");
  const { name, at } = found;
  const route: RouteSpec = routes[name];
  const text = await bodyOf(request);
  const body: unknown = route.body ? route.body.parse(JSON.parse(text || "null")) : undefined;
  const cookie = /session=(\w+)/.exec(request.headers.cookie ?? "")?.[1] ?? "";
  const session = state.sessions.get(cookie);
  if (route.access !== "anyone" && !session) throw new ServedProblem(401, "SESSION_NONE");
  if (session && route.method !== "GET" && request.headers["x-marrow-csrf"] !== session.csrf)
    if (route.access !== "anyone") throw new ServedProblem(403, "SESSION_CSRF");
  if (name === "events") return openStream(state, response);
  const answer = answers[name]?.({ state, at, body, user: session?.name ?? "", query: url.searchParams });
  if (!answer) throw new ServedProblem(501, "NOT_SERVED_HERE");
  if (answer.isLost) return void request.socket.destroy();
  send(response, answer, route);
}

function send(response: ServerResponse, answer: Answer, route: RouteSpec): void {
  for (const [header, value] of Object.entries(answer.headers ?? {})) response.setHeader(header, value);
  if (answer.bytes) {
    response.writeHead(200, { "content-type": "application/octet-stream", "content-encoding": "gzip" });
    return void response.end(gzipSync(answer.bytes, { level: 1 }));
  }
  if (answer.picture) {
    response.writeHead(200, { "content-type": "image/png" });
    return void response.end(encode(answer.picture));
  }
  const schema = route.response;
  if (typeof schema !== "string") schema.parse(answer.json);
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer.json));
}

function openStream(state: ServerState, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" }).write(": hello\n\n");
  state.streams.add(response);
  response.on("close", () => state.streams.delete(response));
}

function match(method: string, path: string): { name: RouteName; at: Record<string, string> } | undefined {
  for (const [name, route] of Object.entries(routes)) {
    const pattern = route.path.replace(/\./g, "\\.").replace(/:([a-z]+)/gi, "(?<$1>[^/]+?)");
    const found = route.method === method ? new RegExp(`^${pattern}$`).exec(path) : null;
    if (found) return { name: name as RouteName, at: { ...found.groups } };
  }
  return undefined;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.end();
  const problem =
    error instanceof ServedProblem ? error : new ServedProblem(400, "BAD_REQUEST", String(error));
  const { status, code, found } = problem;
  const body = { type: "about:blank", title: code, status, code, found, next: "Try again." };
  response.writeHead(status, { "content-type": "application/problem+json" }).end(JSON.stringify(body));
}
