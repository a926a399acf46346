/** Runs jobs one after the other, each in its own process. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Job, JobRequest } from "../reading/contract/index.js";
import type { Desk } from "../reading/desk.js";
import { readingPlaces } from "../reading/places.js";
import { asMarrowError } from "../base/errors.js";
import { faultIn, startChild, stopChild, waitUntilGone, type Child, type Ended } from "./child.js";
import { advanceOf, argsOf, publish, type Site } from "./kinds.js";
import { SqliteQueue, type Queue } from "./queue.js";

export interface JobsOptions {
  /** A Node program and its first arguments that understand Marrow's command line. */
  readonly command: readonly string[];
  readonly now: () => Date;
  readonly onChange: (job: Job) => void;
  readonly log: (message: string) => void;
  /** Between looks at the progress, ms. */
  readonly everyMs?: number;
}

/** How long a process may take to stop before it is ended, and to disappear after its server did. */
const graceMs = 20_000;

export class Jobs {
  readonly queue: Queue;
  private running: { job: Job; child?: Child } | undefined;
  private loop: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly desk: Desk,
    private readonly options: JobsOptions,
  ) {
    this.queue = new SqliteQueue(desk.store, options.now);
  }

  /** Gives back what a stopped server left running, then goes on. */
  async start(): Promise<void> {
    for (const { job, pid } of this.queue.abandoned()) {
      if (pid !== null) await waitUntilGone(pid, graceMs);
      this.tell(this.queue.giveBack(job.id, job.attempts));
    }
    this.wake();
  }

  add(request: JobRequest, by: string): Job {
    const job = this.queue.add(request, by);
    this.tell(job);
    this.wake();
    return job;
  }

  cancel(id: string): Job {
    const job = this.queue.cancel(id);
    const { running } = this;
    if (running?.job.id === id && running.child) void stopChild(running.child, graceMs);
    this.tell(job);
    return job;
  }

  /** Stops the running job's process; the job is given back and goes on with the next server. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.running?.child) await stopChild(this.running.child, graceMs);
    await this.loop;
  }

  /** Resolves when nothing waits or runs. */
  async idle(): Promise<void> {
    let loop;
    do await (loop = this.loop);
    while (loop !== this.loop);
  }

  private wake(): void {
    this.loop = this.loop.then(() => this.work());
  }

  private async work(): Promise<void> {
    for (let job = this.take(); job; job = this.take()) {
      this.running = { job };
      try {
        await this.run(job);
      } catch (error) {
        const { code, message } = asMarrowError(error);
        this.options.log(`job ${job.id}: ${message}`);
        this.tell(this.queue.finish(job.id, job.attempts, { code, message }));
      }
      this.running = undefined;
    }
  }

  private take(): Job | undefined {
    return this.stopped ? undefined : this.queue.take();
  }

  private async run(job: Job): Promise<void> {
    const folder = join(this.desk.dir, readingPlaces.jobs, job.id);
    await mkdir(folder, { recursive: true });
    const began = performance.now();
    const site = (): Site => ({ dir: this.desk.dir, folder, seconds: (performance.now() - began) / 1000 });
    this.tell(this.queue.get(job.id));
    const args = await argsOf(job.request, site());
    const ended: Ended = args ? await this.runChild(job, args, site) : { code: 0, signal: null };
    await this.conclude(job, ended, site());
  }

  private async runChild(job: Job, args: readonly string[], site: () => Site): Promise<Ended> {
    if (!this.queue.holds(job.id, job.attempts)) return { code: null, signal: "SIGTERM" };
    const child = startChild(this.options.command, args, join(site().folder, "log.txt"));
    this.running = { job, child };
    if (child.process.pid !== undefined) this.queue.notePid(job.id, child.process.pid);
    const timer = setInterval(() => void this.look(job, site()), this.options.everyMs ?? 2000);
    const ended = await child.ended;
    clearInterval(timer);
    return ended;
  }

  private async look(job: Job, site: Site): Promise<void> {
    try {
      const { share, doing } = await advanceOf(job.request, site);
      const before = this.queue.get(job.id);
      if (before.progress === share && before.doing === doing) return;
      this.tell(this.queue.noteProgress(job.id, job.attempts, share, doing));
    } catch (error) {
      this.options.log(`progress of job ${job.id}: ${asMarrowError(error).message}`);
    }
  }

  /** A process that was killed gives the job back; one that failed has failed. What was made is kept in either case. */
  private async conclude(job: Job, { code, signal }: Ended, site: Site): Promise<void> {
    if (!this.queue.holds(job.id, job.attempts)) return;
    if (this.stopped || signal !== null || code === 130 || code === 75)
      return this.tell(this.queue.giveBack(job.id, job.attempts));
    await publish(job.request, site);
    const fault = code === 0 ? undefined : await faultIn(join(site.folder, "log.txt"));
    this.tell(this.queue.finish(job.id, job.attempts, fault));
    if (!fault) await rm(join(site.folder, "masks"), { recursive: true, force: true });
  }

  private tell(job: Job | undefined): void {
    if (job) this.options.onChange(job);
  }
}
