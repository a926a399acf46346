/** How far readers and cases are: a small table of what may follow what, kept in the database. */
import { MarrowError } from "../base/errors.js";
import type { CaseEntry, CaseState, ProgressState } from "./contract/index.js";
import type { Store } from "./database.js";
import type { MaskKey } from "./reader-masks.js";

export type Step = "draw" | "submit" | "accept" | "return";

/** From which states a step may be made, and where it leads. */
const steps: Readonly<Record<Step, { from: readonly ProgressState[]; to: ProgressState }>> = {
  draw: { from: ["none", "drawing", "submitted", "returned"], to: "drawing" },
  submit: { from: ["none", "drawing", "returned"], to: "submitted" },
  accept: { from: ["submitted"], to: "accepted" },
  return: { from: ["submitted", "accepted"], to: "returned" },
};

export type ReaderProgress = CaseEntry["progress"][number];

interface ProgressRow {
  reader: string;
  state: ProgressState;
  comment: string;
  changed: string;
}

export class Progress {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date = () => new Date(),
  ) {}

  assigned(caseId: string): string[] {
    const rows = this.store.all<{ reader: string }>(
      "SELECT reader FROM assignments WHERE case_id = ? ORDER BY reader",
      caseId,
    );
    return rows.map(({ reader }) => reader);
  }

  assign(caseId: string, readers: readonly string[]): void {
    this.store.transaction(() => {
      this.store.run("DELETE FROM assignments WHERE case_id = ?", caseId);
      for (const reader of new Set(readers))
        this.store.run("INSERT INTO assignments (case_id, reader) VALUES (?, ?)", caseId, reader);
    });
  }

  /** Everyone who is assigned or has begun, sorted by name. */
  of(caseId: string): ReaderProgress[] {
    const rows = this.store.all<ProgressRow>(
      "SELECT reader, state, comment, changed FROM progress WHERE case_id = ?",
      caseId,
    );
    const begun = new Map(rows.map((row) => [row.reader, row]));
    const names = [...new Set([...begun.keys(), ...this.assigned(caseId)])].sort();
    return names.map((reader) => {
      const { state = "none", comment = "", changed = null } = begun.get(reader) ?? {};
      return { reader, state, comment, changed };
    });
  }

  stateOf({ case: id, reader }: MaskKey): ProgressState {
    return this.of(id).find((one) => one.reader === reader)?.state ?? "none";
  }

  /** Makes a step. Throws CASE_STATE where the reader's state or an agreement does not allow it. */
  step(key: MaskKey, step: Step, comment = ""): void {
    this.refuseAgreed(key.case);
    const state = this.stateOf(key);
    const { from, to } = steps[step];
    if (!from.includes(state))
      throw new MarrowError("CASE_STATE", { expected: from.join(", "), found: `${state} (${key.reader})` });
    if (step === "draw" && state === "drawing") return;
    this.store.run(
      `INSERT INTO progress (case_id, reader, state, comment, changed) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (case_id, reader) DO UPDATE SET state = excluded.state, comment = excluded.comment, changed = excluded.changed`,
      ...[key.case, key.reader, to, comment, this.now().toISOString()],
    );
  }

  isAgreed(caseId: string): boolean {
    return this.store.get("SELECT 1 AS yes FROM agreements WHERE case_id = ?", caseId) !== undefined;
  }

  /** Throws CASE_STATE where the case is agreed. */
  refuseAgreed(caseId: string): void {
    if (!this.isAgreed(caseId)) return;
    const next = "A senior can take the agreement back (reopen).";
    throw new MarrowError("CASE_STATE", { found: `${caseId} is agreed`, next });
  }

  noteAgreement(caseId: string, method: string, readers: readonly string[], by: string): void {
    this.store.run(
      `INSERT INTO agreements (case_id, method, readers, made_by, made) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (case_id) DO UPDATE SET method = excluded.method, readers = excluded.readers,
       made_by = excluded.made_by, made = excluded.made`,
      ...[caseId, method, readers.join(","), by, this.now().toISOString()],
    );
  }

  /** Takes an agreement back; the mask stays. */
  reopen(caseId: string): void {
    this.store.run("DELETE FROM agreements WHERE case_id = ?", caseId);
  }

  /** State of a case; `hasMask` says whether there is any mask of it. */
  caseState(caseId: string, hasMask: boolean): CaseState {
    if (this.isAgreed(caseId)) return "agreed";
    const begun = this.of(caseId).filter(({ state }) => state !== "none");
    if (begun.length === 0) return hasMask ? "segmented" : "new";
    const accepted = new Set(begun.filter(({ state }) => state === "accepted").map(({ reader }) => reader));
    const all =
      begun.length === accepted.size && this.assigned(caseId).every((reader) => accepted.has(reader));
    return all ? "reviewed" : "corrected";
  }
}
