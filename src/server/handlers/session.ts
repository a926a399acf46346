/** First run, login, accounts, audit log. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { MarrowError } from "../../base/errors.js";
import type { sessionRoutes, User } from "../../reading/contract/index.js";
import { sameSecret, sessionHours } from "../auth/sessions.js";
import type { Room } from "../room.js";
import type { Handlers } from "./types.js";

/** Over TLS the browser keeps the cookie to this host alone and never sends it unencrypted. */
export const cookieName = (secure: boolean) => (secure ? "__Host-marrow" : "marrow");
const isSecure = (request: FastifyRequest) => request.protocol === "https";

export function cookieOf(request: FastifyRequest): string | undefined {
  return request.cookies[cookieName(isSecure(request))];
}

/** A new session in place of the old one. */
function begin(room: Room, user: User, request: FastifyRequest, reply: FastifyReply) {
  const secret = room.sessions.begin(user, cookieOf(request));
  const secure = isSecure(request);
  const maxAge = sessionHours.longest * 3600;
  void reply.setCookie(cookieName(secure), secret, {
    path: "/",
    httpOnly: true,
    sameSite: "strict",
    secure,
    maxAge,
  });
  return sessionOf(room, user, secret);
}

function sessionOf(room: Room, user: User, secret: string) {
  const session = room.sessions.find(secret);
  if (!session) throw new MarrowError("SESSION_NONE");
  return { user, csrf: session.csrf, expires: session.expires.toISOString() };
}

export const sessionHandlers: Handlers<keyof typeof sessionRoutes> = {
  session: ({ room, user, session }) => {
    if (!session) throw new MarrowError(room.accounts.isEmpty() ? "SESSION_SETUP" : "SESSION_NONE");
    return { user, csrf: session.csrf, expires: session.expires.toISOString() };
  },
  setup: async ({ room, body, address, request, reply }) => {
    if (!room.accounts.isEmpty()) throw new MarrowError("SETUP_DONE");
    if (room.setupCode !== undefined && !sameSecret(body.code ?? "", room.setupCode)) {
      room.limits.check("", address);
      room.limits.noteFailure("", address);
      throw new MarrowError("SETUP_CODE");
    }
    await refuseReference(room, body.name);
    const user = await room.accounts.createFirst(body.name, body.password);
    room.audit.note({ user: user.name, address, action: "setup", subject: user.name });
    return begin(room, user, request, reply);
  },
  login: async ({ room, body, address, request, reply }) => {
    room.limits.check(body.name, address);
    // Counted before the password is looked at, so that many tries at once are no way around the limit.
    room.limits.noteFailure(body.name, address);
    const user = await room.accounts.verify(body.name, body.password);
    if (!user) {
      room.audit.note({ user: "", address, action: "login-failed", subject: body.name });
      throw new MarrowError("LOGIN_WRONG");
    }
    room.limits.forget(user.name, address);
    room.accounts.noteLogin(user.name);
    room.audit.note({ user: user.name, address, action: "login" });
    return begin(room, user, request, reply);
  },
  logout: ({ room, user, address, request, reply }) => {
    room.sessions.end(cookieOf(request) ?? "");
    void reply.clearCookie(cookieName(isSecure(request)), { path: "/" });
    room.audit.note({ user: user.name, address, action: "logout" });
    return { done: true };
  },
  changePassword: async ({ room, user, body, address, request }) => {
    room.limits.check(user.name, address);
    room.limits.noteFailure(user.name, address);
    if (!(await room.accounts.verify(user.name, body.current))) throw new MarrowError("LOGIN_WRONG");
    room.limits.forget(user.name, address);
    await room.accounts.change(user.name, { password: body.password });
    room.sessions.endAllOf(user.name, cookieOf(request));
    room.audit.note({ user: user.name, address, action: "change-password" });
    return { done: true };
  },
  users: ({ room }) => ({ users: room.accounts.all() }),
  createUser: async ({ room, user, body, address }) => {
    await refuseReference(room, body.name);
    const account = await room.accounts.create(body.name, body.role, body.password);
    const details = { role: body.role };
    room.audit.note({ user: user.name, address, action: "create-account", subject: body.name, details });
    return account;
  },
  changeUser: async ({ room, user, params, body, address }) => {
    const account = await room.accounts.change(params.name, body);
    room.sessions.endAllOf(account.name);
    const { password, ...details } = body;
    room.audit.note({
      ...{ user: user.name, address, action: "change-account", subject: account.name },
      details: { ...details, ...(password !== undefined && { password: "changed" }) },
    });
    return account;
  },
  audit: ({ room, query }) => ({ entries: room.audit.entries(query) }),
};

/** The reference is nobody's own mask: no account may have its name. */
async function refuseReference({ desk, readerStudies }: Room, name: string): Promise<void> {
  if (readerStudies.ownsFolder(name))
    throw new MarrowError("ACCOUNT_NAME", { found: `${name} is the folder of an arm of a reader study` });
  const { reader } = (await desk.study()).config;
  if ([reader, "consensus"].some((taken) => taken.toLowerCase() === name.toLowerCase()))
    throw new MarrowError("ACCOUNT_NAME", { found: `${name} is the folder of the consensus` });
}
