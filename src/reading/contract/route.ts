/**
 * How a route of the API is written down. One table of routes is validated against, served, documented (OpenAPI) and used by
 * the page; nothing about a route is said twice.
 */
import type { z } from "zod";

/** From least to most. A route's `access` is the least role that may use it; `anyone` needs no session. */
export const roles = ["reader", "senior", "administrator"] as const;
export type Role = (typeof roles)[number];
export type Access = "anyone" | Role;

/** Bodies that are no JSON, by content type. */
export const binaryKinds = {
  voxels: "application/octet-stream",
  png: "image/png",
  events: "text/event-stream",
  file: "application/octet-stream",
  html: "text/html; charset=utf-8",
} as const;
export type BinaryKind = keyof typeof binaryKinds;

export interface RouteSpec {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Names after a colon have their schema in `addressParts`, with `.png` or the like after them. */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly response: z.ZodType | BinaryKind;
  /** True where the body is a file (application/octet-stream), taken as it comes; the handler minds its size. */
  readonly isUpload?: true;
  /** Of a request's body, where it may be larger than usual. */
  readonly maximalBytes?: number;
}

/** Whether one role includes what another may do. */
export function mayUse(role: Role, access: Access): boolean {
  return access === "anyone" || roles.indexOf(role) >= roles.indexOf(access);
}

/** Names in an address: `/api/cases/:case/masks/:source` → case, source. */
export function namesIn(path: string): string[] {
  return [...path.matchAll(/:([a-z]+)/gi)].map(([, name]) => name);
}
