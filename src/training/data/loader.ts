/**
 * Batches made ahead of the training step in worker threads. Every batch is a pure function of the seed, the fold and its
 * iteration, so neither the number of workers nor a restart changes what the network sees.
 */
import { totalmem } from "node:os";
import { Worker } from "node:worker_threads";
import { MarrowError } from "../../base/errors.js";
import { workerUrl } from "../../base/worker-url.js";
import type { Plan } from "../../study/types.js";
import { emptyOrder } from "./batch.js";
import { loadPrepared, type CachedCase } from "./cache-file.js";
import type { Delivery, Order, WorkerSetup } from "./messages.js";

export interface LoaderOptions {
  /** At least one; all with the plan's channels. */
  cases: readonly CachedCase[];
  plan: Plan;
  seed: number;
  fold: number;
  /** First iteration to deliver (default 0). */
  start?: number;
  /** Worker threads (default 1). */
  workers?: number;
  /** Batches made in advance (default 3). */
  ahead?: number;
  /** Bytes of prepared volumes that may be held in memory, shared by all workers; above, workers read from disk. */
  memory?: number;
  /** Limit of each worker's JavaScript heap, MB; the volumes and batches lie outside it. */
  heapMegabytes?: number;
  /** Compiled file the workers run; for tests. */
  workerFile?: URL;
}

export interface Batch {
  readonly iteration: number;
  /** N,C,D,H,W. */
  readonly images: Float32Array<ArrayBuffer>;
  /** N,D,H,W. */
  readonly masks: Uint8Array<ArrayBuffer>;
  /** Milliseconds for which `next` had to wait for it. */
  readonly waitedMs: number;
}

interface Waiting {
  readonly resolve: (delivery: Delivery) => void;
  readonly reject: (error: MarrowError) => void;
}

interface Member {
  readonly thread: Worker;
  /** Batches ordered and not delivered. */
  pending: number;
  /** Bytes at its last delivery. */
  memory: number;
}

export class BatchLoader {
  /** Milliseconds spent waiting in `next` so far. */
  waitedMs = 0;
  private readonly plan: Plan;
  private readonly ahead: number;
  private readonly members: Member[];
  private readonly finished = new Map<number, Delivery>();
  private readonly waiting = new Map<number, Waiting>();
  private readonly spare: Order[] = [];
  private delivered: number;
  private ordered: number;
  private failure: MarrowError | undefined;

  /** Starts the workers and the first batches. Throws BAD_ARGUMENT without cases, and as `loadPrepared` does. */
  constructor(options: LoaderOptions) {
    const { cases, plan, seed, fold, start = 0, workers = 1, ahead = 3 } = options;
    if (cases.length === 0)
      throw new MarrowError("BAD_ARGUMENT", { expected: "at least one case", found: "none" });
    this.plan = plan;
    this.ahead = Math.max(1, ahead);
    this.delivered = this.ordered = start;
    const setup: WorkerSetup = { plan, seed, fold, cases: share(cases, options.memory ?? totalmem() / 4) };
    const file = options.workerFile ?? workerUrl(import.meta.url, "./loader-worker.js");
    const limits =
      options.heapMegabytes === undefined ? {} : { maxOldGenerationSizeMb: options.heapMegabytes };
    const thread = () => new Worker(file, { workerData: setup, resourceLimits: limits });
    this.members = Array.from({ length: Math.max(1, workers) }, (_, n) => this.hire(thread(), n));
    this.orderAhead();
  }

  /**
   * The next batch, in strict order of iterations. Its buffers are the caller's until given back with `recycle`. Rejects
   * with WORKER_DIED once a worker has stopped, and with BAD_ARGUMENT after `close`.
   */
  async next(): Promise<Batch> {
    const iteration = this.delivered++;
    const started = performance.now();
    const ready = !this.failure && this.finished.get(iteration);
    this.finished.delete(iteration);
    this.orderAhead();
    const delivery = ready || (await this.arrival(iteration));
    const waitedMs = ready ? 0 : performance.now() - started;
    this.waitedMs += waitedMs;
    return { iteration, images: delivery.images, masks: delivery.masks, waitedMs };
  }

  /** Gives a batch's buffers back to be filled again. They must not be read afterwards; a second time has no effect. */
  recycle({ iteration, images, masks }: Pick<Batch, "iteration" | "images" | "masks">): void {
    const isKnown = images.length === 0 || this.spare.some((order) => order.images === images);
    if (!isKnown && this.spare.length < this.ahead) this.spare.push({ iteration, images, masks });
  }

  /** Ends all workers; whoever still waits, or asks later, gets an error. */
  async close(): Promise<void> {
    await this.fail(new MarrowError("BAD_ARGUMENT", { found: "a batch asked of a closed loader" }));
  }

  private hire(thread: Worker, number: number): Member {
    const member: Member = { thread, pending: 0, memory: 0 };
    thread.on("message", (delivery: Delivery) => this.accept(member, delivery));
    const lose = (end: End) => void this.fail(death(number, member, end));
    thread.on("error", (error: unknown) => lose({ error }));
    thread.on("messageerror", (error: unknown) => lose({ error }));
    thread.on("exit", (code) => lose({ code }));
    return member;
  }

  private arrival(iteration: number): Promise<Delivery> {
    if (this.failure) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => this.waiting.set(iteration, { resolve, reject }));
  }

  private accept(member: Member, delivery: Delivery): void {
    member.pending--;
    member.memory = delivery.memory;
    const waiting = this.waiting.get(delivery.iteration);
    this.waiting.delete(delivery.iteration);
    if (waiting) waiting.resolve(delivery);
    else this.finished.set(delivery.iteration, delivery);
  }

  /** Orders batches, of the least busy worker each, until `ahead` are under way or ready beyond the one asked for last. */
  private orderAhead(): void {
    while (!this.failure && this.ordered < this.delivered + this.ahead) {
      const order = { ...(this.spare.pop() ?? emptyOrder(this.plan, 0)), iteration: this.ordered++ };
      const member = this.members.reduce((best, other) => (other.pending < best.pending ? other : best));
      member.pending++;
      member.thread.postMessage(order, [order.images.buffer, order.masks.buffer]);
    }
  }

  /** The first failure is the one that everybody hears of. One lost worker ends all. */
  private async fail(error: MarrowError): Promise<void> {
    this.failure ??= error;
    for (const { reject } of this.waiting.values()) reject(this.failure);
    this.waiting.clear();
    this.finished.clear();
    await Promise.all(this.members.map(({ thread }) => thread.terminate()));
  }
}

/** The cases in shared memory, or as they are where they would take more than `limit` bytes. */
function share(cases: readonly CachedCase[], limit: number): WorkerSetup["cases"] {
  const bytes = cases.reduce((sum, { description }) => sum + description.bytes, 0);
  return bytes > limit ? cases : cases.map((one) => loadPrepared(one, true));
}

/** How a worker ended. */
interface End {
  error?: unknown;
  code?: number;
}

function death(number: number, { memory }: Member, end: End): MarrowError {
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  const cause = end.error instanceof Error ? end.error.message : String(end.error);
  const how = end.code === undefined ? `stopped with: ${cause}` : `ended with exit code ${end.code}`;
  const where = `the worker held ${megabytes(memory)} at its last batch, the whole process now ${megabytes(process.memoryUsage.rss())}`;
  return new MarrowError("WORKER_DIED", {
    found: `data worker ${number + 1} ${how}; ${where}`,
    next: "Run the same command again with fewer `--workers`, or a smaller patch or batch in the plan; it resumes where it stopped.",
    cause: end.error,
  });
}
