/** The HTTP application: protections first, then the routes of the table, then the built page. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import staticFiles from "@fastify/static";
import fastify, { type FastifyInstance, type FastifyRequest, type FastifyServerOptions } from "fastify";
import { asMarrowError, MarrowError } from "../base/errors.js";
import { openApi } from "./openapi.js";
import { isNearProxy } from "./near-proxy.js";
import { problemOf } from "./problems.js";
import { registerRoutes } from "./register.js";
import type { Room } from "./room.js";

export interface AppOptions {
  /** True where only this machine can reach the server; then only its own names are answered to. */
  readonly loopback: boolean;
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  /** A proxy in front tells the client's address and protocol. */
  readonly behindProxy?: boolean;
  /** Requests a minute from one address. */
  readonly requestsPerMinute?: number;
  /** The built page. */
  readonly page?: string;
}

/** Where the built page lies: dist/web, whether this file runs from src or dist. */
export const builtPage = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../../dist/web" : "../web", import.meta.url),
);

export async function buildApp(room: Room, options: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: 2 ** 20,
    trustProxy: options.behindProxy ? isNearProxy : false,
    forceCloseConnections: true,
    ...(options.tls && { https: options.tls }),
  } as FastifyServerOptions) as FastifyInstance;
  answerErrors(app, room);
  app.addHook("onRequest", async (request) => refuseForeign(request, options));
  await app.register(helmet, protections(options));
  await app.register(rateLimit, { max: options.requestsPerMinute ?? 12_000, timeWindow: "1 minute" });
  await app.register(cookie);
  registerRoutes(app, room);
  const document = openApi(room.version);
  app.get("/api/openapi.json", () => document);
  await servePage(app, options.page ?? builtPage);
  return app;
}

function protections({ tls, behindProxy }: AppOptions) {
  const encrypted = tls !== undefined || behindProxy === true;
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        ...{ defaultSrc: ["'self'"], scriptSrc: ["'self'", "'wasm-unsafe-eval'"], styleSrc: ["'self'"] },
        ...{ workerSrc: ["'self'", "blob:"], imgSrc: ["'self'", "blob:", "data:"], connectSrc: ["'self'"] },
        ...{ objectSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'self'"], frameAncestors: ["'none'"] },
      },
    },
    strictTransportSecurity: encrypted ? { maxAge: 15_552_000 } : false,
    referrerPolicy: { policy: "no-referrer" },
  } as const;
}

/**
 * Refuses what does not come from the page itself: names that are not this machine's (a foreign page that had its name
 * resolve to 127.0.0.1), and changes that another site's page sends.
 */
function refuseForeign(request: FastifyRequest, { loopback }: AppOptions): void {
  const host = request.host ?? "";
  if (loopback && !/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host))
    throw new MarrowError("REQUEST_ORIGIN", { expected: "localhost", found: host.slice(0, 100) });
  if (["GET", "HEAD"].includes(request.method)) return;
  const { origin } = request.headers;
  const site = request.headers["sec-fetch-site"];
  const foreign = origin !== undefined && origin !== `${request.protocol}://${host}`;
  if (foreign || (site !== undefined && site !== "same-origin" && site !== "none"))
    throw new MarrowError("REQUEST_ORIGIN", { found: (origin ?? String(site)).slice(0, 100) });
}

function answerErrors(app: FastifyInstance, room: Room): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500)
      room.log(`${request.method} ${request.routeOptions.url ?? ""}: ${asMarrowError(error).message}`);
    void reply.code(problem.status).type("application/problem+json").send(JSON.stringify(problem));
  });
  app.setNotFoundHandler(() => {
    throw new MarrowError("REQUEST_NOT_FOUND");
  });
}

async function servePage(app: FastifyInstance, root: string): Promise<void> {
  if (existsSync(`${root}/index.html`)) await app.register(staticFiles, { root, dotfiles: "ignore" });
  else
    app.get("/", (_request, reply) => {
      const { title, next } = problemOf(new MarrowError("SERVE_NO_PAGE"));
      return reply.code(503).type("text/plain; charset=utf-8").send(`${title}\n${next}\n`);
    });
}
