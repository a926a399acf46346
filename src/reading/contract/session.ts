/** Who is there: first run, login, accounts, audit log. */
import { z } from "zod";
import { accountName, moment, password } from "./names.js";
import { roles, type RouteSpec } from "./route.js";

export const userSchema = z.object({ name: accountName, role: z.enum(roles) });
export type User = z.infer<typeof userSchema>;

export const sessionSchema = z.object({
  user: userSchema,
  /** To be sent as header `x-marrow-csrf` with every POST, PATCH and DELETE. */
  csrf: z.string(),
  expires: moment,
});
export type Session = z.infer<typeof sessionSchema>;

export const accountSchema = userSchema.extend({
  active: z.boolean(),
  created: moment,
  lastLogin: moment.nullable(),
});
export type Account = z.infer<typeof accountSchema>;

export const auditEntrySchema = z.object({
  id: z.int(),
  time: moment,
  /** Account, or empty where nobody was logged in. */
  user: z.string(),
  address: z.string(),
  action: z.string(),
  /** Case, account, job … that was acted on. */
  subject: z.string(),
  details: z.record(z.string(), z.unknown()),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

const credentials = z.strictObject({ name: accountName, password });
export const done = z.object({ done: z.literal(true) });

export const sessionRoutes = {
  session: {
    method: "GET",
    path: "/api/session",
    access: "anyone",
    summary: "Who is logged in; else 401 with SESSION_NONE, or SESSION_SETUP while the study has no account.",
    response: sessionSchema,
  },
  setup: {
    method: "POST",
    path: "/api/setup",
    access: "anyone",
    summary:
      "Creates the administrator and logs in, only while there is no account. `code` is what `marrow serve` printed; it is needed unless the server listens on loopback alone.",
    body: credentials.extend({ code: z.string().max(100).optional() }),
    response: sessionSchema,
  },
  login: {
    method: "POST",
    path: "/api/login",
    access: "anyone",
    summary: "Logs in with a new session; 401 LOGIN_WRONG, 429 LOGIN_BLOCKED after too many failures.",
    body: z.strictObject({ name: z.string().max(100), password: z.string().max(200) }),
    response: sessionSchema,
  },
  logout: {
    method: "POST",
    path: "/api/logout",
    access: "reader",
    summary: "Ends the session.",
    response: done,
  },
  changePassword: {
    method: "POST",
    path: "/api/password",
    access: "reader",
    summary: "Changes one's own password; all other sessions of the account end.",
    body: z.strictObject({ current: z.string().max(200), password }),
    response: done,
  },
  users: {
    method: "GET",
    path: "/api/users",
    access: "administrator",
    summary: "All accounts.",
    response: z.object({ users: z.array(accountSchema) }),
  },
  createUser: {
    method: "POST",
    path: "/api/users",
    access: "administrator",
    summary: "Creates an account. Its name is also the reader's folder in derivatives/annotations.",
    body: credentials.extend({ role: z.enum(roles) }),
    response: accountSchema,
  },
  changeUser: {
    method: "PATCH",
    path: "/api/users/:name",
    access: "administrator",
    summary:
      "Changes role or password, or closes an account; its sessions end. The last administrator stays one.",
    body: z.strictObject({
      role: z.enum(roles).optional(),
      password: password.optional(),
      active: z.boolean().optional(),
    }),
    response: accountSchema,
  },
  audit: {
    method: "GET",
    path: "/api/audit",
    access: "administrator",
    summary: "The audit log, newest first; `before` is the id to go on from.",
    query: z.object({
      before: z.coerce.number().int().positive().optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
    }),
    response: z.object({ entries: z.array(auditEntrySchema) }),
  },
} as const satisfies Record<string, RouteSpec>;
