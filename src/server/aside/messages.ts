/** What the server and its thread say to each other. */
import type { ErrorCode, ErrorDetails } from "../../base/errors.js";
import type { HeavyWork } from "./heavy-work.js";

export interface HeavyOrder {
  readonly work: keyof HeavyWork;
  readonly input: readonly unknown[];
}

export type HeavyAnswer =
  | { readonly result: unknown }
  | { readonly fault: { readonly code: ErrorCode; readonly details: ErrorDetails } };
