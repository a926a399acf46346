/** The reading room's jobs: asked for, divided into tasks, handed to the queue, concluded when all tasks have ended. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { asMarrowError } from "../base/errors.js";
import type { Job, JobRequest } from "../reading/contract/index.js";
import type { Desk } from "../reading/desk.js";
import { publish } from "./kinds.js";
import { Ledger, type Sequel } from "./ledger.js";
import type { Ending, JobFault, Task, Tidings, TurnOf, WorkQueue, Workplace } from "./queue.js";
import { queueAt } from "./queue-at.js";
import { jobFolder } from "./run-task.js";
import { tasksOf } from "./tasks.js";

export interface JobsOptions extends Omit<Workplace, "dir"> {
  /** Redis that hands tasks to `marrow worker`, e.g. redis://host:6379; without it the server runs them itself. */
  readonly queue?: string | undefined;
  readonly now: () => Date;
  readonly onChange: (job: Job) => void;
}

export class Jobs {
  private readonly ledger: Ledger;
  private readonly busy = new Set<Promise<unknown>>();
  private isStopped = false;

  private constructor(
    private readonly desk: Desk,
    private readonly queue: WorkQueue,
    private readonly options: JobsOptions,
  ) {
    this.ledger = new Ledger(desk.store, options.now);
  }

  /** Takes up what an earlier server left. Throws BAD_ARGUMENT for an unknown queue, QUEUE_UNREACHABLE. */
  static async open(desk: Desk, options: JobsOptions): Promise<Jobs> {
    const queue = await queueAt(options.queue, { ...options, dir: desk.dir });
    const jobs = new Jobs(desk, queue, options);
    await jobs.start();
    return jobs;
  }

  private async start(): Promise<void> {
    for (const { id, request } of this.ledger.undivided())
      this.ledger.divide(id, await tasksOf(request, this.desk.dir));
    for (const { job, fault } of this.ledger.unconcluded()) await this.conclude(job, fault);
    await this.queue.start(this.tidings, () => this.ledger.openTasks());
  }

  /** A full disk loses the display of progress, nothing else: endings are written once there is room again. */
  private readonly tidings: Tidings = {
    began: (turn, pid) => this.attempt(() => this.ledger.began(turn, pid)),
    advanced: (turn, advance) => this.attempt(() => this.ledger.advanced(turn, advance)),
    waits: (turn) => this.attempt(() => this.ledger.waits(turn)),
    ended: (turn, ending) => this.track(this.settle(turn, ending)),
  };

  list(): Job[] {
    return this.ledger.list();
  }

  /** Throws JOB_UNKNOWN. */
  get(id: string): Job {
    return this.ledger.get(id);
  }

  /** On disk when it resolves, whether or not the queue can be reached. */
  async add(request: JobRequest, by: string): Promise<Job> {
    const job = this.ledger.add(request, by, await tasksOf(request, this.desk.dir));
    this.tell(job);
    const tasks = this.ledger.openTasks().filter(({ task }) => task.job === job.id);
    this.hand(
      "offer",
      tasks.map(({ task }) => task),
    );
    return job;
  }

  /** Throws JOB_UNKNOWN, JOB_ENDED. */
  cancel(id: string): Job {
    const { job, withdraw } = this.ledger.cancel(id);
    this.hand("withdraw", withdraw);
    this.tell(job);
    return job;
  }

  /** Tasks that this process runs go on with the next server; workers elsewhere go on now. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.queue.close();
    while (this.busy.size > 0) await Promise.allSettled(this.busy);
  }

  private async settle(turn: TurnOf, ending: Ending): Promise<void> {
    const { offer, withdraw, concluded }: Sequel = await this.insist(() => this.ledger.settle(turn, ending));
    this.hand("withdraw", withdraw);
    this.hand("offer", offer);
    const job = this.ledger.get(jobOf(turn));
    this.tell(job);
    if (concluded) await this.conclude(job, concluded.fault);
  }

  /** What was made is kept, whether the job succeeded or not. */
  private async conclude({ id, request }: Job, fault: JobFault | undefined): Promise<void> {
    const folder = jobFolder(this.desk.dir, id);
    let failure = fault;
    try {
      await publish(request, { dir: this.desk.dir, folder, seconds: 0 });
      await rm(join(folder, "masks"), { recursive: true, force: true });
    } catch (error) {
      const { code, message } = asMarrowError(error);
      this.options.log(`job ${id}: ${message}`);
      failure ??= { code, message };
    }
    this.tell(await this.insist(() => this.ledger.finish(id, failure)));
  }

  private hand(what: "offer" | "withdraw", tasks: readonly Task[]): void {
    const handing = (async () => {
      for (const task of tasks) await this.queue[what](task);
    })();
    const told = handing.catch((error: unknown) =>
      this.options.log(`queue: ${asMarrowError(error).message}`),
    );
    void this.track(told);
  }

  private track<T>(work: Promise<T>): Promise<T> {
    const done = work.finally(() => this.busy.delete(done));
    this.busy.add(done);
    return done;
  }

  /** After the stop the database may be closed at any moment; how far a task was is then of no use. */
  private attempt(work: () => Job | undefined): void {
    if (this.isStopped) return;
    try {
      this.tell(work());
    } catch (error) {
      this.options.log(`jobs: ${asMarrowError(error).message}`);
    }
  }

  /** Again and again while the disk is full and the server runs; the next server does what is left. */
  private async insist<T>(work: () => T): Promise<T> {
    for (;;)
      try {
        return work();
      } catch (error) {
        if (asMarrowError(error).code !== "DISK_FULL" || this.isStopped) throw error;
        this.options.log("jobs: the disk is full; trying again");
        await new Promise((resolve) => setTimeout(resolve, this.options.everyMs ?? 2000));
      }
  }

  private tell(job: Job | undefined): void {
    if (job) this.options.onChange(job);
  }
}

const jobOf = ({ id }: TurnOf) => id.slice(0, id.lastIndexOf("."));
