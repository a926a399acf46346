/** Drawing sessions and their strokes. A stroke is answered only when the journal has it on disk. */
import { randomBytes } from "node:crypto";
import { MarrowError } from "../base/errors.js";
import type { Opened, StrokeAnswer } from "./contract/index.js";
import type { Desk } from "./desk.js";
import type { MaskKey, ReaderMasks } from "./reader-masks.js";
import { checkChanges, packChanges } from "./strokes.js";

/** Without a stroke or a sign of life for this long (ms), a drawing session no longer counts as open. */
export const presenceMs = 10 * 60_000;

/** A stroke as it was sent. */
export interface StrokeRequest {
  readonly token: string;
  readonly baseVersion: number;
  readonly sequence: number;
  readonly changes: readonly number[];
  readonly tool: string;
}

interface TokenRow {
  case_id: string;
  reader: string;
  user: string;
}

/** Someone drew on the mask since the version a client drew on. */
export class DrawConflict extends MarrowError {
  constructor(
    readonly by: string,
    readonly version: number,
  ) {
    const who = by === "" ? "another program wrote the file" : `${by} has drawn on this mask`;
    super("DRAW_CONFLICT", { found: `${who}; it is at version ${version}` });
  }
}

export class Drawing {
  constructor(
    private readonly desk: Desk,
    private readonly masks: ReaderMasks,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** Opens a mask for an account. The file is looked at first: another program may have written it. */
  async open(key: MaskKey, user: string): Promise<Opened> {
    await this.desk.caseOf(key.case);
    const version = await this.masks.refresh(key);
    const token = randomBytes(18).toString("base64url");
    this.desk.store.transaction(() => {
      this.masks.ensureRow(key);
      this.desk.store.run(
        "INSERT INTO drawing_sessions (token, case_id, reader, user, opened, seen) VALUES (?, ?, ?, ?, ?, ?)",
        ...[token, key.case, key.reader, user, this.now().toISOString(), this.now().getTime()],
      );
    });
    return { token, reader: key.reader, version, others: this.others(key, token) };
  }

  /** Whose masks of the case are open elsewhere. */
  private others(key: MaskKey, token: string): Opened["others"] {
    return this.openSessions(key.case)
      .filter((one) => one.token !== token)
      .map(({ user, reader, opened }) => ({ user, reader, sameMask: reader === key.reader, since: opened }));
  }

  private openSessions(caseId: string) {
    const now = this.now().getTime();
    return this.desk.store.all<{ token: string; user: string; reader: string; opened: string }>(
      `SELECT token, user, reader, opened FROM drawing_sessions
       WHERE case_id = ? AND closed = 0 AND abs(? - seen) < ? ORDER BY opened`,
      ...[caseId, now, presenceMs],
    );
  }

  /** Accounts that have a mask of the case open. */
  present(caseId: string): string[] {
    return [...new Set(this.openSessions(caseId).map(({ user }) => user))];
  }

  /** Which mask a token is for. Throws DRAW_SESSION for a token that is unknown, closed, or another account's or case's. */
  keyOf(token: string, caseId: string, user: string): MaskKey {
    const row = this.desk.store.get<TokenRow>(
      "SELECT case_id, reader, user FROM drawing_sessions WHERE token = ? AND closed = 0",
      token,
    );
    if (!row || row.user !== user || row.case_id !== caseId) throw new MarrowError("DRAW_SESSION");
    return { case: row.case_id, reader: row.reader };
  }

  /**
   * Saves a stroke. The same (token, sequence) again is answered as before and changes nothing. Throws DRAW_STROKE,
   * DRAW_SESSION, DRAW_SEQUENCE where one before it is missing, DrawConflict where someone else has drawn since
   * `baseVersion`, DISK_FULL.
   */
  async stroke(caseId: string, user: string, stroke: StrokeRequest): Promise<StrokeAnswer> {
    const canvas = await this.desk.canvasOf(caseId);
    const key = this.keyOf(stroke.token, caseId, user);
    checkChanges(stroke.changes, canvas);
    return this.desk.store.transaction(() => this.saved(stroke) ?? this.save(key, user, stroke));
  }

  private saved({ token, sequence }: StrokeRequest): StrokeAnswer | undefined {
    const row = this.desk.store.get<{ version: number }>(
      "SELECT version FROM strokes WHERE token = ? AND sequence = ?",
      ...[token, sequence],
    );
    return row && { version: row.version, sequence };
  }

  private save(key: MaskKey, user: string, { token, baseVersion, sequence, changes, tool }: StrokeRequest) {
    const { store } = this.desk;
    const last = store.get<{ n: number | null }>(
      "SELECT max(sequence) AS n FROM strokes WHERE token = ?",
      token,
    );
    const expected = (last?.n ?? 0) + 1;
    if (sequence !== expected)
      throw new MarrowError("DRAW_SEQUENCE", { expected: `stroke ${expected}`, found: `stroke ${sequence}` });
    this.refuseConflict(key, token, baseVersion);
    const version = this.masks.version(key) + 1;
    store.run(
      `INSERT INTO strokes (case_id, reader, version, token, sequence, user, time, tool, changes)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[key.case, key.reader, version, token, sequence, user, this.now().toISOString(), tool],
      packChanges(changes),
    );
    store.run("UPDATE masks SET version = ? WHERE case_id = ? AND reader = ?", version, key.case, key.reader);
    store.run("UPDATE drawing_sessions SET seen = ? WHERE token = ?", this.now().getTime(), token);
    return { version, sequence };
  }

  private refuseConflict(key: MaskKey, token: string, baseVersion: number): void {
    const version = this.masks.version(key);
    if (baseVersion > version)
      throw new MarrowError("DRAW_STROKE", {
        expected: `a version up to ${version}`,
        found: `${baseVersion}`,
      });
    const foreign = this.desk.store.get<{ user: string }>(
      `SELECT user FROM strokes WHERE case_id = ? AND reader = ? AND version > ? AND token <> ?
       ORDER BY version DESC LIMIT 1`,
      ...[key.case, key.reader, baseVersion, token],
    );
    if (foreign) throw new DrawConflict(foreign.user, version);
  }

  close(token: string): void {
    this.desk.store.run("UPDATE drawing_sessions SET closed = 1 WHERE token = ?", token);
  }
}
