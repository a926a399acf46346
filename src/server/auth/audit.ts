/** The audit log: who changed what, when and from where. Rows are only ever added. */
import type { AuditEntry } from "../../reading/contract/index.js";
import type { Store } from "../../reading/database.js";

export interface Deed {
  readonly user: string;
  readonly address: string;
  readonly action: string;
  readonly subject?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export class Audit {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date,
  ) {}

  note({ user, address, action, subject = "", details = {} }: Deed): void {
    this.store.run(
      "INSERT INTO audit (time, user, address, action, subject, details) VALUES (?, ?, ?, ?, ?, ?)",
      ...[this.now().toISOString(), user, address, action, subject, JSON.stringify(details)],
    );
  }

  /** Newest first, older than the entry `before`. */
  entries({
    before = Number.MAX_SAFE_INTEGER,
    limit,
  }: {
    before?: number | undefined;
    limit: number;
  }): AuditEntry[] {
    const rows = this.store.all<Omit<AuditEntry, "details"> & { details: string }>(
      "SELECT * FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?",
      ...[before, limit],
    );
    return rows.map((row) => ({ ...row, details: JSON.parse(row.details) as Record<string, unknown> }));
  }
}
