/** What a handler gets and gives, by its route's schemas. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { RouteName, routes, User } from "../../reading/contract/index.js";
import type { LiveSession } from "../auth/sessions.js";
import type { Room } from "../room.js";

type Routes = typeof routes;
type Parsed<R, Part extends string> = R extends { readonly [P in Part]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;

export interface Call<Name extends RouteName> {
  readonly room: Room;
  /** Names of the address, checked; `params.case` and so on. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Parsed<Routes[Name], "query">;
  readonly body: Parsed<Routes[Name], "body">;
  /** Of routes that `anyone` may use there may be none: use `callerOf`. */
  readonly user: User;
  readonly session: LiveSession | undefined;
  readonly address: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** A body that is no JSON. */
export interface Bytes {
  readonly bytes: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

type Answer<R> = R extends { readonly response: infer S extends z.ZodType }
  ? z.input<S>
  : R extends { readonly response: "events" }
    ? undefined
    : Bytes;

export type Handler<Name extends RouteName> = (
  call: Call<Name>,
) => Promise<Answer<Routes[Name]>> | Answer<Routes[Name]>;
export type Handlers<Names extends RouteName> = { readonly [Name in Names]: Handler<Name> };
