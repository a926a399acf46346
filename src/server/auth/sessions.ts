/**
 * Sessions. The browser holds a random id in a cookie that scripts cannot read; the database holds its SHA-256 alone. A login
 * always makes a new session, so an id that someone planted before is worth nothing after.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { User } from "../../reading/contract/index.js";
import type { Store } from "../../reading/database.js";

export const sessionHours = { idle: 12, longest: 24 };
const hour = 3_600_000;

export interface LiveSession {
  readonly id: string;
  readonly user: string;
  readonly csrf: string;
  readonly expires: Date;
}

interface SessionRow {
  id: string;
  user: string;
  csrf: string;
  created: number;
  seen: number;
}

export class Sessions {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date,
  ) {}

  /** Begins a session and returns what goes into the cookie. The session of `old` ends. */
  begin({ name }: User, old: string | undefined): string {
    const secret = randomBytes(32).toString("base64url");
    const now = this.now().getTime();
    this.store.transaction(() => {
      if (old !== undefined) this.end(old);
      this.store.run("DELETE FROM sessions WHERE abs(? - created) > ?", now, sessionHours.longest * hour);
      this.store.run(
        "INSERT INTO sessions (id, user, csrf, created, seen) VALUES (?, ?, ?, ?, ?)",
        ...[digest(secret), name, randomBytes(24).toString("base64url"), now, now],
      );
    });
    return secret;
  }

  /** The live session of a cookie; a use prolongs it (noted at most once a minute). */
  find(secret: string): LiveSession | undefined {
    const row = this.store.get<SessionRow>("SELECT * FROM sessions WHERE id = ?", digest(secret));
    if (!row) return undefined;
    const now = this.now().getTime();
    // A clock that jumped backwards must not lengthen a session: times in the future end it too.
    if (Math.abs(now - row.seen) > sessionHours.idle * hour) return undefined;
    if (Math.abs(now - row.created) > sessionHours.longest * hour) return undefined;
    if (Math.abs(now - row.seen) > 60_000)
      this.store.run("UPDATE sessions SET seen = ? WHERE id = ?", now, row.id);
    return { ...row, expires: new Date(row.created + sessionHours.longest * hour) };
  }

  end(secret: string): void {
    this.store.run("DELETE FROM sessions WHERE id = ?", digest(secret));
  }

  /** Ends all sessions of an account but the one with this cookie. */
  endAllOf(user: string, except = ""): void {
    this.store.run("DELETE FROM sessions WHERE user = ? AND id <> ?", user, digest(except));
  }
}

function digest(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Compares secrets in a time that does not tell how much of them is right. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());
}
