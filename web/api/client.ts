/** Calls of the server by the routes of its contract: typed, checked, with problems in words. */
import { z } from "zod";
import {
  csrfHeader,
  problemSchema,
  routes,
  type Problem,
  type RouteName,
  type Session,
} from "../../src/reading/contract/index.js";

// The page's content security policy forbids code made at run time, which zod would otherwise try to use.
z.config({ jitless: true });

type Routes = typeof routes;
type BodyOf<R extends RouteName> = Routes[R] extends { body: infer B extends z.ZodType }
  ? z.input<B>
  : undefined;
type QueryOf<R extends RouteName> = Routes[R] extends { query: infer Q extends z.ZodType }
  ? z.input<Q>
  : undefined;
type AnswerOf<R extends RouteName> = Routes[R]["response"] extends infer S extends z.ZodType
  ? z.output<S>
  : never;

export interface Request<R extends RouteName> {
  /** Values of the `:names` in the address. */
  readonly at?: Readonly<Record<string, string>>;
  readonly body?: BodyOf<R>;
  readonly query?: QueryOf<R>;
  /** In place of a body, for routes that take files. */
  readonly file?: Blob;
  /** Lets the request outlive the page; only for small bodies. */
  readonly keepalive?: boolean;
}

/** What the server, or the network, has against a request. */
export class ApiProblem extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.code}: ${problem.title}`);
  }
}

let csrf = "";

/** The token that proves that a request comes from this page; from the session. */
export function useSession(session: Session | undefined): void {
  csrf = session?.csrf ?? "";
}

/** Calls a route whose answer is JSON. Throws ApiProblem. */
export async function call<R extends RouteName>(name: R, request: Request<R> = {}): Promise<AnswerOf<R>> {
  const answer: unknown = await (await fetchRoute(name, request)).json().catch(() => undefined);
  const parsed = (routes[name].response as z.ZodType).safeParse(answer);
  if (!parsed.success) throw new ApiProblem(unexpected(name, z.prettifyError(parsed.error)));
  return parsed.data as AnswerOf<R>;
}

/** Calls a route whose answer is bytes. Throws ApiProblem. */
export async function callForBytes<R extends RouteName>(
  name: R,
  request: Request<R> = {},
): Promise<{ bytes: ArrayBuffer; headers: Headers }> {
  const response = await fetchRoute(name, request);
  return { bytes: await response.arrayBuffer(), headers: response.headers };
}

/** The address of a route. */
export function addressOf(
  name: RouteName,
  at: Readonly<Record<string, string>> = {},
  query?: unknown,
): string {
  const path = routes[name].path.replace(/:([a-z]+)/gi, (_, part: string) =>
    encodeURIComponent(at[part] ?? ""),
  );
  const entries = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  return entries.length === 0
    ? path
    : `${path}?${new URLSearchParams(entries.map(([k, v]) => [k, String(v)]))}`;
}

async function fetchRoute<R extends RouteName>(name: R, request: Request<R>): Promise<Response> {
  const { method } = routes[name];
  const headers: Record<string, string> = method === "GET" ? {} : { [csrfHeader]: csrf };
  if (request.body !== undefined) headers["content-type"] = "application/json";
  if (request.file) headers["content-type"] = "application/octet-stream";
  const response = await fetch(addressOf(name, request.at, request.query), {
    method,
    headers,
    body: request.file ?? (request.body === undefined ? null : JSON.stringify(request.body)),
    keepalive: request.keepalive ?? false,
  }).catch((error: unknown) => {
    throw new ApiProblem(unreachable(error));
  });
  if (!response.ok) throw new ApiProblem(await problemOf(response));
  return response;
}

async function problemOf(response: Response): Promise<Problem> {
  const parsed = problemSchema.safeParse(await response.json().catch(() => undefined));
  if (parsed.success) return parsed.data;
  return {
    type: "about:blank",
    title: "The server answered in a way this page does not understand.",
    status: response.status,
    code: "SERVER_ANSWER",
    found: `${response.status} ${response.statusText}`,
    next: "Reload the page. If it happens again, tell your administrator.",
  };
}

const unreachable = (error: unknown): Problem => ({
  type: "about:blank",
  title: "The server cannot be reached.",
  status: 0,
  code: "SERVER_OFFLINE",
  found: error instanceof Error ? error.message : String(error),
  next: "Check the network, or that `marrow serve` is still running. Your drawing is kept in this browser.",
});

const unexpected = (name: string, found: string): Problem => ({
  type: "about:blank",
  title: "The server's answer does not fit this page.",
  status: 200,
  code: "SERVER_ANSWER",
  found: `${name}: ${found}`,
  next: "Reload the page; page and server may be of different versions.",
});
