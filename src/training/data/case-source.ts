/** Cases by number, from memory or, where they do not fit, from disk. */
import { loadPrepared, type CachedCase } from "./cache-file.js";
import type { Prepared } from "./prepared.js";

export interface CaseSource {
  readonly count: number;
  get(index: number): Prepared;
}

/** Cases kept in memory by a source that reads from disk. */
const kept = 4;

/** Cases given as files are read when asked for; the last few stay in memory. Reading throws as `loadPrepared` does. */
export function caseSource(cases: readonly (Prepared | CachedCase)[]): CaseSource {
  const recent = new Map<number, Prepared>();
  return {
    count: cases.length,
    get(index) {
      const one = cases[index];
      if ("channels" in one) return one;
      const found = recent.get(index) ?? loadPrepared(one);
      recent.delete(index);
      recent.set(index, found);
      for (const oldest of recent.keys()) if (recent.size > kept) recent.delete(oldest);
      return found;
    },
  };
}
