/** One thing that can go wrong: what happened, and what to do about it. */
export interface Entry {
  readonly what: string;
  readonly next: string;
}

export type Entries = Readonly<Record<string, Entry>>;
