/** What can be asked of a PACS, whichever way it is spoken to. */
import type { PacsQuery, Match } from "./query.js";

/** Studies or series to be retrieved. */
export interface Wanted {
  readonly study: string;
  readonly series?: string | undefined;
}

export type SendResult = { readonly stored: true } | { readonly stored: false; readonly reason: string };

export interface Pacs {
  /** Throws PACS_UNREACHABLE, PACS_REFUSED. */
  readonly echo: () => Promise<void>;
  readonly find: (query: PacsQuery) => Promise<Match[]>;
  /** Hands over each file (PS3.10 bytes) as it comes, and returns their number. */
  readonly get: (wanted: Wanted, take: (file: Uint8Array) => Promise<void>) => Promise<number>;
  /** Stores one file; what the PACS refuses is told, what cannot be reached is thrown. */
  readonly send: (file: Uint8Array, name: string) => Promise<SendResult>;
}
