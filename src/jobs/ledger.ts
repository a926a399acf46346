/**
 * Jobs and their tasks in the reading room's database: what has been asked for, how far it is, how it ended. Whichever queue
 * hands the tasks out, this is where they are known from, so that neither a stopped server nor an emptied queue loses one.
 */
import { randomBytes } from "node:crypto";
import { MarrowError } from "../base/errors.js";
import type { Job, JobRequest, JobState } from "../reading/contract/index.js";
import type { Cell, Store } from "../reading/database.js";
import { attemptsOf, doingOf, progressOf } from "./job-progress.js";
import type { Advance, Ending, JobFault, OpenTask, Task, TurnOf } from "./queue.js";
import { taskOf, type TaskRow } from "./task-row.js";
import type { PlannedTask } from "./tasks.js";

/** So often in a row a task's process may be killed without having got further; then the job has failed. */
export const maximalLosses = 3;

interface JobRow {
  id: string;
  request: string;
  state: JobState;
  attempts: number;
  made_by: string;
  created: string;
  started: string | null;
  ended: string | null;
  error: string | null;
}

/** What follows from a task's ending. */
export interface Sequel {
  readonly offer: readonly Task[];
  readonly withdraw: readonly Task[];
  /** Nothing is left to run: what the job made can be published, and with which fault it ends. */
  readonly concluded?: { readonly fault: JobFault | undefined };
}

const nothing: Sequel = { offer: [], withdraw: [] };

