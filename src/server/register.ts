/** Serves the table of routes: session and role, CSRF, validation, the handler, the answer as its schema has it. */
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { z } from "zod";
import { MarrowError } from "../base/errors.js";
import {
  addressParts,
  binaryKinds,
  csrfHeader,
  mayUse,
  namesIn,
  routes,
  type RouteName,
  type RouteSpec,
  type User,
} from "../reading/contract/index.js";
import { sameSecret, type LiveSession } from "./auth/sessions.js";
import { refuseBlinded } from "./blinding.js";
import { caseHandlers } from "./handlers/cases.js";
import { drawingHandlers } from "./handlers/drawing.js";
import { exportHandlers } from "./handlers/export.js";
import { importHandlers } from "./handlers/import.js";
import { jobHandlers } from "./handlers/jobs.js";
import { readerStudyHandlers } from "./handlers/reader-studies.js";
import { resultHandlers } from "./handlers/results.js";
import { reviewHandlers } from "./handlers/review.js";
import { scoringHandlers } from "./handlers/scoring.js";
import { cookieOf, sessionHandlers } from "./handlers/session.js";
import type { Bytes, Call, Handlers } from "./handlers/types.js";
import type { Room } from "./room.js";

const handlers: Handlers<RouteName> = {
  ...sessionHandlers,
  ...caseHandlers,
  ...drawingHandlers,
  ...reviewHandlers,
  ...jobHandlers,
  ...importHandlers,
  ...resultHandlers,
  ...exportHandlers,
  ...scoringHandlers,
  ...readerStudyHandlers,
};

export function registerRoutes(app: FastifyInstance, room: Room): void {
  for (const [name, spec] of Object.entries(routes) as [RouteName, RouteSpec][])
    place(app, spec, {
      method: spec.method,
      url: spec.path,
      ...(spec.maximalBytes !== undefined && { bodyLimit: spec.maximalBytes }),
      handler: async (request, reply) => {
        const caller = callerOf(room, spec, request);
        const parts = partsOf(spec, request);
        if (spec.access !== "anyone") refuseBlinded(room, name, caller.user, parts.params);
        const call = { room, ...caller, ...parts, address: request.ip, request, reply };
        // The table pairs each handler with its own route's schemas; here they are all alike.
        const answer: unknown = await (handlers[name] as (call: Call<never>) => unknown)(call as Call<never>);
        return send(spec, answer, request, reply);
      },
    });
}

/** Bodies that are files are given to the handler as they come; routes that take them stand apart, with a parser that does. */
function place(app: FastifyInstance, { isUpload }: RouteSpec, route: RouteOptions): void {
  if (!isUpload) return void app.route(route);
  void app.register(async (scope) => {
    scope.addContentTypeParser("application/octet-stream", (_request, content, done) => done(null, content));
    scope.route(route);
  });
}

const nobody: User = { name: "", role: "reader" };

/** Who calls. Throws SESSION_NONE, SESSION_SETUP, SESSION_ROLE, REQUEST_ORIGIN. */
function callerOf(room: Room, { access, method }: RouteSpec, request: FastifyRequest) {
  const secret = cookieOf(request);
  const session = secret === undefined ? undefined : room.sessions.find(secret);
  const user = session && room.accounts.find(session.user);
  if (access === "anyone") return { user: user ?? nobody, session: user && session };
  if (!session || !user) throw new MarrowError(room.accounts.isEmpty() ? "SESSION_SETUP" : "SESSION_NONE");
  if (method !== "GET") refuseForged(session, request);
  if (!mayUse(user.role, access))
    throw new MarrowError("SESSION_ROLE", { expected: access, found: user.role });
  return { user, session };
}

function refuseForged({ csrf }: LiveSession, request: FastifyRequest): void {
  const sent = request.headers[csrfHeader];
  if (typeof sent !== "string" || !sameSecret(sent, csrf))
    throw new MarrowError("REQUEST_ORIGIN", { expected: `header ${csrfHeader}` });
}

function partsOf({ path, query, body }: RouteSpec, request: FastifyRequest) {
  const params = z.strictObject(
    Object.fromEntries(namesIn(path).map((name) => [name, addressParts[name as keyof typeof addressParts]])),
  );
  return {
    params: parsed(params, request.params, "address"),
    query: query && parsed(query, request.query, "query"),
    body: body && parsed(body, request.body, "body"),
  };
}

function parsed<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  const faults = result.error.issues.slice(0, 10).map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new MarrowError("REQUEST_INVALID", { found: `${what}: ${faults.join("; ")}` });
}

const zip = promisify(gzip);

async function send({ response }: RouteSpec, answer: unknown, request: FastifyRequest, reply: FastifyReply) {
  if (typeof response !== "string")
    return reply.header("cache-control", "no-store").send(response.parse(answer));
  if (response === "events") return reply;
  const { bytes, headers = {} } = answer as Bytes;
  void reply.headers({ "cache-control": "private, no-cache", ...headers }).type(binaryKinds[response]);
  if (headers["etag"] !== undefined && request.headers["if-none-match"] === headers["etag"])
    return reply.code(304).send();
  const zipped = response === "voxels" && bytes.length > 1 << 14 && wantsZip(request);
  if (!zipped) return reply.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return reply.header("content-encoding", "gzip").send(await zip(bytes, { level: constants.Z_BEST_SPEED }));
}

/** On the machine itself packing costs more than it saves. */
function wantsZip({ headers, ip }: FastifyRequest): boolean {
  const local = ["127.0.0.1", "::1", "::ffff:127.0.0.1"].includes(ip);
  return !local && /\bgzip\b/.test(String(headers["accept-encoding"] ?? ""));
}
