/**
 * The embedded queue: a table in the reading room's database. A job that is taken carries the number of its attempt; whoever
 * ends it must name that number, so that an attempt that was given up can no longer end the job.
 */
import { randomBytes } from "node:crypto";
import { MarrowError } from "../base/errors.js";
import type { Job, JobRequest, JobState } from "../reading/contract/index.js";
import type { Store } from "../reading/database.js";

/** After so many attempts whose process was killed, a job counts as failed. */
export const maximalAttempts = 3;

export interface JobFault {
  readonly code: string;
  readonly message: string;
}

/** What runs jobs needs of a queue; another engine can stand behind it. */
export interface Queue {
  add(request: JobRequest, by: string): Job;
  list(): Job[];
  get(id: string): Job;
  /** Takes the oldest waiting job and counts an attempt. */
  take(): Job | undefined;
  notePid(id: string, pid: number): void;
  noteProgress(id: string, attempt: number, progress: number, doing: string): Job | undefined;
  /** Whether this attempt still has the job. */
  holds(id: string, attempt: number): boolean;
  finish(id: string, attempt: number, fault?: JobFault): Job | undefined;
  /** Puts a job back after its process was killed; it fails with JOB_LOST when that happened too often. */
  giveBack(id: string, attempt: number): Job | undefined;
  cancel(id: string): Job;
  /** Jobs that a server left running, with the process that had them. */
  abandoned(): { job: Job; pid: number | null }[];
}

interface JobRow {
  id: string;
  request: string;
  state: JobState;
  progress: number;
  doing: string;
  attempts: number;
  pid: number | null;
  made_by: string;
  created: string;
  started: string | null;
  ended: string | null;
  error: string | null;
}

export class SqliteQueue implements Queue {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date,
  ) {}

  add(request: JobRequest, by: string): Job {
    const id = randomBytes(9).toString("base64url");
    this.store.run(
      `INSERT INTO jobs (id, number, request, state, progress, doing, attempts, made_by, created)
       VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM jobs), ?, 'waiting', 0, '', 0, ?, ?)`,
      ...[id, JSON.stringify(request), by, this.now().toISOString()],
    );
    return this.get(id);
  }

  list(): Job[] {
    return this.store.all<JobRow>("SELECT * FROM jobs ORDER BY number DESC LIMIT 500").map(jobOf);
  }

  get(id: string): Job {
    const row = this.store.get<JobRow>("SELECT * FROM jobs WHERE id = ?", id);
    if (!row) throw new MarrowError("JOB_UNKNOWN", { found: id });
    return jobOf(row);
  }

  take(): Job | undefined {
    return this.store.transaction(() => {
      const row = this.store.get<JobRow>(
        "SELECT * FROM jobs WHERE state = 'waiting' ORDER BY number LIMIT 1",
      );
      if (!row) return undefined;
      this.store.run(
        `UPDATE jobs SET state = 'running', attempts = attempts + 1, pid = NULL, started = ? WHERE id = ?`,
        ...[this.now().toISOString(), row.id],
      );
      return this.get(row.id);
    });
  }

  notePid(id: string, pid: number): void {
    this.store.run("UPDATE jobs SET pid = ? WHERE id = ?", pid, id);
  }

  noteProgress(id: string, attempt: number, progress: number, doing: string): Job | undefined {
    return this.changed(id, attempt, "progress = ?, doing = ?", progress, doing);
  }

  holds(id: string, attempt: number): boolean {
    const { state, attempts } = this.get(id);
    return state === "running" && attempts === attempt;
  }

  finish(id: string, attempt: number, fault?: JobFault): Job | undefined {
    const state = fault ? "failed" : "done";
    const values = [state, this.now().toISOString(), fault ? JSON.stringify(fault) : null];
    const progress = fault ? "" : ", progress = 1";
    return this.changed(id, attempt, `state = ?, ended = ?, error = ?, pid = NULL${progress}`, ...values);
  }

  giveBack(id: string, attempt: number): Job | undefined {
    if (attempt >= maximalAttempts)
      return this.finish(id, attempt, { code: "JOB_LOST", message: `stopped ${attempt} times` });
    return this.changed(id, attempt, "state = 'waiting', pid = NULL, doing = ''");
  }

  cancel(id: string): Job {
    return this.store.transaction(() => {
      const { state } = this.get(id);
      if (state !== "waiting" && state !== "running") throw new MarrowError("JOB_ENDED", { found: state });
      this.store.run(
        "UPDATE jobs SET state = 'cancelled', ended = ? WHERE id = ?",
        this.now().toISOString(),
        id,
      );
      return this.get(id);
    });
  }

  abandoned(): { job: Job; pid: number | null }[] {
    const rows = this.store.all<JobRow>("SELECT * FROM jobs WHERE state = 'running' ORDER BY number");
    return rows.map((row) => ({ job: jobOf(row), pid: row.pid }));
  }

  /** Changes a job that this attempt still holds; undefined where it does not. */
  private changed(id: string, attempt: number, set: string, ...values: (string | number | null)[]) {
    const count = this.store.run(
      `UPDATE jobs SET ${set} WHERE id = ? AND attempts = ? AND state = 'running'`,
      ...[...values, id, attempt],
    );
    return count === 0 ? undefined : this.get(id);
  }
}

function jobOf(row: JobRow): Job {
  return {
    ...{ id: row.id, request: JSON.parse(row.request) as JobRequest, state: row.state },
    ...{ progress: row.progress, doing: row.doing, attempts: row.attempts, by: row.made_by },
    ...{ created: row.created, started: row.started, ended: row.ended },
    error: row.error === null ? null : (JSON.parse(row.error) as JobFault),
  };
}