export class Ledger {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date,
  ) {}

  add(request: JobRequest, by: string, planned: readonly PlannedTask[]): Job {
    const id = randomBytes(9).toString("base64url");
    this.store.transaction(() => {
      this.store.run(
        `INSERT INTO jobs (id, number, request, state, progress, doing, attempts, made_by, created)
         VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM jobs), ?, 'waiting', 0, '', 0, ?, ?)`,
        ...[id, JSON.stringify(request), by, this.now().toISOString()],
      );
      this.divide(id, planned);
    });
    return this.get(id);
  }

  /** Gives a job its tasks; the assembly is blocked until the folds are done. */
  divide(job: string, planned: readonly PlannedTask[]): void {
    planned.forEach(({ part, request }, number) =>
      this.store.run(
        "INSERT INTO tasks (id, job, number, part, request, state) VALUES (?, ?, ?, ?, ?, ?)",
        ...[`${job}.${number}`, job, number, part, JSON.stringify(request)],
        part === "assembly" ? "blocked" : "waiting",
      ),
    );
  }

  /** Newest first. */
  list(): Job[] {
    return this.store
      .all<JobRow>("SELECT * FROM jobs ORDER BY number DESC LIMIT 500")
      .map((row) => this.jobOf(row));
  }

  /** Throws JOB_UNKNOWN. */
  get(id: string): Job {
    const row = this.store.get<JobRow>("SELECT * FROM jobs WHERE id = ?", id);
    if (!row) throw new MarrowError("JOB_UNKNOWN", { found: id });
    return this.jobOf(row);
  }

  /** Tasks that a worker may have or take, in the order in which they were asked for. */
  openTasks(): OpenTask[] {
    const rows = this.store.all<TaskRow>(
      `SELECT tasks.* FROM tasks JOIN jobs ON jobs.id = tasks.job
       WHERE jobs.state IN ('waiting', 'running') AND tasks.state IN ('waiting', 'running')
       ORDER BY jobs.number, tasks.number`,
    );
    return rows.map((row) => ({ task: taskOf(row), pid: row.pid }));
  }

  /** Open jobs of which no task is left to run: a server stopped before it had concluded them. */
  unconcluded(): { job: Job; fault: JobFault | undefined }[] {
    return this.openJobs()
      .filter((job) => this.tasksOf(job.id).length > 0 && this.openTasksOf(job.id).length === 0)
      .map((job) => ({ job, fault: this.faultOf(job.id) }));
  }

  /** Open jobs without tasks, from a version that did not divide them. */
  undivided(): Job[] {
    return this.openJobs().filter((job) => this.tasksOf(job.id).length === 0);
  }

  /** Each of these changes nothing and gives undefined where the turn is over or the job has ended. */
  began(turn: TurnOf, pid: number | undefined): Job | undefined {
    const set = "state = 'running', attempts = attempts + 1, pid = ?";
    const job = this.change(turn, set, pid ?? null);
    if (!job) return undefined;
    this.store.run(
      "UPDATE jobs SET state = 'running', started = ? WHERE id = ? AND state = 'waiting'",
      ...[this.now().toISOString(), job.id],
    );
    return this.get(job.id);
  }

  advanced(turn: TurnOf, { share, doing }: Advance): Job | undefined {
    const known = this.taskOf(turn);
    if (known?.progress === share && known.doing === doing) return undefined;
    return this.change(turn, "progress = ?, doing = ?", share, doing);
  }

  waits(turn: TurnOf): Job | undefined {
    return this.change(turn, "state = 'waiting', pid = NULL, doing = ''");
  }

  /** What a task's ending means for its job. Durable when it returns. */
  settle(turn: TurnOf, ending: Ending): Sequel {
    return this.store.transaction(() => {
      const row = this.taskOf(turn);
      if (!row) return nothing;
      if (ending.kind === "done") return this.complete(row);
      if (ending.kind === "failed") return this.fail(row, ending.fault);
      const losses = ending.kind === "stopped" ? row.losses : ending.progressed ? 1 : row.losses + 1;
      if (losses >= maximalLosses)
        return this.fail(row, {
          code: "JOB_LOST",
          message: `stopped ${losses} times without getting further`,
        });
      this.change(turn, "state = 'waiting', turn = turn + 1, pid = NULL, doing = '', losses = ?", losses);
      return { ...nothing, offer: [this.task(row.id)] };
    });
  }

  private complete(row: TaskRow): Sequel {
    this.change(row, "state = 'done', progress = 1, doing = '', pid = NULL");
    if (this.openTasksOf(row.job).length > 0) return nothing;
    const blocked = this.tasksOf(row.job).find(({ state }) => state === "blocked");
    if (!blocked) return { ...nothing, concluded: { fault: undefined } };
    this.change(blocked, "state = 'waiting'");
    return { ...nothing, offer: [this.task(blocked.id)] };
  }

  private fail(row: TaskRow, fault: JobFault): Sequel {
    this.change(row, "state = 'failed', pid = NULL, error = ?", JSON.stringify(fault));
    const withdraw = this.openTasksOf(row.job).map(taskOf);
    this.store.run(
      "UPDATE tasks SET state = 'failed' WHERE job = ? AND state IN ('waiting', 'running', 'blocked')",
      row.job,
    );
    return { offer: [], withdraw, concluded: { fault } };
  }

  /** The end of a job that ran. */
  finish(id: string, fault: JobFault | undefined): Job {
    const values = [
      fault ? "failed" : "done",
      this.now().toISOString(),
      fault ? JSON.stringify(fault) : null,
    ];
    this.store.run(
      "UPDATE jobs SET state = ?, ended = ?, error = ? WHERE id = ? AND state IN ('waiting', 'running')",
      ...[...values, id],
    );
    return this.get(id);
  }

  /** Throws JOB_UNKNOWN, JOB_ENDED; also where all has been run and is being published. */
  cancel(id: string): { job: Job; withdraw: readonly Task[] } {
    return this.store.transaction(() => {
      const { state } = this.get(id);
      if (state !== "waiting" && state !== "running") throw new MarrowError("JOB_ENDED", { found: state });
      const open = this.openTasksOf(id);
      if (open.length === 0 && this.tasksOf(id).length > 0)
        throw new MarrowError("JOB_ENDED", { found: "finishing" });
      const now = this.now().toISOString();
      this.store.run("UPDATE jobs SET state = 'cancelled', ended = ? WHERE id = ?", now, id);
      return { job: this.get(id), withdraw: open.map(taskOf) };
    });
  }

  private openJobs(): Job[] {
    return this.store
      .all<JobRow>("SELECT * FROM jobs WHERE state IN ('waiting', 'running') ORDER BY number")
      .map((row) => this.jobOf(row));
  }

  private tasksOf(job: string): TaskRow[] {
    return this.store.all<TaskRow>("SELECT * FROM tasks WHERE job = ? ORDER BY number", job);
  }

  private openTasksOf(job: string): TaskRow[] {
    return this.tasksOf(job).filter(({ state }) => state === "waiting" || state === "running");
  }

  private faultOf(job: string): JobFault | undefined {
    const error = this.tasksOf(job).find((row) => row.error !== null)?.error;
    return error ? (JSON.parse(error) as JobFault) : undefined;
  }

  private task(id: string): Task {
    return taskOf(this.store.get<TaskRow>("SELECT * FROM tasks WHERE id = ?", id) as TaskRow);
  }

  /** The task where this turn still counts. */
  private taskOf({ id, turn }: TurnOf): TaskRow | undefined {
    return this.store.get<TaskRow>(
      `SELECT tasks.* FROM tasks JOIN jobs ON jobs.id = tasks.job
       WHERE tasks.id = ? AND turn = ? AND tasks.state IN ('waiting', 'running')
       AND jobs.state IN ('waiting', 'running')`,
      ...[id, turn],
    );
  }

  private change({ id, turn }: TurnOf, set: string, ...values: Cell[]): Job | undefined {
    const count = this.store.run(
      `UPDATE tasks SET ${set} WHERE id = ? AND turn = ? AND state IN ('waiting', 'running', 'blocked')
       AND (SELECT state FROM jobs WHERE id = tasks.job) IN ('waiting', 'running')`,
      ...[...values, id, turn],
    );
    return count === 0 ? undefined : this.get(id.slice(0, id.lastIndexOf(".")));
  }

  private jobOf(row: JobRow): Job {
    const tasks = this.tasksOf(row.id);
    const isOpen = row.state === "waiting" || row.state === "running";
    return {
      ...{ id: row.id, request: JSON.parse(row.request) as JobRequest, state: row.state },
      ...{ progress: row.state === "done" ? 1 : progressOf(tasks), doing: isOpen ? doingOf(tasks) : "" },
      ...{ attempts: Math.max(row.attempts, attemptsOf(tasks)), by: row.made_by },
      ...{ created: row.created, started: row.started, ended: row.ended },
      error: row.error === null ? null : (JSON.parse(row.error) as JobFault),
    };
  }
}
