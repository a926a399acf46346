/** What was done to which attribute, counted; values are never in it. */
import { punctuate, type Tag } from "../data-set.js";
import type { Action } from "./profile.js";

/** Actions of the profile, and `S`: removed because the value of another removed attribute occurred in it. */
export type AuditAction = Action | "S";

export const actionNames: Readonly<Record<AuditAction, string>> = {
  D: "replaced by a dummy value",
  Z: "emptied, or replaced by the pseudonym",
  X: "removed",
  K: "kept, as an option asks",
  C: "cleaned",
  U: "UID replaced",
  S: "removed: a removed value occurred in it",
};

export interface AuditEntry {
  /** Tags from the outermost sequence inwards: `(0040,0275) > (0040,1001)`. */
  readonly attribute: string;
  readonly keyword: string;
  readonly action: AuditAction;
  readonly count: number;
}

/** Counts of one patient, or of one file. */
export class Audit {
  readonly #counts = new Map<string, AuditEntry>();

  add(path: readonly Tag[], keyword: string, action: AuditAction, count = 1): void {
    const attribute = path.map(punctuate).join(" > ");
    const key = `${attribute} ${action}`;
    const before = this.#counts.get(key)?.count ?? 0;
    this.#counts.set(key, { attribute, keyword, action, count: before + count });
  }

  merge(other: Audit): void {
    for (const { attribute, keyword, action, count } of other.entries()) {
      const path = attribute.split(" > ").map((tag) => tag.replace(/[(),]/g, ""));
      this.add(path, keyword, action, count);
    }
  }

  /** Sorted by attribute. */
  entries(): AuditEntry[] {
    return [...this.#counts.values()].sort((a, b) =>
      a.attribute < b.attribute ? -1 : a.attribute > b.attribute ? 1 : a.action < b.action ? -1 : 1,
    );
  }
}
